"""A validation as text: every problem, what is judged, and the verdict last."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from reconciler.model.finding import Severity
from reconciler.report.counts import count_of, waivers_used
from reconciler.report.diagnostics_text import count_problems, render_diagnostics
from reconciler.report.findings_text import render_findings, render_waivers
from reconciler.report.style import PLAIN, Style
from reconciler.report.wrap import wrap_lines

if TYPE_CHECKING:
    from reconciler.model.validation import Contents, Validation


def render_validation_text(found: Validation, *, style: Style = PLAIN, width: int | None = None) -> str:
    """Write a validation for people, for a terminal of so many columns if there is one."""
    blocks = (
        render_diagnostics(found.diagnostics, style=style),
        render_findings(found.findings, style=style),
        render_waivers(found.waivers, style=style),
        f"{_verdict(found, style)}\n",
    )
    return wrap_lines("".join(blocks), width)


def validation_summary(found: Validation) -> str:
    """Say in one line how the validation ended, and the numbers."""
    return _verdict(found, PLAIN)


def _verdict(found: Validation, style: Style) -> str:
    if found.contents is None:
        return count_problems(found.diagnostics)
    verdict = style.paint("Refused", "red") if found.is_refused else style.paint("Valid", "green")
    return f"{verdict}: {_held(found.contents)}; {_counts(found)}"


def _held(contents: Contents) -> str:
    return ", ".join(count_of(number, name.removesuffix("s"), name) for name, number in contents._asdict().items())


def _counts(found: Validation) -> str:
    """Count what is shown, in the words of an audit. Where there are findings, no diagnostic is an error."""
    severities = Counter(finding.severity for finding in found.findings)
    warnings = len(found.diagnostics) + severities[Severity.WARN]
    return ", ".join(
        (
            f"{severities[Severity.DENY]} denied",
            count_of(warnings, "warning", "warnings"),
            count_of(severities[Severity.AUDIT], "note", "notes"),
            *waivers_used(len(found.waivers)),
        )
    )
