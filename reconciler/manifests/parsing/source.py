"""YAML text to plain data with positions, from the C parser's events through one lean builder.

Composing PyYAML's nodes first costs eight times as much. The parser speaks YAML 1.1, but only in its scalar types,
which are not used here: `reconciler.manifests.parsing.scalars` gives every plain word its YAML 1.2 meaning.
"""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple

import yaml

from reconciler.diagnostics import Diagnostic, Span, error
from reconciler.manifests.discovery import printable
from reconciler.manifests.parsing import marks
from reconciler.manifests.parsing.builder import AbandonDocumentError, DocumentBuilder
from reconciler.manifests.parsing.parsed import Document
from reconciler.manifests.parsing.reading import check_text

if TYPE_CHECKING:
    from collections.abc import Iterator

try:
    from yaml import CSafeLoader as _Parser
except ImportError:  # PyYAML built without libyaml: the same events, slowly
    from yaml import SafeLoader as _Parser  # type: ignore[assignment]

MAX_BROKEN_DOCUMENTS = 20
"""How often one file is taken up again after a document that could not be read to its end."""

_DOCUMENT_START = re.compile(rb"^---(?=[ \t\r\n]|\Z)", re.MULTILINE)
_LINE = re.compile(rb"[^\r\n]*(?:\r\n|\n|\r|\Z)")
_LINE_END = re.compile(rb"\r\n|\n|\r")


class _Failure(NamedTuple):
    """Why a document ended early, and the line (from 0, in the whole file) after which the next one may begin."""

    problem: Diagnostic
    line: int


def parse_documents(file: str, content: bytes) -> tuple[list[Document], list[Diagnostic]]:
    """Read every document of a file. Empty documents are left out; broken ones are problems, the others still read."""
    file = printable(file)
    text = check_text(file, content)
    if isinstance(text, Diagnostic):
        return [], [text]
    documents: list[Document] = []
    problems: list[Diagnostic] = []
    offset = line = 0
    for _ in range(MAX_BROKEN_DOCUMENTS):
        failure = _read_stream(file, text[offset:], line, documents, problems)
        if failure is None:
            return documents, problems
        problems.append(failure.problem)
        again = _next_document(text, offset, line, failure.line)
        if again is None:
            return documents, problems
        offset, line = again
    message = f"more than {MAX_BROKEN_DOCUMENTS} documents of this file are broken; the rest is not read"
    problems.append(error("too-many-problems", message, Span(file, line + 1, 1), hint="correct the first ones"))
    return documents, problems


def _read_stream(
    file: str, text: bytes, line: int, documents: list[Document], problems: list[Diagnostic]
) -> _Failure | None:
    """Read documents from a text that begins at `line` of its file until it ends or one cannot be read on."""
    started = line
    try:
        for builder in _builders(file, text, line, problems):
            started = builder.first_line
            builder.build()
            if not builder.is_empty:
                documents.append(Document(file, builder.data, marks.row(builder.positions)))
    except AbandonDocumentError as problem:
        return _Failure(problem.diagnostic, max(problem.line, started + 1))
    except yaml.YAMLError as problem:
        mark = getattr(problem, "problem_mark", None) or getattr(problem, "context_mark", None)
        failed, column = (mark.line + line, mark.column) if mark else (started, 0)
        found = _syntax_error(file, problem, failed, column, line)
        if _is_tab(text, mark):
            found = replace(found, message="not YAML: a tab stands where only spaces may", hint="indent with spaces")
        return _Failure(found, max(failed, started + 1))
    return None


def _builders(file: str, text: bytes, line: int, problems: list[Diagnostic]) -> Iterator[DocumentBuilder]:
    parser = _Parser(text)
    while True:
        event = parser.get_event()
        if isinstance(event, yaml.StreamEndEvent) or event is None:
            return
        if isinstance(event, yaml.DocumentStartEvent):
            yield DocumentBuilder(file, line, event, parser.get_event, problems)


def _next_document(text: bytes, offset: int, line: int, failed: int) -> tuple[int, int] | None:
    """Find the first `---` at or below the line that failed: nothing can hide one, not even an open quote."""
    for found in _DOCUMENT_START.finditer(text, offset):
        here = line + len(_LINE_END.findall(text, offset, found.start()))
        if here >= failed:
            return found.start(), here
        offset, line = found.start(), here
    return None


def _syntax_error(file: str, problem: yaml.YAMLError, line: int, column: int, first: int) -> Diagnostic:
    what = str(getattr(problem, "problem", None) or "this cannot be read").strip()
    context = str(getattr(problem, "context", None) or "").strip()
    message = f"not YAML: {what}{f' {context}' if context else ''}"
    related: tuple[Span, ...] = ()
    mark = getattr(problem, "context_mark", None)
    if mark and (mark.line + first, mark.column) != (line, column):
        related = (Span(file, mark.line + first + 1, mark.column + 1),)
    hint = _syntax_hint(context, what)
    return error("yaml-syntax", message, Span(file, line + 1, column + 1), hint=hint, related=related)


def _is_tab(text: bytes, mark: Any) -> bool:  # noqa: ANN401 - PyYAML's
    """Say whether the parser stopped at a tab, which looks like the spaces that it is not."""
    if mark is None:
        return False
    line = next(islice(_LINE.finditer(text), mark.line, None), None)
    return line is not None and line[0].decode()[mark.column : mark.column + 1] == "\t"


def _syntax_hint(context: str, what: str) -> str | None:
    """Give the usual cause of what the parser says: what it was doing tells more than what it missed."""
    for words, hint in _CONTEXT_HINTS:
        if words in context:
            return hint
    for words, hint in _SYNTAX_HINTS:
        if words in what:
            return hint
    return None


_CONTEXT_HINTS = (
    ("scanning an alias", "put a pattern that begins with * in quotes"),
    ("scanning an anchor", "put a value that begins with & in quotes"),
    ("scanning a tag", "put a label selector with ! in quotes"),
)


_SYNTAX_HINTS = (
    ("tab character", "indent with spaces; YAML does not allow tabs there"),
    ("cannot start any token", "put the value in double quotes: it begins with a character that YAML keeps for itself"),
    ("mapping values are not allowed", 'check the indentation above, or put a value that contains ": " in quotes'),
    ("could not find expected ':'", "write `key: value`, with a space after the colon"),
    ("expected ',' or", "close the bracket, and put a comma between the items"),
    ("expected node content", "close the bracket, or write the missing value"),
    ("expected '-' indicator", "give every item of the list the same indentation"),
    ("expected <block end>", "check the indentation: this line belongs to nothing above it"),
    ("end of stream", "close the quote"),
    ("unexpected document indicator", "close the quote"),
    ("incompatible YAML document", "remove the %YAML line"),
    ("escape character", "write the backslash twice, or use single quotes"),
)
