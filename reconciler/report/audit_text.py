"""An audit as text."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from reconciler.model.finding import Severity
from reconciler.planning.encoding import timestamp
from reconciler.report.counts import count_of
from reconciler.report.escape import escape
from reconciler.report.findings_text import render_findings, render_waivers
from reconciler.report.style import PLAIN, Style
from reconciler.report.wrap import wrap_lines

if TYPE_CHECKING:
    from reconciler.guardrails.audit import Audit


def render_audit_text(audit: Audit, *, style: Style = PLAIN, width: int | None = None) -> str:
    """Write an audit for people, for a terminal of so many columns if there is one. The verdict is the last line."""
    title = style.paint(f"Audit of {escape(audit.subject.foundation)}", "bold")
    blocks = [
        f"{title}\nlive state read {timestamp(audit.subject.taken_at) or 'at an unknown time'}\n",
        render_findings(audit.all_findings, style=style),
        render_waivers(audit.waivers, style=style),
        _closing(audit, style),
    ]
    return "\n".join(wrap_lines(block, width) for block in blocks if block)


def audit_summary(audit: Audit) -> str:
    """Say in one line how the audit ended, and the numbers."""
    return _closing(audit, PLAIN).rstrip()


def _closing(audit: Audit, style: Style) -> str:
    counts = Counter(audit.counts)
    counts.update(note.severity for note in audit.notes)  # whoever reads the lines above counts these, too
    new = (
        f"{counts[Severity.DENY]:,} denied, {count_of(counts[Severity.WARN], 'warning', 'warnings')}, "
        f"{count_of(counts[Severity.AUDIT], 'note', 'notes')}"
    )
    rest = [f"{number:,} {word}" for number, word in ((audit.known, "known"), (audit.waived, "waived")) if number]
    if audit.gone:
        rest.append(f"{audit.gone:,} of the baseline gone")
    looked = f"{count_of(audit.subject.policies, 'policy', 'policies')} looked at"
    verdict = style.paint("Refused", "red") if audit.is_refused else style.paint("Passed", "green")
    return f"{verdict}: {', '.join([new, *rest])}; {looked}.\n"
