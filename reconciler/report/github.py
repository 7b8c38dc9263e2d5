"""Remarks as workflow commands of GitHub Actions: annotations at the manifest lines of a change."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.report.escape import escape
from reconciler.report.remarks import Level, Remark

if TYPE_CHECKING:
    from reconciler.report.remarks import Remarks

MOST_OF_A_LEVEL = 10
"""Annotations of one level that GitHub takes from a step; it drops the others without a word."""

_COMMANDS = {Level.ERROR: "error", Level.WARNING: "warning", Level.NOTE: "notice"}


def render_github(remarks: Remarks) -> str:
    """Write annotations, worst first. Where a level has too many, the last one says how many are not shown."""
    lines = []
    summary = Remark(Level.NOTE, f"c2c {remarks.command}", remarks.summary, None, None)
    for level in Level:
        items = [item for item in remarks.items if item.level is level]
        items = [summary, *items] if level is Level.NOTE else items
        shown = items if len(items) <= MOST_OF_A_LEVEL else items[: MOST_OF_A_LEVEL - 1]
        lines += [_line(item) for item in shown]
        if rest := len(items) - len(shown):
            more = f"{rest:,} more of this level are not shown here; --format json has them"
            lines.append(_line(Remark(level, f"c2c {remarks.command}", more, None, None)))
    return "".join(f"{line}\n" for line in lines)


def _line(item: Remark) -> str:
    properties = {"title": item.code}
    if item.span is not None:
        properties = {"file": item.span.file, "line": str(item.span.line), "col": str(item.span.column)} | properties
    listed = ",".join(f"{name}={_property(value)}" for name, value in properties.items())
    return f"::{_COMMANDS[item.level]} {listed}::{_data(item.text)}"


def _data(text: str) -> str:
    """Write a message: the percent sign begins an escape there, and lines are ended by `escape` already."""
    return escape(text).replace("%", "%25")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
