"""Which files are manifests: from the paths of a command line to a sorted list of files."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

from reconciler.diagnostics import Diagnostic, Span, error

if TYPE_CHECKING:
    from collections.abc import Sequence

SUFFIXES = (".yml", ".yaml")
"""What a manifest's name ends with. A file that is named outright may end with anything."""


def find_manifests(paths: Sequence[str]) -> tuple[list[str], list[Diagnostic]]:
    """List the manifests at and below the paths, sorted, each file once, spelled as the caller spelled the path.

    Hidden files and folders below a folder are not looked at, as in a shell's `*.yml`. What cannot be read becomes
    a diagnostic.
    """
    search = _Search()
    for path in paths:
        search.add(path)
    return sorted(search.found.values()), search.problems


class _Search:
    """What one call has found so far; `found` is keyed by the real path, so that a file is listed once."""

    def __init__(self) -> None:
        self.found: dict[str, str] = {}
        self.problems: list[Diagnostic] = []

    def add(self, path: str) -> None:
        try:
            mode = os.stat(path).st_mode  # noqa: PTH116 - paths stay strings: they are shown as they were given
        except (OSError, ValueError) as problem:
            self.problems.append(unreadable(path, problem))
            return
        if stat.S_ISDIR(mode):
            self._add_folder(path)
        else:
            self._add_file(path, mode)

    def _add_file(self, path: str, mode: int) -> None:
        if stat.S_ISREG(mode):
            self.found.setdefault(os.path.realpath(path), path)
        else:
            self.problems.append(not_a_file(path))

    def _add_folder(self, folder: str) -> None:
        before = len(self.problems)
        names = _manifests_below(folder, self.problems)
        for name in names:
            try:
                self._add_file(name, os.stat(name).st_mode)  # noqa: PTH116 - as above
            except OSError as problem:
                self.problems.append(unreadable(name, problem))
        if not names and len(self.problems) == before:
            hint = "name a folder that holds *.yml or *.yaml files; hidden ones do not count"
            self.problems.append(error("no-manifests", f"no manifest below {folder}", Span(folder, 1, 1), hint=hint))


def _manifests_below(folder: str, problems: list[Diagnostic]) -> list[str]:
    """Walk a folder, links included. A folder is entered once, which ends every loop of links."""
    names: list[str] = []
    entered: set[tuple[int, int]] = set()

    def refused(problem: OSError) -> None:
        problems.append(unreadable(str(problem.filename or folder), problem))

    for parent, children, files in os.walk(folder, onerror=refused, followlinks=True):
        here = os.stat(parent)  # noqa: PTH116 - as above
        if (here.st_dev, here.st_ino) in entered:
            children.clear()
            continue
        entered.add((here.st_dev, here.st_ino))
        children[:] = sorted(child for child in children if not child.startswith("."))
        names += (os.path.join(parent, file) for file in files if _is_manifest(file))  # noqa: PTH118 - as above
    return sorted(names)


def _is_manifest(name: str) -> bool:
    return name.endswith(SUFFIXES) and not name.startswith(".")


def unreadable(path: str, problem: OSError | ValueError) -> Diagnostic:
    """Say why a file or folder cannot be read."""
    span = Span(path, 1, 1)
    if isinstance(problem, FileNotFoundError):
        return error("path-not-found", f"no such file or folder: {path}", span, hint="check the spelling of the path")
    reason = problem.strerror if isinstance(problem, OSError) and problem.strerror else str(problem)
    return error("unreadable-file", f"cannot read {path}: {reason}", span)


def not_a_file(path: str) -> Diagnostic:
    """Say that something is neither a file nor a folder."""
    hint = "name a regular file; pipes and devices are not read"
    return error("not-a-file", f"{path} is neither a regular file nor a folder", Span(path, 1, 1), hint=hint)
