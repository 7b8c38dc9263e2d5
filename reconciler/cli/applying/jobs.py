"""What one `c2c apply` is to do: a plan to be made, and what binds it to a review."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from reconciler.cli.files.journals import load_journal, newest_journal
from reconciler.cli.files.own import names_saved_plan
from reconciler.cli.requests import (
    request_for_manifests,
    request_for_rest,
    request_for_saved,
    saved_plan,
)
from reconciler.errors import StaleError, UsageError
from reconciler.model.live import SNAPSHOT
from reconciler.planning.deeds import Deed, deeds_of
from reconciler.planning.ordering import steps
from reconciler.planning.saved import require_digest, require_same

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from reconciler.apply.journal import Journal
    from reconciler.cli.files.journals import JournalOnDisk
    from reconciler.flow.requests import Request
    from reconciler.planning.plan import Plan
    from reconciler.planning.saved import SavedPlan

_MOST_NAMED = 20


@dataclass(frozen=True, slots=True)
class Job:
    """What is to be applied.

    `plan_file` is the saved plan it comes from, if any. `journal` is where to write one or, with `begun`, the one to
    go on with. `saved`, `digest` and `begun` are what the plan has to agree with.
    """

    request: Request
    plan_file: str | None = None
    journal: Path | None = None
    saved: SavedPlan | None = None
    digest: str | None = None
    begun: JournalOnDisk | None = None

    @property
    def has_begun(self) -> bool:
        """Say whether an earlier attempt has, or may have, changed something."""
        return self.begun is not None and bool(self.begun.journal.made)

    def require_reviewed(self, plan: Plan) -> None:
        """Raise StaleError, naming what moved, unless the plan is the one that was reviewed."""
        if self.saved:
            require_same(self.saved, plan)
        if self.digest:
            require_digest(self.digest, plan)
        if self.begun:
            _require_rest(self.begun.journal, plan)


def new_job(
    paths: tuple[str, ...],
    journal: str | None,
    today: date,
    *,
    digest: str | None,
    max_revokes: int | None,
    all_environments: bool,
) -> Job:
    """Take manifests, or the one saved plan that `paths` names, as what is to be applied."""
    if journal is not None and names_saved_plan(journal):
        raise UsageError(f"{journal} would be taken for a saved plan", hint="a journal's name does not end with .json")
    where = None if journal is None else Path(journal)
    saved = saved_plan(paths)
    if saved is None:
        request = request_for_manifests(paths, today, max_revokes=max_revokes, all_environments=all_environments)
        return Job(request, journal=where, digest=digest)
    if saved.foundation == SNAPSHOT:
        message = f"{paths[0]} was made against a snapshot, so it is no plan of a foundation"
        raise StaleError(message, hint="plan against the foundation: c2c plan -o plan.json")
    again = request_for_saved(saved, today, max_revokes=max_revokes, all_environments=all_environments)
    return Job(again, plan_file=paths[0], journal=where, saved=saved, digest=digest)


def rest_of_job(paths: tuple[str, ...], today: date) -> Job:
    """Take up an apply that was cut off. `paths` names its journal or its saved plan; with neither, the last one here.

    Raise UsageError when there is nothing to resume.
    """
    if len(paths) > 1:
        raise UsageError("one journal, or one saved plan, is resumed at a time")
    named = paths[0] if paths else None
    path = newest_journal(named) if named is None or names_saved_plan(named) else Path(named)
    begun = load_journal(path)
    if begun.journal.finished:
        raise UsageError(f"nothing to resume: the apply of {path} was finished", hint="plan anew: c2c plan")
    return Job(request_for_rest(begun.journal, today), journal=path, begun=begun)


def _require_rest(journal: Journal, plan: Plan) -> None:
    """Raise StaleError, naming what is new, unless the plan only holds what the apply set out to do."""
    if plan.foundation != journal.undertaking.foundation:
        foundation = journal.undertaking.foundation
        message = f"that apply was to {foundation}, and this is {plan.foundation}"
        raise StaleError(message, hint=f"name that one with CF_API or --api: {foundation}")
    new = deeds_of(steps(plan)) - deeds_of(journal.announced)
    if new:
        raise StaleError(
            "there is more to do by now than that apply set out to do, so it is not resumed",
            details=_named(new),
            hint="plan again and have it reviewed: c2c plan",
        )


def _named(deeds: Iterable[Deed]) -> tuple[str, ...]:
    listed = sorted(map(str, deeds))
    more = (f"and {len(listed) - _MOST_NAMED} more",) if len(listed) > _MOST_NAMED else ()
    return (*listed[:_MOST_NAMED], *more)
