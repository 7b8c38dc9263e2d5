"""Writing exported manifests: only over what an export wrote and nobody edited, and all of them or none."""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from reconciler.errors import ManifestError, UsageError
from reconciler.manifests.bundle import load_bundle
from reconciler.manifests.discovery import find_manifests, printable
from reconciler.manifests.export.app_manifest import render_app_manifest
from reconciler.manifests.export.layout import file_of, is_untouched, signed
from reconciler.manifests.parsing.reading import read_file
from reconciler.report.export_report import encode_app_manifests

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from reconciler.diagnostics import Diagnostic
    from reconciler.manifests.export.app_manifest import AppManifest
    from reconciler.manifests.loaded import Bundle


def check_overwritten(folder: Path, files: Mapping[Path, bytes]) -> None:
    """Raise UsageError naming every file that stands where one is to be written, and is not the export's own."""
    foreign = [str(folder / name) for name in sorted(files) if not _may_write(folder / name)]
    if foreign:
        raise UsageError(
            f"{len(foreign)} of the files in {folder} were not written by an export, or were edited since: "
            "nothing was written",
            hint="--merge adds to them what is missing; another -o writes beside them",
            details=tuple(foreign),
        )


def _may_write(file: Path) -> bool:
    if not os.path.lexists(file):
        return True
    content = b"" if file.is_symlink() else read_file(str(file))
    return isinstance(content, bytes) and is_untouched(content)


def load_as_if_written(folder: Path | None, files: Mapping[Path, bytes], *, today: date) -> Bundle:
    """Load the manifests as they would be with the files in the folder, or with nothing but them.

    Raise ManifestError if they would be wrong.
    """
    with TemporaryDirectory(prefix="c2c-export-") as staging:
        for name, content in {**(manifests_in(folder) if folder else {}), **files}.items():
            target = Path(staging, name)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
        loaded = load_bundle([staging], today=today)
        if loaded.bundle is None:
            raise ManifestError(
                tuple(_moved(item, staging, str(folder or "")) for item in loaded.diagnostics),
                hint="this is how the folder would be; nothing was written",
            )
        return loaded.bundle


def manifests_in(folder: Path) -> dict[Path, bytes]:
    """Read the manifests that are in the folder. What cannot be read is left for `c2c validate` to tell."""
    if not folder.is_dir():
        return {}
    contents = {Path(file): read_file(file) for file in find_manifests([str(folder)])[0]}
    return {file.relative_to(folder): content for file, content in contents.items() if isinstance(content, bytes)}


def _moved(item: Diagnostic, old: str, new: str) -> Diagnostic:
    """Give the place of a problem in the folder that is meant."""
    spans = [
        None if span is None else span._replace(file=span.file.replace(old, printable(new), 1))
        for span in (item.span, *item.related)
    ]
    return replace(item, span=spans[0], related=tuple(span for span in spans[1:] if span is not None))


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


def write_app_manifests(folder: Path, manifests: Iterable[AppManifest]) -> dict[str, Any]:
    """Write app manifests under the same rules, and report what they hold and what they leave out."""
    listed = list(manifests)
    files = {Path(file_of(item.space)): signed(render_app_manifest(item)) for item in listed}
    check_overwritten(folder, files)
    write_all(folder, files)
    return encode_app_manifests(folder, listed, files)
