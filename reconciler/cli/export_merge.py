"""Merging an export into manifests that are there."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from reconciler.cli.export_files import check_overwritten, load_as_if_written
from reconciler.cli.folder_merge import FolderMerge
from reconciler.flow.plans import plan_against
from reconciler.flow.requests import PlanRequest
from reconciler.manifests.export.merge import Missing
from reconciler.manifests.resolving.resolve import resolve
from reconciler.manifests.space import Manages
from reconciler.model.environment import SYSTEM_TRUST
from reconciler.planning.changes import Delete, MappedApp, PolicyRule, Reason, VariableSetting

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date
    from pathlib import Path

    from reconciler.manifests.export.entries import Entries
    from reconciler.manifests.loaded import Bundle
    from reconciler.model.live import LiveState
    from reconciler.model.names import AppRef, SpaceRef
    from reconciler.planning.changes import Change, Item


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
    chosen = {item.space for item in entries.spaces}
    merge.add_missing(_missing(_removals(_as_if_governing(merge.bundle), live, today), chosen))
    files |= merge.changed_files()
    result = load_as_if_written(folder, files, today=today)
    left = tuple(item for item in _removals(result, live, today) if item.home in chosen)
    return Merged(files, left, resolve(result, live, today=today).desired.scope.apps)


def _as_if_governing(bundle: Bundle) -> Bundle:
    """Read `manages: additions` as `apps`: what is live is missing there too, though no plan takes it away yet."""
    governing = [
        item._replace(value=item.value._replace(manages=Manages.APPS))
        if item.value.manages is Manages.ADDITIONS
        else item
        for item in bundle.spaces
    ]
    return bundle._replace(spaces=tuple(governing))


def _removals(bundle: Bundle, live: LiveState, today: date) -> list[Item]:
    """List what a plan takes away because nothing declares it. What has expired was meant to go."""
    changes: tuple[Change, ...] = plan_against(PlanRequest(bundle, today), live).changes
    return [
        change.before
        for change in changes
        if change.before is not None
        and change.reason is not Reason.EXPIRED
        and (isinstance(change, Delete) or isinstance(change.before, PolicyRule))
    ]


def _missing(removals: list[Item], chosen: set[SpaceRef]) -> Missing:
    """Sort removals of some spaces by kind."""
    wanted = [item for item in removals if item.home in chosen]
    variables = Counter(item.variable.app for item in wanted if isinstance(item, VariableSetting))
    return Missing(
        tuple(item.policy for item in wanted if isinstance(item, PolicyRule)),
        tuple(item.destination for item in wanted if isinstance(item, MappedApp)),
        frozenset(app for app, count in variables.items() if count == len(SYSTEM_TRUST)),
    )
