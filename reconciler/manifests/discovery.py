"""Which files are manifests: from the paths of a command line to a sorted list of files."""

from __future__ import annotations

import os
import stat
from pathlib import PurePath
from typing import TYPE_CHECKING

from reconciler.diagnostics import Diagnostic, Span, error

if TYPE_CHECKING:
    from collections.abc import Sequence

SUFFIXES = (".yml", ".yaml")
"""What a manifest's name ends with. A file that is named outright may end with anything."""


def find_manifests(paths: Sequence[str]) -> tuple[list[str], list[Diagnostic]]:
    """List the manifests at and below the paths, sorted, each file once, spelled as the caller spelled the path.

    Only `./` and doubled slashes go: code hosts find the lines of `policies/a.yml`, and none of `./policies//a.yml`.

    A path itself may be a link. Below a folder no link leads to anything that is not at or below one of the paths:
    who writes into the folder has no say over the rest of the machine. Hidden files and folders are not looked at, as
    in a shell's `*.yml`. What cannot be read becomes a diagnostic.

    The files are names to open; `printable` gives the names to show.
    """
    search = _Search(paths)
    for path in paths:
        search.add(path)
    return sorted(str(PurePath(name)) for name in search.found.values()), search.problems


def printable(path: str) -> str:
    """Give a path as text that can be written out, even where a name is no text."""
    return path.encode(errors="backslashreplace").decode()


class _Search:
    """What one call has found so far; `found` is keyed by the real path, so that a file is listed once."""

    def __init__(self, paths: Sequence[str]) -> None:
        self.found: dict[str, str] = {}
        self.problems: list[Diagnostic] = []
        self._roots = [real for path in paths if (real := _real(path)) is not None]

    def add(self, path: str) -> None:
        try:
            mode = os.stat(path).st_mode  # noqa: PTH116 - paths stay strings: they are shown as they were given
            if stat.S_ISDIR(mode):
                self._add_folder(path)
            else:
                self._add_file(path, mode)
        except (OSError, ValueError) as problem:
            self.problems.append(unreadable(path, problem))

    def _add_file(self, path: str, mode: int) -> None:
        if stat.S_ISREG(mode):
            self.found.setdefault(os.path.realpath(path), path)
        else:
            self.problems.append(not_a_file(path))

    def _add_folder(self, folder: str) -> None:
        before = len(self.problems)
        names = self._manifests_below(folder)
        for name in names:
            try:
                mode = os.stat(name).st_mode  # noqa: PTH116 - as above
                if os.path.islink(name) and not self._is_inside(os.path.realpath(name)):  # noqa: PTH114 - as above
                    self.problems.append(_leads_outside(name))
                else:
                    self._add_file(name, mode)
            except OSError as problem:
                self.problems.append(unreadable(name, problem))
        if not names and len(self.problems) == before:
            shown = printable(folder)
            hint = "name a folder that holds *.yml or *.yaml files; hidden ones do not count"
            self.problems.append(error("no-manifests", f"no manifest below {shown}", Span(shown, 1, 1), hint=hint))

    def _manifests_below(self, folder: str) -> list[str]:
        """Walk a folder. Links to folders are not followed: what they lead to is found there, or is refused."""
        names: list[str] = []

        def refused(problem: OSError) -> None:
            self.problems.append(unreadable(str(problem.filename or folder), problem))

        for parent, children, files in os.walk(folder, onerror=refused):
            children[:] = sorted(child for child in children if not child.startswith("."))
            for path in (os.path.join(parent, child) for child in children):  # noqa: PTH118 - as above
                if os.path.islink(path) and not self._is_inside(os.path.realpath(path), visible=True):  # noqa: PTH114
                    self.problems.append(_leads_outside(path))
            names += (os.path.join(parent, file) for file in files if is_manifest_name(file))  # noqa: PTH118 - as above
        return sorted(names)

    def _is_inside(self, real: str, *, visible: bool = False) -> bool:
        """Say whether a real path is at or below one of those given; with `visible` by way of no hidden folder."""
        for root in self._roots:
            below = root.rstrip(os.sep)
            if real != root and not real.startswith(below + os.sep):
                continue
            if not visible or f"{os.sep}." not in real[len(below) :]:
                return True
        return False


def _real(path: str) -> str | None:
    try:
        return os.path.realpath(path) if path else None
    except (OSError, ValueError):
        return None


def is_manifest_name(name: str) -> bool:
    """Say whether a file of this name, in a folder that was given, is taken for a manifest."""
    return name.endswith(SUFFIXES) and not name.startswith(".")


def _leads_outside(path: str) -> Diagnostic:
    path = printable(path)
    message = f"cannot read {path}: it is a link that leads out of the folder"
    hint = "name what it leads to as another path, or put the files themselves into the folder"
    return error("unreadable-file", message, Span(path, 1, 1), hint=hint)


def unreadable(path: str, problem: OSError | ValueError) -> Diagnostic:
    """Say why a file or folder cannot be read."""
    if not path:
        return error("path-not-found", "a path is empty", hint="name a file or folder, or leave the path out")
    path = printable(path)
    span = Span(path, 1, 1)
    if isinstance(problem, FileNotFoundError):
        return error("path-not-found", f"no such file or folder: {path}", span, hint="check the spelling of the path")
    reason = problem.strerror if isinstance(problem, OSError) and problem.strerror else str(problem)
    return error("unreadable-file", f"cannot read {path}: {reason}", span)


def not_a_file(path: str) -> Diagnostic:
    """Say that something is neither a file nor a folder."""
    path = printable(path)
    hint = "name a regular file; pipes and devices are not read"
    return error("not-a-file", f"{path} is neither a regular file nor a folder", Span(path, 1, 1), hint=hint)
