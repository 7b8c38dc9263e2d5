"""Where an export may write: only over what an export wrote and nobody edited."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reconciler.cli.files.folder import write_all
from reconciler.errors import UsageError
from reconciler.manifests.export.app_manifest import render_app_manifest
from reconciler.manifests.export.layout import file_of, is_untouched, signed
from reconciler.manifests.parsing.reading import read_file
from reconciler.report.export_report import encode_app_manifests

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from reconciler.manifests.export.app_manifest import AppManifest


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


def write_app_manifests(folder: Path, manifests: Iterable[AppManifest]) -> dict[str, Any]:
    """Write app manifests under the same rules, and report what they hold and what they leave out."""
    listed = list(manifests)
    files = {Path(file_of(item.space)): signed(render_app_manifest(item)) for item in listed}
    check_overwritten(folder, files)
    write_all(folder, files)
    return encode_app_manifests(folder, listed, files)
