"""Canonical manifests: the same data and every comment, in one order and one indentation."""

from __future__ import annotations

import codecs
import io
import re
import warnings
from collections import Counter
from typing import TYPE_CHECKING, Any

from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import YAMLError
from yaml import CSafeLoader, ScalarToken, scan

from reconciler.diagnostics import Diagnostic, Span, error
from reconciler.manifests.discovery import printable
from reconciler.manifests.editing.key_order import ordered_mappings
from reconciler.manifests.editing.round_trip import round_trip
from reconciler.manifests.parsing.source import parse_documents
from reconciler.manifests.text import masked

if TYPE_CHECKING:
    from reconciler.manifests.parsing.parsed import Document

_COMMENT = re.compile(r"(?:^|(?<=[ \t]))#[^\n]*", re.MULTILINE)
_LINE_END = re.compile(rb"\r\n?")
_PREAMBLE = re.compile(rb"(?:[ \t]*(?:#[^\n]*)?\n)*")
_BLANK = re.compile(rb"\A(?:[ \t]*\n)+")
_FIRST_START = re.compile(rb"---[ \t]*(?:[ \t](#[^\n]*))?\n")


def canonical(file: str, content: bytes) -> bytes | list[Diagnostic]:
    """Give the canonical text of a file, or what keeps it from being read.

    Keys come in the order of the language page, except in a mapping that holds a comment: there they stay, since a
    comment belongs to the lines around it. Lists keep their order, scalars and brackets their spelling. What stands
    above the first document stays above it, as it is; blank lines and the `---` there go.
    """
    documents, problems = parse_documents(file, content)
    if problems:
        return problems
    if not documents:
        return content
    before = _LINE_END.sub(b"\n", content.removeprefix(codecs.BOM_UTF8))
    preamble, body, belongs = _without_preamble(before)
    try:
        text = preamble + _reprinted(body, keep_first=belongs)
    except Exception as problem:  # noqa: BLE001 - the library gives up on rare files in many ways
        known = isinstance(problem, YAMLError | ValueError) and str(problem)
        return [_unformattable(file, masked(str(problem).splitlines()[0]) if known else "it is written in a rare way")]
    again, broken = parse_documents(file, text)
    if broken or _data(again) != _data(documents):
        return [_unformattable(file, "its meaning would change")]
    if _comments(text) != _comments(before):
        return [_unformattable(file, "a comment would be lost")]
    return text


def _without_preamble(text: bytes) -> tuple[bytes, bytes, bool]:
    """Cut off the comments above the first document. Say too whether the last of them belong to its first lines.

    The library loses them where a `---` follows, and a blank line of them on every run.
    """
    preamble, belongs = b"", False
    while True:
        found = _PREAMBLE.match(text)
        end = found.end() if found else 0
        comments, text = text[:end], text[end:]
        preamble, belongs = preamble + comments, b"#" in comments
        start = _FIRST_START.match(text)
        if start is None:
            return _BLANK.sub(b"", preamble, count=1), text, belongs
        preamble += start[1] + b"\n" if start[1] else b""
        text = text[start.end() :]


def _comments(text: bytes) -> Counter[str]:
    return Counter(found.rstrip() for found in _COMMENT.findall(_without_quoted(text.decode())))


def _without_quoted(text: str) -> str:
    """Leave out quoted text: a `#` in it begins no comment, and how it is written may change."""
    pieces, end = [], 0
    for token in scan(text, Loader=CSafeLoader):
        if isinstance(token, ScalarToken) and token.style in ("'", '"'):
            pieces.append(text[end : token.start_mark.index])
            end = token.end_mark.index
    return "".join([*pieces, text[end:]])


def _unformattable(file: str, why: str) -> Diagnostic:
    message = f"this file cannot be put into canonical form: {why}"
    return error("cannot-format", message, Span(printable(file), 1, 1), hint="left as it is")


def _data(documents: list[Document]) -> list[Any]:
    return [document.data for document in documents]


def _reprinted(content: bytes, *, keep_first: bool) -> bytes:
    yaml = round_trip()
    with warnings.catch_warnings():
        # The library warns on standard error, with lines of the file as they are, of names that are given twice.
        warnings.simplefilter("ignore")
        documents = list(yaml.load_all(content))
    for number, document in enumerate(documents):
        for mapping, order in ordered_mappings(document):
            if not (keep_first and number == 0 and mapping is document):
                _sort(mapping, order)
    stream = io.BytesIO()
    yaml.dump_all(documents, stream)
    return stream.getvalue()


def _sort(mapping: CommentedMap, order: tuple[str, ...]) -> None:
    if _has_comment(mapping):
        return
    ranked = sorted(mapping, key=lambda key: order.index(key) if key in order else len(order))
    if ranked != list(mapping):
        for key in ranked:
            mapping.move_to_end(key)


def _has_comment(value: Any) -> bool:  # noqa: ANN401 - whatever YAML holds
    """Say whether a comment or a blank line hangs on a value or on anything in it."""
    if not isinstance(value, CommentedMap | CommentedSeq):
        return False
    if value.ca.items or value.ca.comment or value.ca.end:
        return True
    children = value.values() if isinstance(value, CommentedMap) else value
    return any(_has_comment(child) for child in children)
