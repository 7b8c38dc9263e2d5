"""What c2c writes itself, told from manifests where these are expected."""

from __future__ import annotations

from pathlib import Path

import orjson

from reconciler.cli.files.kinds import FileKind, kind_of_content, kind_of_data, kind_of_file, what_takes
from reconciler.errors import UsageError
from reconciler.wire.files import read_regular

JOURNAL_SUFFIX = ".journal"

MAX_PLAN_BYTES = 1024 * 1024 * 1024
"""The largest saved plan that is read; a hundred thousand changes take some fifty megabytes."""


_NO_MANIFESTS = frozenset({FileKind.PLAN, FileKind.RESULT, FileKind.BASELINE})


def names_saved_plan(path: str) -> bool:
    """Say whether a path on the command line stands for a saved plan, by its name."""
    return path.endswith(".json")


def require_manifests(path: str) -> None:
    """Raise UsageError for a saved plan or a journal and say what takes it: as manifests they are only mistakes."""
    if path.endswith(JOURNAL_SUFFIX):
        raise mistaken(path, FileKind.JOURNAL, "manifests")
    found = _kind_of_json(path) if names_saved_plan(path) else None
    if found in _NO_MANIFESTS:
        raise mistaken(path, found, "manifests")


def mistaken(path: str, found: FileKind, wanted: str) -> UsageError:
    """Make the error for a file that is something else than what a command takes."""
    return UsageError(f"{path} is {found}, not {wanted}", hint=what_takes(found, path))


def _kind_of_json(path: str) -> FileKind | None:
    """Look into a file: manifests may be JSON, too. What cannot be read is told by whoever reads manifests."""
    try:
        return kind_of_file(Path(path))
    except OSError:
        return None


def plan_data(path: str) -> object:
    """Read the JSON of what should be a saved plan.

    Raise UsageError when it cannot be read, or is another file of c2c, which is then named.
    """
    content = _content(path)
    try:
        data: object = orjson.loads(content)
    except orjson.JSONDecodeError as problem:
        _require_plan(path, kind_of_content(content))
        raise UsageError(f"{path} is not JSON: {problem}", hint="save a plan with `c2c plan -o plan.json`") from None
    _require_plan(path, kind_of_data(data))
    return data


def _require_plan(path: str, found: FileKind | None) -> None:
    """Raise UsageError for what c2c knows as something else. What nobody knows is told by whoever reads plans."""
    if found not in {FileKind.PLAN, FileKind.RESULT, None}:
        raise mistaken(path, found, "a saved plan")


def _content(path: str) -> bytes:
    try:
        return read_regular(Path(path), MAX_PLAN_BYTES)
    except OSError as problem:
        raise UsageError(f"{path} cannot be read: {problem.strerror}") from None
    except ValueError as problem:
        raise UsageError(f"{path} cannot be read: {problem}") from None
