"""Files that were parsed before, kept by the hash of their bytes: the second reading of a manifest costs little.

What is kept is what parsing gave, and only of files in which it found nothing wrong. Nobody has to trust it much: it is
JSON and numbers, so that reading it can run nothing; it is read only from a folder that belongs to this user and that
nobody else can write to; and every document is held against its schema again. An entry that is damaged is as good as
none, and the whole folder may be deleted at any time.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import stat
import sys
from typing import TYPE_CHECKING, Self

import orjson

from reconciler import __version__
from reconciler.diagnostics import Diagnostic
from reconciler.manifests.parsing.parsed import Document, Packed
from reconciler.manifests.parsing.reading import read_file

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

MAX_BYTES = 512 * 2**20
"""How large all entries may be together. Beyond that the oldest go, until half of it is left."""

SMALLEST = 4096
"""Entries that are shorter are not kept: opening a file costs as much as parsing so little."""

_FORMAT = f"2-{__version__}-{sys.byteorder}"
"""Entries of another format, version of the tool or kind of machine are other entries."""

_FOLDER = "parsed"
_PRIVATE = 0o700
_OTHERS_MAY_WRITE = stat.S_IWGRP | stat.S_IWOTH
_SEAL = 32


class ParsedFiles:
    """Entries below one folder. Whatever goes wrong with them is passed over: the file is parsed then."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._kept = False

    @classmethod
    def open(cls, cache: Path) -> Self | None:
        """Open the cache in a folder and make it where it is missing; None where that cannot be, or is not safe."""
        folder = cache / _FOLDER
        try:
            for part in (cache, folder):
                part.mkdir(mode=_PRIVATE, parents=True, exist_ok=True)
            safe = all(map(_is_ours, (cache, folder)))
        except (OSError, ValueError):
            return None
        return cls(folder) if safe else None

    def find(self, file: str, digest: bytes) -> list[Document] | None:
        """Give the documents of a file by the SHA-256 of its bytes; None where they are not known."""
        try:
            entry = read_file(str(self._path(digest)), MAX_BYTES)
            if isinstance(entry, Diagnostic):
                return None
            if entry[:_SEAL] != _seal(digest, memoryview(entry)[_SEAL:]):
                return None
            return [Document.unpack(file, packed) for packed in _parted(entry)]
        except (OSError, ValueError, TypeError):
            return None

    def keep(self, documents: Sequence[Packed], digest: bytes) -> None:
        """Keep the documents of a file."""
        sealed = _joined(documents)
        if len(sealed) >= SMALLEST:
            self._kept |= _write_whole(self._path(digest), _seal(digest, sealed) + sealed)

    def tidy(self) -> None:
        """Delete the oldest entries if this run has added some and there are too many now."""
        if not self._kept:
            return
        entries = sorted(self._entries(), key=lambda entry: entry[1].st_mtime_ns)
        total = sum(status.st_size for _, status in entries)
        if total <= MAX_BYTES:
            return
        for path, status in entries:
            with contextlib.suppress(OSError):
                path.unlink()
            total -= status.st_size
            if total <= MAX_BYTES // 2:
                return

    def _entries(self) -> Iterator[tuple[Path, os.stat_result]]:
        with contextlib.suppress(OSError):
            for path in self._folder.iterdir():
                with contextlib.suppress(OSError):
                    yield path, path.lstat()

    def _path(self, digest: bytes) -> Path:
        return self._folder / hashlib.sha256(_FORMAT.encode() + digest).hexdigest()


def _joined(documents: Sequence[Packed]) -> bytes:
    """Put documents one after the other, behind a line that says how long each part is."""
    lengths = orjson.dumps([(len(document.text), len(document.positions)) for document in documents])
    return b"".join((lengths, b"\n", *(part for document in documents for part in document)))


def _parted(entry: bytes) -> Iterator[Packed]:
    """Take what was joined apart again, out of an entry that begins with its seal."""
    start = entry.index(b"\n", _SEAL) + 1
    for text, positions in orjson.loads(entry[_SEAL : start - 1]):
        middle, end = start + text, start + text + positions
        yield Packed(entry[start:middle], entry[middle:end])
        start = end


def _seal(digest: bytes, sealed: bytes | memoryview) -> bytes:
    """Bind an entry to the file it is of, so that one that was cut or exchanged is known."""
    seal = hashlib.sha256(_FORMAT.encode() + digest)
    seal.update(sealed)
    return seal.digest()


def _is_ours(folder: Path) -> bool:
    status = folder.lstat()
    mine = not hasattr(os, "geteuid") or status.st_uid == os.geteuid()
    return stat.S_ISDIR(status.st_mode) and mine and not status.st_mode & _OTHERS_MAY_WRITE


def _write_whole(path: Path, content: bytes) -> bool:
    """Write a file so that a reader finds all of it or none."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0), 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
        draft.replace(path)
    except OSError:
        with contextlib.suppress(OSError):
            draft.unlink()
        return False
    return True
