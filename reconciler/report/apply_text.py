"""An apply as text: what was done, what was not, and whether the platform now is as wanted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.planning.visibility import PARTIAL_VIEW, UNNAMED_APPS
from reconciler.report.counts import count_of
from reconciler.report.escape import escape
from reconciler.report.steps import describe_step
from reconciler.report.style import PLAIN, Style
from reconciler.report.verdict import summary_line

if TYPE_CHECKING:
    from reconciler.apply.events import Result
    from reconciler.planning.plan import Plan


def render_result_text(result: Result, *, style: Style = PLAIN) -> str:
    """Write the outcome of every step, in the order in which they were made, and the verdict."""
    lines = [f"{style.paint('done', 'green')}      {describe_step(step)}" for step in result.done]
    if result.failed is not None and result.error is not None:
        certainty = " (it may have happened all the same)" if result.error.outcome_unknown else ""
        lines.append(f"{style.paint('failed', 'red')}    {describe_step(result.failed)}{certainty}")
        causes = (result.error.summary, result.error.request_line, result.error.hint)
        lines += [f"          {escape(cause)}" for cause in causes if cause]
    lines += [f"skipped   {describe_step(step)} (no longer to be done)" for step in result.skipped]
    if result.halted is not None:
        lines.append(f"{style.paint('stopped', 'red')}   {escape(result.halted.summary)}")
        lines += [f"          {escape(detail)}" for detail in result.halted.details]
        lines += [f"          {escape(result.halted.hint)}"] if result.halted.hint else []
    lines += [f"{style.paint('not done', 'yellow')}  {describe_step(step)}" for step in result.remaining]
    lines.append(_verdict(result, style))
    return "\n".join(lines) + "\n"


def _verdict(result: Result, style: Style) -> str:
    if result.interrupted:
        return f"{style.paint('Interrupted', 'yellow')}: what is not done was not begun."
    if result.after is None:
        cause = escape(result.reread_error.summary) if result.reread_error else "unknown"
        return f"{style.paint('Unknown', 'yellow')}: the live state could not be planned with again: {cause}"
    if not result.succeeded:
        return f"{style.paint('Not there yet', 'yellow')}: {summary_line(result.after)}"
    wanted = "matches the manifests" if result.after.options.rollback_of is None else "is as before that apply"
    matches = f"the live state {wanted}{_limits(result.after)}"
    if not result.done and result.failed is None:
        return f"{style.paint('Nothing to apply', 'green')}: {matches}."
    calls = count_of(len(result.done), "call", "calls")
    applied = style.paint("Applied", "green")
    return f"{applied}: {matches} ({calls} made)."


def _limits(plan: Plan) -> str:
    """Say what the verdict does not cover."""
    limits = []
    if plan.blocked:
        limits.append(f"except for {count_of(len(plan.blocked), 'blocked change', 'blocked changes')}")
    if plan.pending:
        limits.append(f"{len(plan.pending):,} still pending")
    if any(finding.code in {PARTIAL_VIEW, UNNAMED_APPS} for finding in plan.findings):
        limits.append("as far as this caller can see")
    return f", {', '.join(limits)}" if limits else ""
