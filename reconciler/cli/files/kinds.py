"""What a file is, told by its content: names say little, and what stands in a file may be all there is of it."""

from __future__ import annotations

import codecs
import re
import shlex
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING

import orjson

from reconciler.signatures import LENGTH
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
    SIGNATURE = "a signature"


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
    if len(content) == LENGTH and not _is_text(content):
        return FileKind.SIGNATURE
    content = content.removeprefix(codecs.BOM_UTF8)
    if content.startswith(_JOURNAL):  # the rest of it may be cut off
        return FileKind.JOURNAL
    if not content.lstrip().startswith(b"{"):
        return _kind_of_yaml(content)
    try:
        return kind_of_data(orjson.loads(content))
    except orjson.JSONDecodeError:
        return None


def _is_text(content: bytes) -> bool:
    try:
        content.decode()
    except UnicodeDecodeError:
        return False
    return True


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


_TAKEN_BY = MappingProxyType(
    {
        FileKind.MANIFEST: "`c2c plan {0}` plans it",
        FileKind.SNAPSHOT: "`c2c plan --live {0}` plans against it, `c2c diff {0} live:` says what happened since",
        FileKind.BASELINE: "`c2c audit --baseline {0}` takes it",
        FileKind.JOURNAL: "`c2c apply --resume {0}` finishes that apply, `c2c rollback {0}` plans what undoes it",
        FileKind.PLAN: "`c2c show {0}` shows it, `c2c apply {0}` applies it",
        FileKind.RESULT: "no command takes it: it is for people and programs to read",
        FileKind.SIGNATURE: "`c2c plan --live FILE --snapshot-key KEYS.pub` looks at FILE.sig by itself",
    }
)


def what_takes(kind: FileKind, path: str) -> str:
    """Name the commands for a file of this kind, as a hint."""
    return _TAKEN_BY[kind].format(shlex.quote(path))
