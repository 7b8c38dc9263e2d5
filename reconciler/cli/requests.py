"""From what the command line names - manifests, a saved plan, a journal - to what is to be planned."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from reconciler.cli.files.journals import load_journal
from reconciler.cli.files.own import names_saved_plan, plan_data
from reconciler.cli.named_manifests import named_manifests
from reconciler.cli.session import load_manifests, revision_of
from reconciler.errors import StaleError, UsageError
from reconciler.flow.requests import PlanRequest, RollbackRequest
from reconciler.manifests.discovery import printable
from reconciler.planning.deeds import deeds_of
from reconciler.planning.saved import read_saved_plan

if TYPE_CHECKING:
    from datetime import date

    from reconciler.apply.journal import Journal
    from reconciler.flow.requests import Request
    from reconciler.planning.plan import Plan
    from reconciler.planning.saved import SavedPlan


def request_for_manifests(
    paths: tuple[str, ...], today: date, *, max_revokes: int | None = None, all_environments: bool = False
) -> PlanRequest:
    """Load manifests and ask for their plan, which names their paths as far as they are text.

    Raise ManifestError when they hold errors, UsageError where a path names a saved plan or a journal.
    """
    places = named_manifests(paths)
    bundle, warnings = load_manifests(places, today=today)
    named = tuple(map(printable, places))
    return PlanRequest(bundle, today, warnings, max_revokes, revision_of(places), all_environments, named)


def request_for_rollback(path: str, today: date, *, max_revokes: int | None) -> RollbackRequest:
    """Read a journal and ask for what undoes it. Raise UsageError when it cannot be read."""
    found = load_journal(Path(path))
    return RollbackRequest(found.journal, printable(path), found.digest, today, max_revokes)


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


def saved_plan(paths: tuple[str, ...]) -> SavedPlan | None:
    """Read the saved plan that the command line names instead of manifests; None if it names none.

    Raise UsageError for a `.json` file that cannot be read or is no plan, or beside other paths.
    """
    plans = [path for path in paths if names_saved_plan(path)]
    if not plans:
        return None
    if len(paths) > 1:
        raise UsageError("a saved plan is applied alone", hint=f"c2c apply {plans[0]}")
    return read_saved_plan(plan_data(plans[0]))


def read_plan(path: str) -> Plan:
    """Read a saved plan, to show it again. Raise UsageError and StaleError as `decode_plan` does."""
    from reconciler.planning.decoding import decode_plan  # noqa: PLC0415 - only where a plan is shown again

    return decode_plan(plan_data(path))
