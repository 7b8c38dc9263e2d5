"""Where files may be written: what people wrote, and what nobody can make anew, is never written over by mistake.

It is looked at before anything else is done, so that nobody waits for a platform in vain.
"""

from __future__ import annotations

import os
import shlex
from pathlib import Path

from reconciler.cli.files.kinds import FileKind, kind_of_file
from reconciler.errors import UsageError

_KEPT = frozenset({FileKind.MANIFEST, FileKind.SNAPSHOT, FileKind.BASELINE, FileKind.JOURNAL})
"""What no report replaces. A saved plan, or another report, can be made anew."""

_OF_MANIFESTS = (".json", ".yml", ".yaml")
"""In a file of another name, such as a page for people, a manifest is an example."""


def require_same_kind(path: str, kind: FileKind) -> None:
    """Raise UsageError where something else than this kind would be replaced, or there is no folder for the file.

    What is not there or empty may be written, and so may what is no file, such as `/dev/stdout` or a pipe.
    """
    file = Path(path)
    _require_folder(file)
    if not _holds_something(file):
        return
    found = _kind_of(file, kind)
    if found is not kind:
        raise _refused(path, kind, found)


def require_no_loss(path: str) -> None:
    """Raise UsageError where a report would replace what people wrote or cannot make anew, or has no folder."""
    file = Path(path)
    _require_folder(file)
    if not _holds_something(file):
        return
    found = _kind_of(file, "a report")
    if found in _KEPT and (found is not FileKind.MANIFEST or path.endswith(_OF_MANIFESTS)):
        raise _refused(path, "a report", found)


def _require_folder(file: Path) -> None:
    folder = file.parent
    if folder.is_dir():
        return
    if os.path.lexists(folder):
        raise UsageError(f"{file} cannot be written: {folder} is no folder", hint="name another file")
    hint = f"make it first: mkdir -p {shlex.quote(str(folder))}"
    raise UsageError(f"{file} cannot be written: there is no folder {folder}", hint=hint)


def _holds_something(file: Path) -> bool:
    try:
        return file.is_file() and file.stat().st_size > 0
    except OSError:
        return False


def _kind_of(file: Path, what: str) -> FileKind | None:
    try:
        return kind_of_file(file)
    except OSError as problem:
        raise UsageError(
            f"{what} is not written over {file}, which cannot be read: {problem.strerror}", hint=_HINT
        ) from None


def _refused(path: str, what: str, found: FileKind | None) -> UsageError:
    return UsageError(f"{what} is not written over {path}, which is {found or f'not {what}'}", hint=_HINT)


_HINT = "name another file, or delete this one first"
