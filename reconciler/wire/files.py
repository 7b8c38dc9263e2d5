"""Files that people name: only regular ones of a sensible size are read, since a pipe or a device may never end."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def read_regular(file: Path, limit: int) -> bytes:
    """Read a file. Raise ValueError when it is no regular file or larger than `limit` bytes, OSError as usual."""
    # Without O_NONBLOCK, opening a pipe waits until somebody writes to it.
    descriptor = os.open(file, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    with os.fdopen(descriptor, "rb") as stream:
        _check(os.fstat(descriptor), limit)
        content = stream.read(limit + 1)
    if len(content) > limit:
        raise ValueError(_too_large(limit))
    return content


def check_regular(file: Path, limit: int) -> None:
    """Check a file that a library reads. Raise as `read_regular` does."""
    _check(file.stat(), limit)


def _check(found: os.stat_result, limit: int) -> None:
    if stat.S_ISDIR(found.st_mode):
        raise ValueError("it is a directory")
    if not stat.S_ISREG(found.st_mode):
        raise ValueError("it is no regular file")
    if found.st_size > limit:
        raise ValueError(_too_large(limit))


def _too_large(limit: int) -> str:
    return f"it is larger than {limit // 2**20} MiB"
