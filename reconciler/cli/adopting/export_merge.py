"""Merging an export into manifests that are there."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from reconciler.cli.adopting.export_files import check_overwritten
from reconciler.flow.adopting import lacking, taken_away
from reconciler.manifests.export.folder_merge import FolderMerge
from reconciler.manifests.export.staging import load_as_if_written
from reconciler.manifests.resolving.resolve import resolve

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date
    from pathlib import Path

    from reconciler.manifests.export.entries import Entries
    from reconciler.model.live import LiveState
    from reconciler.model.names import AppRef
    from reconciler.planning.changes import Item


class Merged(NamedTuple):
    """Files to write, by their place below the folder. `removed` is what a plan of the folder takes away even then.

    `governed` are the live apps that a manifest of the folder then stands for.
    """

    files: dict[Path, bytes]
    removed: tuple[Item, ...] = ()
    governed: frozenset[AppRef] = frozenset()


def merge_into(folder: Path, entries: Entries, fresh: Mapping[Path, bytes], live: LiveState, *, today: date) -> Merged:
    """Add what the manifests of a folder lack. `fresh` are the documents of spaces that they may not describe yet.

    Raise ManifestError for a file that cannot be added to, before anything is written.
    """
    merge = FolderMerge(folder, live, today=today)
    files = merge.add_spaces(entries.spaces, fresh)
    check_overwritten(folder, files)
    spaces = {item.space for item in entries.spaces}
    merge.add_missing(lacking(merge.bundle, live, spaces, today))
    files |= merge.changed_files()
    result = load_as_if_written(folder, files, today=today)
    left = taken_away(result, live, spaces, today)
    return Merged(files, left, resolve(result, live, today=today).desired.scope.apps)
