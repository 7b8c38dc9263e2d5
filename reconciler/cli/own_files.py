"""What c2c writes itself, told from manifests where these are expected."""

from __future__ import annotations

import shlex
from pathlib import Path

import orjson

from reconciler.errors import UsageError
from reconciler.wire.files import read_regular

JOURNAL_SUFFIX = ".journal"

MAX_PLAN_BYTES = 1024 * 1024 * 1024
"""The largest saved plan that is read; a hundred thousand changes take some fifty megabytes."""


def names_saved_plan(path: str) -> bool:
    """Say whether a path on the command line stands for a saved plan, by its name."""
    return path.endswith(".json")


def require_manifests(path: str) -> None:
    """Raise UsageError for a saved plan or a journal and say what takes it: as manifests they are only mistakes."""
    named = shlex.quote(path)
    if path.endswith(JOURNAL_SUFFIX):
        hint = f"`c2c apply --resume {named}` finishes that apply, `c2c rollback {named}` plans what undoes it"
        raise UsageError(f"{path} is the journal of an apply, not manifests", hint=hint)
    if names_saved_plan(path) and _is_saved_plan(path):
        hint = f"`c2c show {named}` shows it, `c2c apply {named}` applies it"
        raise UsageError(f"{path} is a saved plan, not manifests", hint=hint)


def _is_saved_plan(path: str) -> bool:
    """Look into a file: manifests may be JSON, too. What cannot be read is told by whoever reads manifests."""
    try:
        data = json_of(path)
    except UsageError:
        return False
    return isinstance(data, dict) and {"format_version", "changes"} <= data.keys()


def json_of(path: str, limit: int = MAX_PLAN_BYTES) -> object:
    """Read a file of JSON, such as a saved plan. Raise UsageError when it cannot be read, or has more bytes."""
    try:
        data: object = orjson.loads(read_regular(Path(path), limit))
    except OSError as problem:
        raise UsageError(f"{path} cannot be read: {problem.strerror}") from None
    except orjson.JSONDecodeError as problem:
        raise UsageError(f"{path} is not JSON: {problem}", hint="save a plan with `c2c plan -o plan.json`") from None
    except ValueError as problem:
        raise UsageError(f"{path} cannot be read: {problem}") from None
    return data
