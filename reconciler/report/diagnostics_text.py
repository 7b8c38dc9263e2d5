"""Diagnostics as text: one line each in the form that editors turn into links, and the hint below."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.diagnostics import Severity
from reconciler.report.escape import escape
from reconciler.report.style import PLAIN, Style

if TYPE_CHECKING:
    from collections.abc import Iterable

    from reconciler.diagnostics import Diagnostic


def render_diagnostics(diagnostics: Iterable[Diagnostic], *, style: Style = PLAIN) -> str:
    """Write every diagnostic, in the order given."""
    return "".join(f"{line}\n" for item in diagnostics for line in _lines(item, style))


def _lines(item: Diagnostic, style: Style) -> list[str]:
    place = f"{escape(str(item.span))}: " if item.span else ""
    colour = "red" if item.severity is Severity.ERROR else "yellow"
    label = style.paint(f"{item.severity}[{item.code}]", colour)
    lines = [f"{place}{label} {escape(item.message)}"]
    lines += [f"    see also {escape(str(span))}" for span in item.related]
    if item.hint:
        lines.append(f"    hint: {escape(item.hint)}")
    return lines


def count_problems(diagnostics: Iterable[Diagnostic]) -> str:
    """Say how many errors and warnings there are, for example `2 errors, 1 warning`."""
    counts = dict.fromkeys(Severity, 0)
    for item in diagnostics:
        counts[item.severity] += 1
    return ", ".join(f"{count} {severity}{'' if count == 1 else 's'}" for severity, count in counts.items())
