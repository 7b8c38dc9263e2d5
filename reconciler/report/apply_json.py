"""An apply as JSON: the plan, the outcome of every step, and what is still to do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reconciler.planning.codec import FORMAT_VERSION, encode_plan
from reconciler.report.apply_text import describe_step
from reconciler.report.plan_json import render_json

if TYPE_CHECKING:
    from reconciler.apply.events import Result
    from reconciler.errors import PlatformError
    from reconciler.planning.plan import Plan


def render_result_json(plan: Plan, result: Result) -> str:
    """Write the plan that was applied and how that ended."""
    return render_json(
        {
            "format_version": FORMAT_VERSION,
            "plan": encode_plan(plan),
            "result": {
                "matches": result.matches,
                "done": [describe_step(step) for step in result.done],
                "failed": None if result.failed is None else describe_step(result.failed),
                "error": _encode_error(result.error),
                "not_done": [describe_step(step) for step in result.remaining],
                "reread_error": _encode_error(result.reread_error),
                "after": None if result.after is None else encode_plan(result.after),
            },
        }
    )


def _encode_error(error: PlatformError | None) -> dict[str, Any] | None:
    if error is None:
        return None
    return {
        "summary": error.summary,
        "hint": error.hint,
        "request": error.request_line,
        "outcome_unknown": error.outcome_unknown,
    }
