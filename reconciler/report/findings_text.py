"""Findings and waivers as text, for plans and audits: readable and bounded however many there are."""

from __future__ import annotations

from collections import Counter
from itertools import groupby
from typing import TYPE_CHECKING

from reconciler.model.finding import Severity
from reconciler.report.counts import count_of
from reconciler.report.escape import escape
from reconciler.report.style import PLAIN, Style
from reconciler.report.words import SEVERITY_WORDS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from reconciler.model.finding import Finding, WaiverUse

MOST_SHOWN = 20
"""Findings of one limit, or of one code that is no guardrail's, that text shows."""

_COLOURS = {Severity.DENY: "red", Severity.WARN: "yellow", Severity.AUDIT: "dim"}
_MOST_PLACES = 5


def render_findings(findings: Iterable[Finding], *, style: Style = PLAIN) -> str:
    """Write findings, each in the form that editors turn into links; of one kind only the first, and how many more.

    Neighbours of one kind that would be followed by the same rule and hint have them once, below the last.
    What is more stands below those of its weight, so that findings that come worst first are told so.
    """
    lines = [line for _, alike in groupby(findings, _severity) for line in _of_one_weight(alike, style)]
    return "\n".join(lines) + "\n" if lines else ""


def _severity(item: Finding) -> Severity:
    return item.severity


def _of_one_weight(findings: Iterable[Finding], style: Style) -> list[str]:
    lines: list[str] = []
    seen: Counter[tuple[str, str]] = Counter()
    last: dict[tuple[str, str], Finding] = {}
    held: tuple[tuple[str, str], list[str]] = (("", ""), [])
    for item in findings:
        key = (item.code, item.limit or "")
        seen[key] += _may_be_cut(item)
        if seen[key] > MOST_SHOWN:
            last[key] = item
            continue
        below = (key, _below(item))
        lines += held[1] if below != held else []
        lines.append(_sentence(item, style))
        held = below
    return [*lines, *held[1], *(_more(item, seen[key] - MOST_SHOWN, style) for key, item in last.items())]


def _may_be_cut(item: Finding) -> bool:
    """Say whether one more of its kind tells little. An expectation that fails is never like another one."""
    return item.limit is not None or item.severity is not Severity.DENY


def _more(item: Finding, number: int, style: Style) -> str:
    limit = f" `{escape(item.limit)}`:" if item.limit else ""
    return f"{_label(item, style)}{limit} {count_of(number, 'more finding', 'more findings')}; --format json has them"


def render_waivers(waivers: Iterable[WaiverUse], *, style: Style = PLAIN) -> str:
    """Write what waivers hold back, and until when."""
    lines = [
        f"  . {escape(use.name)}: {count_of(use.count, 'finding', 'findings')} of {escape(use.guardrail)}, "
        f"until {use.until}: {escape(use.why)}  {escape(f'{use.origin.file}:{use.origin.line}')}"
        for use in waivers
    ]
    return "\n".join([style.paint("Waived: held back until the day given", "bold"), *lines]) + "\n" if lines else ""


def _sentence(item: Finding, style: Style) -> str:
    place = f"{escape(str(item.origin))}: " if item.origin else ""
    return f"{place}{_label(item, style)} {escape(item.message)}"


def _below(item: Finding) -> list[str]:
    """Give the other places, the rule and the hint."""
    lines = []
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
    return style.paint(f"{SEVERITY_WORDS[item.severity]}[{escape(item.code)}]", _COLOURS[item.severity])
