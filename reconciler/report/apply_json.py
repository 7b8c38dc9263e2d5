"""An apply as JSON: the plan, the outcome of every step, and what is still to do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reconciler.planning.codec import encode_plan
from reconciler.planning.digest import FORMAT_VERSION
from reconciler.report.json_text import encode_error, render_json
from reconciler.report.steps import describe_step

if TYPE_CHECKING:
    from reconciler.apply.events import Result
    from reconciler.errors import C2CError
    from reconciler.planning.plan import Plan


def render_result_json(plan: Plan, result: Result | None, *, journal: str | None = None) -> str:
    """Write the plan, how applying it ended, None when it was refused, and where the journal is."""
    return render_json(
        {
            "format_version": FORMAT_VERSION,
            "plan": encode_plan(plan),
            "result": None if result is None else _encode_result(result),
            "journal": journal,
        }
    )


def _encode_result(result: Result) -> dict[str, Any]:
    return {
        "matches": result.matches,
        "succeeded": result.succeeded,
        "interrupted": result.interrupted,
        "done": [describe_step(step) for step in result.done],
        "failed": None if result.failed is None else describe_step(result.failed),
        "error": _encode_error(result.error),
        "not_done": [describe_step(step) for step in result.remaining],
        "skipped": [describe_step(step) for step in result.skipped],
        "halted": _encode_error(result.halted),
        "reread_error": _encode_error(result.reread_error),
        "after": None if result.after is None else encode_plan(result.after),
    }


def _encode_error(error: C2CError | None) -> dict[str, Any] | None:
    return None if error is None else encode_error(error)
