"""What a reader of the report does next: the command that applies exactly this plan, or why there is none."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, NamedTuple

from reconciler.planning.digest import plan_digest
from reconciler.report.words import SNAPSHOT

if TYPE_CHECKING:
    from reconciler.planning.plan import Plan

_UNDO = "undo.json"


class NextCommand(NamedTuple):
    """A sentence, and the command that it leads up to, if there is one."""

    sentence: str
    command: str | None = None


def next_command(plan: Plan) -> NextCommand:
    """Say how the plan is applied."""
    if plan.is_refused:
        return NextCommand("Nothing can be applied until the findings below that are denied are resolved or waived.")
    if plan.is_empty:
        return NextCommand("There is nothing to apply: everything that is managed is right already.")
    if plan.foundation == SNAPSHOT:
        return NextCommand("This plan was made against a snapshot. Plan against the foundation to apply it.")
    if plan.options.rollback_of is not None:
        save = shlex.join(["c2c", "rollback", plan.options.rollback_of, "-o", _UNDO])
        return NextCommand("These commands roll back exactly this:", f"{save} && {_apply((_UNDO,), plan)}")
    return NextCommand(
        "This command applies exactly this plan, and refuses if anything has moved:", _apply(plan.manifests.paths, plan)
    )


def _apply(paths: tuple[str, ...], plan: Plan) -> str:
    everything = ["--all-environments"] if plan.options.all_environments else []
    guard = ["--"] if any(path.startswith("-") for path in paths) else []
    return shlex.join(["c2c", "apply", "--digest", plan_digest(plan), *everything, *guard, *paths])
