"""Adding to the manifests of a folder: what an export and an import do alike with `--merge`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from reconciler.errors import ManifestError
from reconciler.manifests.bundle import load_bundle
from reconciler.manifests.discovery import find_manifests, printable
from reconciler.manifests.export.layout import file_of
from reconciler.manifests.export.merge import Merger
from reconciler.manifests.parsing.reading import read_file

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from reconciler.manifests.export.entries import AppEntry
    from reconciler.manifests.export.merge import Missing
    from reconciler.model.live import LiveState
    from reconciler.model.names import SpaceRef


class AppsOfSpace(Protocol):
    """A space and entries for apps in it, live or imported."""

    @property
    def space(self) -> SpaceRef:
        """Say which space."""

    @property
    def apps(self) -> Iterable[AppEntry]:
        """Give the entries."""


class FolderMerge:
    """What is added to the manifests of a folder. Nothing is written here. `bundle` is what they say before."""

    def __init__(self, folder: Path, live: LiveState, *, today: date) -> None:
        """Load the folder. Raise ManifestError when its manifests hold errors."""
        loaded = load_bundle([str(folder)], today=today)
        if loaded.bundle is None:
            raise ManifestError(loaded.diagnostics)
        contents = {printable(file): read_file(file) for file in find_manifests([str(folder)])[0]}
        texts = {file: text for file, text in contents.items() if isinstance(text, bytes)}
        self.bundle = loaded.bundle
        self._folder = folder
        self._merger = Merger(loaded.bundle, live, texts)

    def add_spaces(self, spaces: Iterable[AppsOfSpace], fresh: Mapping[Path, bytes]) -> dict[Path, bytes]:
        """Add the apps of each space to the document that describes it; give the fresh file of one that none does."""
        files: dict[Path, bytes] = {}
        for item in spaces:
            if self._merger.describes(item.space):
                for entry in item.apps:
                    self._merger.add_app(entry)
            else:
                file = Path(file_of(item.space))
                files[file] = fresh[file]
        return files

    def add_missing(self, missing: Missing) -> None:
        """Add what the entries that are there lack."""
        self._merger.add_missing(missing)

    def changed_files(self) -> dict[Path, bytes]:
        """Give the files that something was added to. Raise ManifestError for one that cannot be added to."""
        additions, problems = self._merger.merged()
        if problems:
            raise ManifestError(tuple(problems), hint="nothing was written")
        return {Path(file).relative_to(self._folder): content for file, content in additions.items()}
