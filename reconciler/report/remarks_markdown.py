"""Remarks as Markdown: what an audit, a validation or a run that failed has found, for a comment or a job summary.

It fits a number of bytes, as a plan does: notes are left out first and errors last, and what was left out is counted.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.report.budget import BUDGET, fit
from reconciler.report.markdown_sections import folded, line_of, listed, more_places, remark_entry, waiver_entry
from reconciler.report.markdown_text import prose
from reconciler.report.remarks import Level

if TYPE_CHECKING:
    from reconciler.report.budget import Section
    from reconciler.report.remarks import Remark, Remarks

_TITLES = {Level.ERROR: "Errors", Level.WARNING: "Warnings", Level.NOTE: "Notes"}
_WEIGHTS = {Level.ERROR: 3, Level.WARNING: 2, Level.NOTE: 0}
_WAIVERS = 1
_RESERVED = 600


def render_remarks_markdown(remarks: Remarks, *, budget: int = BUDGET) -> str:
    """Write remarks, worst first, in at most `budget` bytes of UTF-8. The verdict is the first line."""
    top = f"## {prose(remarks.summary)}\n\n"
    if remarks.about:
        top += f"{prose(remarks.about)}\n\n"
    sections = [_section(level, [item for item in remarks.items if item.level is level]) for level in Level]
    waived = [waiver_entry(use) for use in remarks.waivers]
    sections.append(folded(f"Waived: {len(waived):,}", waived, "waiver", weight=_WAIVERS))
    fitted = fit(sections, budget - len(top.encode()) - _RESERVED)
    return top + "".join(item.text for item in fitted if item.section.entries)


def _section(level: Level, items: list[Remark]) -> Section:
    entries = [_entry(item) for item in items]
    if level is Level.NOTE:
        return folded(f"Notes: {len(entries):,}", entries, level.value, weight=_WEIGHTS[level])
    return listed(f"### {_TITLES[level]}: {len(entries):,}\n\n", entries, level.value, weight=_WEIGHTS[level])


def _entry(item: Remark) -> str:
    places = [f"at {line_of(item.span)}"] if item.span else []
    if item.related:
        places.append(more_places(len(item.related)))
    return remark_entry(item.level.value, item.code, item.message, places, item.hint)
