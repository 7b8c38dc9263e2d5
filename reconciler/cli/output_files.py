"""Files that commands write: put in place in one move, so that an interrupted run leaves the old or the new one."""

from __future__ import annotations

import secrets
from contextlib import suppress
from typing import TYPE_CHECKING

from reconciler.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path


def write_file(path: Path, content: bytes) -> None:
    """Write a file whole or not at all; a link keeps leading where it leads. Raise UsageError if that fails.

    What is there and is no regular file, such as `/dev/stdout` or a pipe, is written to.
    """
    try:
        target = path.resolve()
        if target.exists() and not target.is_file():
            with target.open("wb") as stream:
                stream.write(content)
        else:
            _replace(target, content)
    except OSError as problem:
        raise UsageError(f"{path} could not be written: {problem.strerror}") from None


def _replace(target: Path, content: bytes) -> None:
    temporary = target.with_name(f".c2c-{secrets.token_hex(8)}")
    mode = target.stat().st_mode & 0o777 if target.exists() else None
    try:
        # Until it has the mode of the old file, nobody else reads the new one.
        temporary.touch(0o666 if mode is None else 0o600, exist_ok=False)
        temporary.write_bytes(content)
        if mode is not None:
            temporary.chmod(mode)
        temporary.replace(target)
    finally:
        with suppress(OSError):
            temporary.unlink()
