"""The difference between two states, for people and as JSON."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any

from reconciler.planning.changes import PolicyRule
from reconciler.planning.comparison import encode_difference
from reconciler.report.change_words import short_origin
from reconciler.report.escape import display_width, escape
from reconciler.report.style import PLAIN, Style

if TYPE_CHECKING:
    from reconciler.planning.comparison import Comparison, Difference

FORMAT_VERSION = "1.0"
_MARKERS = {"added": ("+", "green"), "changed": ("~", "yellow"), "removed": ("-", "red")}
_WIDEST = 90


def encode_comparison(comparison: Comparison, before: str, after: str) -> dict[str, Any]:
    """Turn a comparison into JSON. `before` and `after` name the two states."""
    return {
        "format_version": FORMAT_VERSION,
        "before": before,
        "after": after,
        "summary": {action: comparison.count(action) for action in _MARKERS} | {"same": comparison.same},
        "differences": [encode_difference(item) for item in comparison.differences],
    }


def render_comparison(comparison: Comparison, before: str, after: str, *, style: Style = PLAIN) -> str:
    """Write a table, grouped by space, with the manifest line where there is one, and the counts last."""
    lines = [style.paint(f"--- {escape(before)}", "bold"), style.paint(f"+++ {escape(after)}", "bold"), ""]
    rows = [(item, escape(_subject(item))) for item in comparison.differences]
    width = min(max((display_width(subject) for _, subject in rows), default=0), _WIDEST)
    for space, group in groupby(rows, key=lambda row: row[0].item.home):
        lines.append(style.paint(escape(str(space)), "bold"))
        for item, subject in group:
            marker, colour = _MARKERS[item.action]
            padding = " " * (width - display_width(subject))
            line = f"{subject}{padding}  {escape(short_origin(item.origins_after or item.origins_before))}".rstrip()
            lines.append(f"  {style.paint(marker, colour)} {line}")
        lines.append("")
    counts = ", ".join(f"{comparison.count(action)} {action}" for action in _MARKERS)
    lines.append(f"{counts}; {comparison.same} the same.")
    return "".join(f"{line}\n" for line in lines)


def _subject(item: Difference) -> str:
    before, after = item.before, item.after
    if not isinstance(item.item, PolicyRule):
        return f"route {item.item.address}"
    if isinstance(before, PolicyRule) and isinstance(after, PolicyRule):
        ends = f"{after.policy.source} -> {after.policy.destination}"
        ports = [f"{rule.policy.protocol}/{rule.policy.ports}" for rule in (before, after)]
        if ports[0] == ports[1]:
            return f"{ends} {ports[0]} tls: {before.tls} => {after.tls}"
        return f"{ends} {ports[0]} => {ports[1]}"
    return item.item.address
