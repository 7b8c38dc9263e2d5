"""Putting imported manifests among those that are there: over none of them, and complete."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.errors import C2CError, UsageError
from reconciler.flow.adopting import not_asked_for
from reconciler.manifests.export.folder_merge import FolderMerge
from reconciler.manifests.export.merge import Missing
from reconciler.manifests.export.staging import load_as_if_written
from reconciler.manifests.parsing.reading import read_file

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date
    from pathlib import Path

    from reconciler.manifests.importing.resolution import Imported
    from reconciler.model.live import LiveState


def check_unwritten(folder: Path, files: Mapping[Path, bytes]) -> dict[Path, bytes]:
    """Give the files that are to be written: those that are there already, byte by byte, are not.

    Raise UsageError naming every other file that stands in the way. An import knows a part of what leads to an app, so
    it replaces nothing, not even what an earlier import wrote.
    """
    there = {name: read_file(str(folder / name)) for name in files if (folder / name).exists()}
    foreign = [str(folder / name) for name in sorted(there) if there[name] != files[name]]
    if foreign:
        raise UsageError(
            f"{len(foreign)} of the files in {folder} hold something else: nothing was written",
            hint="--merge adds to them what is missing; another -o writes beside them",
            details=tuple(foreign),
        )
    return {name: content for name, content in files.items() if name not in there}


def check_result(files: Mapping[Path, bytes], state: LiveState, *, today: date) -> None:
    """Read back what is to be written: it must say exactly what was imported."""
    if files and not_asked_for(load_as_if_written(None, files, today=today), state, today, exactly=True) != Missing():
        raise C2CError(
            "internal error: the manifests do not say what was imported; nothing was written",
            hint="please report it, with the file that was imported",
        )


def merge_import(
    folder: Path, imported: Imported, fresh: Mapping[Path, bytes], *, today: date
) -> tuple[dict[Path, bytes], list[str]]:
    """Add what the manifests of a folder lack; give the files to write, and what could not be added even so.

    Raise ManifestError for a file that cannot be added to, before anything is written.
    """
    merge = FolderMerge(folder, imported.state, today=today)
    files = check_unwritten(folder, merge.add_spaces(imported.spaces, fresh))
    merge.add_missing(not_asked_for(merge.bundle, imported.state, today))
    files |= merge.changed_files()
    left = not_asked_for(load_as_if_written(folder, files, today=today), imported.state, today)
    return files, sorted(map(str, (*left.policies, *left.mappings)))
