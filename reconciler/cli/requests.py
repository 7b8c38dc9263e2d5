"""From what the command line names - manifests, a saved plan, a journal - to what is to be planned."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING

import orjson

from reconciler.cli.journals import SUFFIX, load_journal
from reconciler.cli.options import DEFAULT_PATH
from reconciler.cli.session import load_manifests, revision_of
from reconciler.errors import StaleError, UsageError
from reconciler.flow.requests import PlanRequest, RollbackRequest
from reconciler.planning.deeds import deeds_of
from reconciler.planning.saved import read_saved_plan
from reconciler.wire.files import read_regular

if TYPE_CHECKING:
    from datetime import date

    from reconciler.apply.journal import Journal
    from reconciler.flow.requests import Request
    from reconciler.planning.plan import Plan
    from reconciler.planning.saved import SavedPlan

MAX_PLAN_BYTES = 1024 * 1024 * 1024
"""The largest saved plan that is read; a hundred thousand changes take some fifty megabytes."""


def request_for_manifests(
    paths: tuple[str, ...], today: date, *, max_revokes: int | None = None, all_environments: bool = False
) -> PlanRequest:
    """Load manifests and ask for their plan.

    Raise ManifestError when they hold errors, UsageError where a path names a saved plan or a journal.
    """
    places = paths or (DEFAULT_PATH,)
    for place in places:
        _require_manifests(place)
    bundle, warnings = load_manifests(places, today=today)
    return PlanRequest(bundle, today, warnings, max_revokes, revision_of(places), all_environments, places)


def request_for_rollback(path: str, today: date, *, max_revokes: int | None) -> RollbackRequest:
    """Read a journal and ask for what undoes it. Raise UsageError when it cannot be read."""
    found = load_journal(Path(path))
    return RollbackRequest(found.journal, path, found.digest, today, max_revokes)


def request_for_saved(saved: SavedPlan, today: date, *, max_revokes: int | None, all_environments: bool) -> Request:
    """Ask for a saved plan anew, the way it was asked for then."""
    if saved.rollback_of is not None:
        return request_for_rollback(saved.rollback_of, today, max_revokes=max_revokes)
    everything = all_environments or saved.all_environments
    return request_for_manifests(saved.paths, today, max_revokes=max_revokes, all_environments=everything)


def request_for_rest(journal: Journal, today: date) -> Request:
    """Ask for what an apply that was cut off still has to do.

    Raise StaleError when the manifests are no longer those that it was about. What may be removed was judged when it
    began, so no limit is asked again: whoever applies the rest has to see to it that nothing else is removed.
    """
    undertaking = journal.undertaking
    everything = len(deeds_of(journal.announced))
    if undertaking.rollback_of is not None:
        return request_for_rollback(undertaking.rollback_of, today, max_revokes=everything)
    request = request_for_manifests(
        undertaking.paths, today, max_revokes=everything, all_environments=undertaking.all_environments
    )
    if request.bundle.digest != undertaking.manifests:
        raise StaleError(
            "the manifests have changed since that apply began, so it is not resumed",
            hint="plan again: c2c plan; to undo what was done: c2c rollback JOURNAL",
        )
    return request


def names_saved_plan(path: str) -> bool:
    """Say whether a path on the command line stands for a saved plan, by its name."""
    return path.endswith(".json")


def saved_plan(paths: tuple[str, ...]) -> SavedPlan | None:
    """Read the saved plan that the command line names instead of manifests; None if it names none.

    Raise UsageError for a `.json` file that cannot be read or is no plan, or beside other paths.
    """
    plans = [path for path in paths if names_saved_plan(path)]
    if not plans:
        return None
    if len(paths) > 1:
        raise UsageError("a saved plan is applied alone", hint=f"c2c apply {plans[0]}")
    return read_saved_plan(_json_of(plans[0]))


def read_plan(path: str) -> Plan:
    """Read a saved plan, to show it again. Raise UsageError and StaleError as `decode_plan` does."""
    from reconciler.planning.decoding import decode_plan  # noqa: PLC0415 - only where a plan is shown again

    return decode_plan(_json_of(path))


def _require_manifests(path: str) -> None:
    """Say of c2c's own files what takes them; as manifests they would only be full of mistakes."""
    named = shlex.quote(path)
    if path.endswith(SUFFIX):
        hint = f"`c2c apply --resume {named}` finishes that apply, `c2c rollback {named}` plans what undoes it"
        raise UsageError(f"{path} is the journal of an apply, not manifests", hint=hint)
    if names_saved_plan(path) and _is_saved_plan(path):
        hint = f"`c2c show {named}` shows it, `c2c apply {named}` applies it"
        raise UsageError(f"{path} is a saved plan, not manifests", hint=hint)


def _is_saved_plan(path: str) -> bool:
    """Look into a file: manifests may be JSON, too. What cannot be read is told by whoever reads manifests."""
    try:
        data = _json_of(path)
    except UsageError:
        return False
    return isinstance(data, dict) and {"format_version", "changes"} <= data.keys()


def _json_of(path: str) -> object:
    try:
        data: object = orjson.loads(read_regular(Path(path), MAX_PLAN_BYTES))
    except FileNotFoundError:
        raise UsageError(f"{path} cannot be read: there is no such file") from None
    except OSError as problem:
        raise UsageError(f"{path} cannot be read: {problem.strerror}") from None
    except orjson.JSONDecodeError as problem:
        raise UsageError(f"{path} is not JSON: {problem}", hint="save a plan with `c2c plan -o plan.json`") from None
    except ValueError as problem:
        raise UsageError(f"{path} cannot be read: {problem}") from None
    return data
