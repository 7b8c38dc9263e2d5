"""The changes that are no policies: internal routes, the apps mapped to them, and environment variables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reconciler.planning.changes import MappedApp, OwnedRoute, PolicyRule
from reconciler.report.escape import escape
from reconciler.report.words import REASON_WORDS

if TYPE_CHECKING:
    from reconciler.planning.changes import Change, Item
    from reconciler.planning.plan import Plan


def other_changes(plan: Plan) -> list[dict[str, Any]]:
    """Turn the changes that the picture does not show into rows, in the order of the plan."""
    return [_row(change) for change in plan.changes if not isinstance(change.item, PolicyRule)]


def _row(change: Change) -> dict[str, Any]:
    kind, subject, value = _words(change.item)
    before = "" if change.before is None else _words(change.before)[2]
    return {
        "action": change.action,
        "space": escape(str(change.item.home)),
        "kind": kind,
        "subject": escape(subject),
        "value": escape(f"{before} => {value}" if change.action == "replace" and before != value else value),
        "reason": REASON_WORDS[change.reason],
        "at": [f"{escape(span.file)}:{span.line}" for span in change.origins],
    }


def _words(item: Item) -> tuple[str, str, str]:
    """Name what an item is, what it is called, and what it is set to."""
    if isinstance(item, OwnedRoute):
        return "route", str(item.route), ""
    if isinstance(item, MappedApp):
        return "mapping", str(item.destination.route), str(item.destination.app)
    if isinstance(item, PolicyRule):
        raise TypeError("policies are in the picture")
    return "variable", f"{item.variable.app} {item.variable.name}", item.value
