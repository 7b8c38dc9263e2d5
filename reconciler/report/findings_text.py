"""Findings and waivers as text, for plans and audits: readable and bounded however many there are."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from reconciler.model.finding import Severity
from reconciler.report.counts import count_of
from reconciler.report.escape import escape
from reconciler.report.style import PLAIN, Style

if TYPE_CHECKING:
    from collections.abc import Iterable

    from reconciler.model.finding import Finding, WaiverUse

MOST_SHOWN = 20
"""Findings of one limit that text shows."""

_WORDS = {Severity.DENY: "denied", Severity.WARN: "warning", Severity.AUDIT: "note"}
_COLOURS = {Severity.DENY: "red", Severity.WARN: "yellow", Severity.AUDIT: "dim"}
_MOST_PLACES = 5


def render_findings(findings: Iterable[Finding], *, style: Style = PLAIN) -> str:
    """Write findings, each in the form that editors turn into links; of one limit only the first."""
    lines: list[str] = []
    seen: Counter[tuple[str, str]] = Counter()
    last: dict[tuple[str, str], Finding] = {}
    for item in findings:
        key = (item.code, item.limit or "")
        seen[key] += item.limit is not None
        if seen[key] > MOST_SHOWN:
            last[key] = item
        else:
            lines += _lines(item, style)
    for key, item in last.items():
        more = count_of(seen[key] - MOST_SHOWN, "more finding", "more findings")
        lines.append(f"{_label(item, style)} `{escape(key[1])}`: {more}; --format json has them")
    return "\n".join(lines) + "\n" if lines else ""


def render_waivers(waivers: Iterable[WaiverUse], *, style: Style = PLAIN) -> str:
    """Write what waivers hold back, and until when."""
    lines = [
        f"  . {escape(use.name)}: {count_of(use.count, 'finding', 'findings')} of {escape(use.guardrail)}, "
        f"until {use.until}: {escape(use.why)}  {escape(f'{use.origin.file}:{use.origin.line}')}"
        for use in waivers
    ]
    return "\n".join([style.paint("Waived: held back until the day given", "bold"), *lines]) + "\n" if lines else ""


def _lines(item: Finding, style: Style) -> list[str]:
    place = f"{escape(str(item.origin))}: " if item.origin else ""
    lines = [f"{place}{_label(item, style)} {escape(item.message)}"]
    if item.related:
        shown = ", ".join(escape(str(span)) for span in item.related[:_MOST_PLACES])
        rest = len(item.related) - _MOST_PLACES
        lines.append(f"    see also {shown}{f' and {rest} more' if rest > 0 else ''}")
    if item.rule and item.rule != item.origin:
        lines.append(f"    rule: {escape(str(item.rule))}")
    if item.hint:
        lines.append(f"    hint: {escape(item.hint)}")
    return lines


def _label(item: Finding, style: Style) -> str:
    return style.paint(f"{_WORDS[item.severity]}[{escape(item.code)}]", _COLOURS[item.severity])
