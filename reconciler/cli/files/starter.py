"""Writing new files into a folder: all of them or none, and never over anything that is there."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

from reconciler.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from reconciler.manifests.starter import StarterFile


class Outcome(NamedTuple):
    """The paths that were written, and those where something was already."""

    written: tuple[str, ...]
    left: tuple[str, ...]


def write_new_files(folder: Path, files: Sequence[StarterFile]) -> Outcome:
    """Write the files below a folder, which is made if it is not there. What exists stays as it is.

    Raise UsageError when one of them cannot be written; then whatever was made is taken away again.
    """
    made: list[Path] = []
    written, left = [], []
    try:
        for file in files:
            target = folder / file.path
            try:
                _make_folders(target.parent, made)
                with target.open("xb") as stream:
                    made.append(target)
                    stream.write(file.content)
                written.append(file.path)
            except FileExistsError as problem:
                if problem.filename != str(target):
                    raise
                left.append(file.path)
    except OSError as problem:
        _take_away(made)
        raise UsageError(
            f"{problem.filename or folder} could not be written: {problem.strerror}",
            hint="nothing was written; name a folder that you may write to",
        ) from problem
    except BaseException:
        _take_away(made)
        raise
    return Outcome(tuple(written), tuple(left))


def _make_folders(folder: Path, made: list[Path]) -> None:
    if not folder.is_dir():
        _make_folders(folder.parent, made)
        folder.mkdir()
        made.append(folder)


def _take_away(made: list[Path]) -> None:
    for path in reversed(made):
        with suppress(OSError):
            path.rmdir() if path.is_dir() else path.unlink()
