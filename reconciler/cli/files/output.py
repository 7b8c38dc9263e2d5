"""Files that commands write: put in place in one move, so that an interrupted run leaves the old or the new one."""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from pathlib import Path

from reconciler.errors import UsageError


def write_file(path: Path, content: bytes) -> None:
    """Write a file as `put_file` does. Raise UsageError if that fails."""
    try:
        put_file(path, content)
    except OSError as problem:
        raise UsageError(f"{path} could not be written: {problem.strerror}") from None


def put_file(path: Path, content: bytes) -> None:
    """Write a file whole or not at all; a link keeps leading where it leads. Raise OSError if that fails.

    What is there and is no regular file, such as `/dev/stdout` or a pipe, is written to.
    """
    if path.exists() and not path.is_file():
        # Not by its real path: what a link in /dev leads to has none where it is a pipe.
        with path.open("wb") as stream:
            stream.write(content)
    else:
        _replace(Path(os.path.realpath(path)), content)


def _replace(target: Path, content: bytes) -> None:
    temporary = target.with_name(f".c2c-{secrets.token_hex(8)}")
    mode = target.stat().st_mode & 0o777 if target.exists() else None
    try:
        # Until it has the mode of the old file, nobody else reads the new one.
        temporary.touch(0o666 if mode is None else 0o600, exist_ok=False)
        with temporary.open("wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        if mode is not None:
            temporary.chmod(mode)
        temporary.replace(target)
    finally:
        with suppress(OSError):
            temporary.unlink()
