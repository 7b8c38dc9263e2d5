"""Findings and diagnostics in one form, for the formats that list remarks about files and know nothing of plans."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from typing import TYPE_CHECKING

from reconciler.diagnostics import Severity as DiagnosticSeverity
from reconciler.errors import ManifestError
from reconciler.model.finding import Severity
from reconciler.planning.encoding import timestamp
from reconciler.report.audit_text import audit_summary
from reconciler.report.validation_text import validation_summary
from reconciler.report.verdict import verdict_line

if TYPE_CHECKING:
    from collections.abc import Iterable

    from reconciler.diagnostics import Diagnostic, Span
    from reconciler.errors import C2CError
    from reconciler.guardrails.audit import Audit
    from reconciler.model.finding import Finding, WaiverUse
    from reconciler.model.validation import Validation
    from reconciler.planning.plan import Plan

_NUMBER = re.compile("[0-9]+")


class Level(StrEnum):
    """How much a remark weighs, worst first: an error fails the run."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Remark:
    """One remark. `subject` is the policy, app or setting that it is about, as far as it has a name."""

    level: Level
    code: str
    message: str
    span: Span | None
    hint: str | None
    subject: str | None = None
    related: tuple[Span, ...] = ()

    @property
    def text(self) -> str:
        """The message and the hint."""
        return f"{self.message} (hint: {self.hint})" if self.hint else self.message

    @property
    def mark(self) -> str:
        """A short mark of what it is about, which stays when lines move and days pass."""
        file = self.span.file if self.span else ""
        about = self.subject or f"{file} {_NUMBER.sub('#', self.message)}"
        return sha256(f"{self.code}\n{about}".encode(errors="surrogatepass")).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Remarks:
    """The remarks of one run of a command.

    `place` is the file or folder where formats that want a place show what has none. `summary` is the run in a line,
    `about` says what was looked at. `waivers` are those that held something back.
    """

    command: str
    summary: str
    place: str
    items: tuple[Remark, ...]
    about: str = ""
    waivers: tuple[WaiverUse, ...] = ()

    @property
    def is_failed(self) -> bool:
        """Say whether there is an error among them."""
        return any(item.level is Level.ERROR for item in self.items)

    def marked(self) -> list[tuple[str, Remark]]:
        """Give each remark a mark of its own: those about the same thing are numbered in their order."""
        seen: Counter[str] = Counter()
        marked = []
        for item in self.items:
            seen[item.mark] += 1
            marked.append((f"{item.mark}:{seen[item.mark]}", item))
        return marked


_LEVELS = {Severity.DENY: Level.ERROR, Severity.WARN: Level.WARNING, Severity.AUDIT: Level.NOTE}


def remarks_of_plan(plan: Plan) -> Remarks:
    """Turn what is found about a plan into remarks."""
    place = plan.options.rollback_of or next(iter(plan.manifests.paths), ".")
    return Remarks("plan", verdict_line(plan), place, remarks_of_findings(plan.findings))


def remarks_of_audit(audit: Audit) -> Remarks:
    """Turn the findings of an audit that are new, and what limits its look, into remarks."""
    place = next(iter(audit.subject.manifests.paths), ".")
    found = remarks_of_findings(audit.all_findings)
    read = timestamp(audit.subject.taken_at) or "at an unknown time"
    about = f"An audit of `{audit.subject.foundation}`, live state read {read}."
    return Remarks("audit", audit_summary(audit), place, found, about, audit.waivers)


def remarks_of_validation(found: Validation) -> Remarks:
    """Turn what is wrong with manifests, and what they are judged to be, into remarks."""
    items = (*remarks_of_diagnostics(found.diagnostics), *remarks_of_findings(found.findings))
    return Remarks("validate", validation_summary(found), ".", items, waivers=found.waivers)


def remarks_of_failure(problem: C2CError) -> Remarks:
    """Turn what stopped a run into remarks: what is wrong with the manifests, or the problem itself."""
    if isinstance(problem, ManifestError):
        return Remarks("run", problem.summary, ".", remarks_of_diagnostics(problem.diagnostics))
    message = "; ".join((problem.summary, *problem.details))
    failure = Remark(Level.ERROR, "run-failed", message, None, problem.hint)
    return Remarks("run", "The run failed: nothing could be said", ".", (failure,))


def remarks_of_findings(findings: Iterable[Finding]) -> tuple[Remark, ...]:
    """Turn findings into remarks. What waivers hold back is not among findings, so it is in no upload."""
    return tuple(
        Remark(
            _LEVELS[item.severity],
            item.code,
            item.message,
            item.origin,
            item.hint,
            f"{item.limit or ''} {item.subject}".strip() if item.subject else None,
            (*item.related, *([item.rule] if item.rule and item.rule != item.origin else [])),
        )
        for item in findings
    )


def remarks_of_diagnostics(diagnostics: Iterable[Diagnostic]) -> tuple[Remark, ...]:
    """Turn diagnostics into remarks."""
    return tuple(
        Remark(
            Level.ERROR if item.severity is DiagnosticSeverity.ERROR else Level.WARNING,
            item.code,
            item.message,
            item.span,
            item.hint,
            None,
            item.related,
        )
        for item in diagnostics
    )
