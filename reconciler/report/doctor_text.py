"""A checkup as text: a line a check, its mark first, and what to do below."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.model.checkup import Status
from reconciler.report.counts import count_of
from reconciler.report.escape import escape
from reconciler.report.style import PLAIN, Style

if TYPE_CHECKING:
    from reconciler.model.checkup import Check, Checkup

_COLOURS = {Status.OK: "green", Status.WARNING: "yellow", Status.FAILED: "red", Status.UNKNOWN: "dim"}
_MARK = max(map(len, Status))
_NAME = len("internal-domains")
"""The longest name of a check: lines are written as they come, so the width cannot wait for all of them."""


def render_check(check: Check, *, style: Style = PLAIN) -> str:
    """Write one check and its hint."""
    mark = style.paint(f"{check.status:{_MARK}}", _COLOURS[check.status])
    lines = [f"{mark}  {escape(check.name):{_NAME}}  {escape(check.message)}"]
    if check.hint:
        lines.append(f"{'':{_MARK}}  {'':{_NAME}}  hint: {escape(check.hint)}")
    return "".join(f"{line}\n" for line in lines)


def render_summary(checkup: Checkup, *, style: Style = PLAIN) -> str:
    """Write the last line: the verdict and the numbers."""
    verdict = style.paint("Healthy", "green") if checkup.healthy else style.paint("Not healthy", "red")
    warnings = count_of(checkup.count(Status.WARNING), "warning", "warnings")
    numbers = [f"{checkup.count(status)} {status}" for status in (Status.OK, Status.FAILED, Status.UNKNOWN)]
    return f"{verdict}: {', '.join((numbers[0], warnings, *numbers[1:]))}.\n"
