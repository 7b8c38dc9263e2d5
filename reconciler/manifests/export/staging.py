"""Manifests as they would be with files that are not written yet."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from reconciler.errors import ManifestError
from reconciler.manifests.bundle import load_bundle
from reconciler.manifests.discovery import find_manifests, printable
from reconciler.manifests.parsing.reading import read_file

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from reconciler.manifests.loaded import Bundle


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
            place = f"{printable(str(folder))}/" if folder else ""
            raise ManifestError(
                tuple(item.moved(staging, place) for item in loaded.diagnostics),
                hint="this is how the folder would be; nothing was written",
            )
        return loaded.bundle


def manifests_in(folder: Path) -> dict[Path, bytes]:
    """Read the manifests that are in the folder. What cannot be read is left for `c2c validate` to tell."""
    if not folder.is_dir():
        return {}
    contents = {Path(file): read_file(file) for file in find_manifests([str(folder)])[0]}
    return {file.relative_to(folder): content for file, content in contents.items() if isinstance(content, bytes)}
