"""Writing many files into a folder: all of them or none."""

from __future__ import annotations

import secrets
from contextlib import suppress
from typing import TYPE_CHECKING

from reconciler.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path


def write_all(folder: Path, files: Mapping[Path, bytes]) -> None:
    """Write all files, or leave everything as it was. Raise UsageError if that fails.

    All are written beside their places first, so that a full disk is noticed before anything is changed. Nothing is
    written where a link below the folder leads out of it: who writes into the folder has no say over the rest.
    """
    _require_inside(folder, files)
    waiting: dict[Path, Path] = {}
    made: list[Path] = []
    before: dict[Path, bytes | None] = {}
    place = folder
    try:
        for name, content in sorted(files.items()):
            place = (folder / name).resolve()
            made += _make_folders(place.parent)
            waiting[place] = place.with_name(f".c2c-{secrets.token_hex(8)}")
            waiting[place].write_bytes(content)
            if place.exists():
                waiting[place].chmod(place.stat().st_mode & 0o777)
        for place, temporary in waiting.items():
            before[place] = place.read_bytes() if place.exists() else None
            temporary.replace(place)
    except BaseException as problem:
        _undo(waiting, before, made)
        if isinstance(problem, OSError):
            raise UsageError(f"{place} could not be written: {problem.strerror}", hint="nothing was changed") from None
        raise


def _require_inside(folder: Path, names: Iterable[Path]) -> None:
    root = folder.resolve()
    outside = [str(folder / name) for name in sorted(names) if not (folder / name).resolve().is_relative_to(root)]
    if outside:
        raise UsageError(
            f"{len(outside)} of the files would not be in {folder}, for a link leads out of it: nothing was written",
            hint="put a folder in place of the link",
            details=tuple(outside),
        )


def _make_folders(folder: Path) -> list[Path]:
    missing = [place for place in (folder, *folder.parents) if not place.exists()]
    folder.mkdir(parents=True, exist_ok=True)
    return missing


def _undo(waiting: Mapping[Path, Path], before: Mapping[Path, bytes | None], made: list[Path]) -> None:
    for place, content in before.items():
        with suppress(OSError):
            if content is not None:
                place.write_bytes(content)
            elif not waiting[place].exists():
                place.unlink()
    for temporary in waiting.values():
        with suppress(OSError):
            temporary.unlink()
    for folder in sorted(made, key=lambda one: len(one.parts), reverse=True):
        with suppress(OSError):
            folder.rmdir()
