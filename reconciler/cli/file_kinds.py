"""What a file is, told by its content: names say little, and what stands in a file may be all there is of it."""

from __future__ import annotations

import codecs
import re
import shlex
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING

import orjson

from reconciler.wire.files import read_regular

if TYPE_CHECKING:
    from pathlib import Path

MOST_BYTES = 1024 * 1024 * 1024
"""The largest file that is looked into: nothing that c2c reads may be larger."""

_JOURNAL = b'{"journal_version":'
_LANGUAGE = "c2c/"
_TOP_KEYS = re.compile(rb"""^["']?(apiVersion|kind)["']?[ \t]*:[ \t]+["']?([\w./-]+)""", re.MULTILINE)


class FileKind(StrEnum):
    """The files that c2c writes or reads, as messages call them."""

    MANIFEST = "a manifest"
    SNAPSHOT = "a snapshot"
    BASELINE = "a baseline"
    JOURNAL = "the journal of an apply"
    PLAN = "a saved plan"
    RESULT = "the report of an apply"


_KEYS = MappingProxyType(
    {
        FileKind.JOURNAL: {"journal_version"},
        FileKind.BASELINE: {"format_version", "baseline"},
        FileKind.RESULT: {"format_version", "changes", "result"},
        FileKind.PLAN: {"format_version", "changes"},
    }
)
"""What c2c writes as JSON, by the keys that it has. The first that fits counts."""


def kind_of_file(path: Path) -> FileKind | None:
    """Look into a file. None when it is nothing that c2c knows, or is no regular file.

    Raise OSError when it cannot be read.
    """
    try:
        return kind_of_content(read_regular(path, MOST_BYTES))
    except ValueError:
        return None


def kind_of_content(content: bytes) -> FileKind | None:
    """Say what this is. A manifest with mistakes is one all the same, as long as it says so itself."""
    content = content.removeprefix(codecs.BOM_UTF8)
    if content.startswith(_JOURNAL):  # the rest of it may be cut off
        return FileKind.JOURNAL
    if not content.lstrip().startswith(b"{"):
        return _kind_of_yaml(content)
    try:
        return kind_of_data(orjson.loads(content))
    except orjson.JSONDecodeError:
        return None


def kind_of_data(data: object) -> FileKind | None:
    """Say what a value from a file of JSON is."""
    if not isinstance(data, dict):
        return None
    if str(data.get("apiVersion")).startswith(_LANGUAGE):
        return FileKind.SNAPSHOT if data.get("kind") == "Snapshot" else FileKind.MANIFEST
    return next((kind for kind, keys in _KEYS.items() if keys <= data.keys()), None)


def _kind_of_yaml(content: bytes) -> FileKind | None:
    """Look at the keys that begin a line: those of a document, and quick to find in any number of them."""
    found = _TOP_KEYS.findall(content)
    if not any(key == b"apiVersion" and value.startswith(_LANGUAGE.encode()) for key, value in found):
        return None
    kinds = {value for key, value in found if key == b"kind"}
    return FileKind.SNAPSHOT if kinds == {b"Snapshot"} else FileKind.MANIFEST


def what_takes(kind: FileKind, path: str) -> str:
    """Name the commands for a file of this kind, as a hint."""
    named = shlex.quote(path)
    match kind:
        case FileKind.MANIFEST:
            return f"`c2c plan {named}` plans it"
        case FileKind.SNAPSHOT:
            return f"`c2c plan --live {named}` plans against it, `c2c diff {named} live:` says what happened since"
        case FileKind.BASELINE:
            return f"`c2c audit --baseline {named}` takes it"
        case FileKind.JOURNAL:
            return f"`c2c apply --resume {named}` finishes that apply, `c2c rollback {named}` plans what undoes it"
        case FileKind.PLAN:
            return f"`c2c show {named}` shows it, `c2c apply {named}` applies it"
        case FileKind.RESULT:
            return "no command takes it: it is for people and programs to read"
