"""Sections of Markdown reports: lists, folded lists, and what an entry of the common kinds looks like."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.report.budget import Section
from reconciler.report.counts import count_of
from reconciler.report.markdown_text import code, prose

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from reconciler.diagnostics import Span
    from reconciler.model.finding import WaiverUse


def listed(opening: str, entries: Iterable[str], one: str, *, weight: int = 0) -> Section:
    """Make a section that shows its entries; `one` is the word for one of them."""
    return Section(opening, list(entries), one, f"{one}s", "\n", weight)


def folded(
    summary: str, entries: Sequence[str], one: str, *, opening: str = "", closing: str = "", weight: int = 0
) -> Section:
    """Make a section that shows its entries to those who unfold it. The summary is HTML."""
    many = f"{one[:-1]}ies" if one.endswith("y") else f"{one}s"
    head = f"<details><summary>{summary}</summary>\n\n{opening}"
    return Section(head, entries, one, many, f"{closing}\n</details>\n\n", weight)


def remark_entry(word: str, name: str, message: str, places: Sequence[str], hint: str | None) -> str:
    """Write a remark: how much it weighs, its code, what it says, where it is about and what helps."""
    lines = [f"- **{word}** {code(name)} {prose(message)}"]
    lines += [f"  {', '.join(places)}"] if places else []
    lines += [f"  hint: {prose(hint)}"] if hint else []
    return "\\\n".join(lines) + "\n"  # GitLab, and GitHub outside comments, take a bare end of line for a space


def waiver_entry(use: WaiverUse) -> str:
    """Write what a waiver holds back, and until when."""
    held = f"{count_of(use.count, 'finding', 'findings')} of {code(use.guardrail)} until {use.until}"
    return f"- {code(use.name)} holds back {held}: {prose(use.why)} ({line_of(use.origin)})\n"


def line_of(span: Span) -> str:
    """Write a place as file and line."""
    return code(f"{span.file}:{span.line}")


def more_places(number: int) -> str:
    """Say that a remark is about more places than the one that is shown."""
    return f"with {count_of(number, 'more place', 'more places')}"
