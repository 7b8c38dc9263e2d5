"""Rules beside the paths of a command line that it leaves out, and that therefore bind nothing."""

from __future__ import annotations

import os
import re
from itertools import islice, takewhile
from pathlib import Path
from typing import TYPE_CHECKING

from reconciler.diagnostics import Span, warning
from reconciler.manifests.discovery import is_manifest_name, printable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from reconciler.diagnostics import Diagnostic

MOST_FILES = 500
"""Files that are looked into: a repository may hold many that are no manifests."""

MOST_BYTES = 64 * 1024
"""What is read of each."""

_OURS = re.compile(rb"^apiVersion:\s*['\"]?c2c/", re.MULTILINE)
_RULES = re.compile(rb"^kind:\s*['\"]?(?:Foundation|Guardrail|Expectation)\b", re.MULTILINE)


def rules_left_out(paths: Sequence[str], loaded: Iterable[str]) -> list[Diagnostic]:
    """Warn of rules in the folders above the paths, and in the folders there, that are not among the loaded files.

    It goes up to the root of the git repository around the current folder, or else to the current folder; that one is
    looked into only for a file in it that was named. Never raises for what it finds.
    """
    known = {Path(file).resolve() for file in loaded}
    candidates = (file for folder in _folders_above(paths) for file in _manifests_in(folder))
    fresh = (file for file in dict.fromkeys(candidates) if file not in known)
    found = sorted(os.path.relpath(file) for file in islice(fresh, MOST_FILES) if _holds_rules(file))
    if not found:
        return []
    first = printable(found[0])
    others = f" and {len(found) - 1} more" if len(found) > 1 else ""
    message = f"guardrails, expectations or limits stand beside these paths and bind nothing here: {first}{others}"
    hint = "name the folder that holds all of it, or add the files with the rules to the paths"
    return [warning("rules-left-out", message, Span(first, 1, 1), hint=hint)]


def _folders_above(paths: Sequence[str]) -> list[Path]:
    here = Path.cwd().resolve()
    top = next((folder for folder in (here, *here.parents) if (folder / ".git").exists()), here)
    folders: dict[Path, None] = {}
    for path in (Path(path).resolve() for path in paths):
        if path.is_relative_to(top):
            folders |= dict.fromkeys(takewhile(lambda folder: folder != top, path.parents))
            if path.parent == top and path.is_file():
                folders[top] = None
    return list(folders)


def _manifests_in(folder: Path, *, deeper: bool = True) -> Iterator[Path]:
    """List what looks like a manifest in a folder, then in the folders in it. Links are not followed."""
    try:
        with os.scandir(folder) as entries:
            listed = sorted(entries, key=lambda entry: entry.name)
    except OSError:
        return
    for entry in listed:
        if is_manifest_name(entry.name) and entry.is_file(follow_symlinks=False):
            yield Path(entry.path)
    for entry in listed if deeper else ():
        if not entry.name.startswith(".") and entry.is_dir(follow_symlinks=False):
            yield from _manifests_in(Path(entry.path), deeper=False)


def _holds_rules(file: Path) -> bool:
    try:
        with file.open("rb") as opened:
            content = opened.read(MOST_BYTES)
    except OSError:
        return False
    return bool(_OURS.search(content) and _RULES.search(content))
