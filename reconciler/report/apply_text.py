"""An apply as text: a line per step while it runs, and the result at the end."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from reconciler.planning.ordering import (
    AddDestination,
    CreatePolicies,
    CreateRoute,
    DeletePolicies,
    DeleteRoute,
    RemoveDestination,
    SetEnvironment,
)
from reconciler.report.escape import escape
from reconciler.report.plan_text import summary_line
from reconciler.report.style import PLAIN, Style

if TYPE_CHECKING:
    from reconciler.apply.events import Result
    from reconciler.planning.ordering import Step


def describe_step(step: Step) -> str:
    """Say in a few words what a step does. The text is escaped."""
    return escape(_words(step))


def _words(step: Step) -> str:
    match step:
        case CreateRoute(route, space):
            words = f"create internal route {route} in {space}"
        case AddDestination(destination):
            words = f"map {destination.route} to {destination.app}"
        case CreatePolicies(policies):
            words = f"create {_count(len(policies), 'network policy', 'network policies')}"
        case SetEnvironment(app, variables):
            words = f"change {' and '.join(sorted(variables))} of {app}"
        case DeletePolicies(policies):
            words = f"delete {_count(len(policies), 'network policy', 'network policies')}"
        case RemoveDestination(destination):
            words = f"unmap {destination.route} from {destination.app}"
        case DeleteRoute(route):
            words = f"delete internal route {route}"
        case _:
            assert_never(step)
    return words


def _count(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"


def render_result_text(result: Result, *, style: Style = PLAIN) -> str:
    """Say what was done, what was not, and whether the platform now matches the manifests."""
    lines = []
    if result.failed is not None and result.error is not None:
        certainty = " (it may have happened all the same)" if result.error.outcome_unknown else ""
        lines.append(f"{style.paint('Failed', 'red')}: {describe_step(result.failed)}{certainty}")
        lines.append(f"    {escape(result.error.summary)}")
        lines += [f"    {escape(line)}" for line in (result.error.request_line, result.error.hint) if line]
        lines += [f"Done: {describe_step(step)}" for step in result.done]
        lines += [f"Not done: {describe_step(step)}" for step in result.remaining]
    lines.append(_verdict(result, style))
    return "\n".join(lines) + "\n"


def _verdict(result: Result, style: Style) -> str:
    if result.after is None:
        cause = escape(result.reread_error.summary) if result.reread_error else "unknown"
        return f"{style.paint('Unknown', 'yellow')}: the live state could not be read again: {cause}"
    if result.matches:
        calls = _count(len(result.done), "call", "calls")
        return f"{style.paint('Applied', 'green')}: the live state matches the manifests ({calls} made)."
    return f"{style.paint('Not there yet', 'yellow')}: {summary_line(result.after)}"
