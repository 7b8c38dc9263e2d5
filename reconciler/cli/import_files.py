"""Putting imported manifests among those that are there: over none of them, and complete."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from reconciler.cli.export_files import load_as_if_written
from reconciler.errors import C2CError, ManifestError, UsageError
from reconciler.manifests.bundle import load_bundle
from reconciler.manifests.discovery import find_manifests, printable
from reconciler.manifests.export.layout import file_of
from reconciler.manifests.export.merge import Merger, Missing
from reconciler.manifests.reading import read_file
from reconciler.manifests.resolve import resolve
from reconciler.model.route import RouteDestination

if TYPE_CHECKING:
    from collections.abc import Mapping
    from collections.abc import Set as AbstractSet
    from datetime import date

    from reconciler.manifests.importing.resolution import Imported
    from reconciler.manifests.loaded import Bundle
    from reconciler.model.live import LiveState
    from reconciler.model.policy import NetworkPolicy


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
    if files and _missing(load_as_if_written(None, files, today=today), state, today, exactly=True) != Missing():
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
    loaded = load_bundle([str(folder)], today=today)
    if loaded.bundle is None:
        raise ManifestError(loaded.diagnostics)
    contents = {printable(file): read_file(file) for file in find_manifests([str(folder)])[0]}
    texts = {file: text for file, text in contents.items() if isinstance(text, bytes)}
    merger = Merger(loaded.bundle, imported.state, texts)
    new: dict[Path, bytes] = {}
    for item in imported.spaces:
        if merger.describes(item.space):
            for entry in item.apps:
                merger.add_app(entry)
        else:
            new[Path(file_of(item.space))] = fresh[Path(file_of(item.space))]
    files = check_unwritten(folder, new)
    merger.add_missing(_missing(loaded.bundle, imported.state, today))
    additions, problems = merger.merged()
    if problems:
        raise ManifestError(tuple(problems), hint="nothing was written")
    files |= {Path(file).relative_to(folder): content for file, content in additions.items()}
    left = _missing(load_as_if_written(folder, files, today=today), imported.state, today)
    return files, sorted(map(str, (*left.policies, *left.mappings)))


def _missing(bundle: Bundle, state: LiveState, today: date, *, exactly: bool = False) -> Missing:
    """List what was imported and the manifests do not ask for. With `exactly`, what they ask for beyond it, too.

    What has expired was meant to go.
    """
    desired = resolve(bundle, state, today=today).desired
    mappings = {RouteDestination(route, app) for route, known in state.routes.items() for app in known.destinations}
    policies: AbstractSet[NetworkPolicy] = state.policies - desired.policies.keys() - desired.expired.keys()
    wanted = mappings - desired.destinations.keys()
    if exactly:
        policies |= desired.policies.keys() - state.policies
        wanted |= desired.destinations.keys() - mappings
    return Missing(tuple(sorted(policies)), tuple(sorted(wanted)))
