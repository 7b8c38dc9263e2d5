"""The live world alone, judged: what is new, and what a baseline knows already."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from reconciler.guardrails.baseline import Known
from reconciler.guardrails.findings import findings_of, severity_of, worst_first
from reconciler.model.finding import Severity

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from reconciler.guardrails.judging import Breach
    from reconciler.guardrails.verdict import Verdict
    from reconciler.model.finding import Finding, WaiverUse
    from reconciler.planning.plan import ManifestsVersion


@dataclass(frozen=True, slots=True)
class Audited:
    """What was looked at: which world, read when, by which manifests, and how many policies it has."""

    foundation: str
    taken_at: datetime | None
    manifests: ManifestsVersion
    policies: int
    stale: int = 0


@dataclass(frozen=True, slots=True)
class Audit:
    """The outcome.

    `findings` are the new ones, at most so many of each limit; `counts` has their true numbers. `notes` are findings
    about the look itself, such as what is hidden from the caller. `known` counts what the baseline holds and is still
    there, `gone` what it holds and is not. `violations` are all that a baseline made now would hold.
    """

    subject: Audited
    findings: tuple[Finding, ...]
    counts: Mapping[Severity, int]
    notes: tuple[Finding, ...] = ()
    waivers: tuple[WaiverUse, ...] = ()
    waived: int = 0
    known: int = 0
    gone: int = 0
    violations: frozenset[Known] = field(default=frozenset(), repr=False)

    @property
    def all_findings(self) -> tuple[Finding, ...]:
        """Give the new findings and the notes together, worst first."""
        return worst_first((*self.notes, *self.findings))

    @property
    def is_refused(self) -> bool:
        """Say whether a denial is new."""
        return self.counts[Severity.DENY] > 0


def make_audit(
    subject: Audited,
    verdict: Verdict,
    *,
    expectations: tuple[Finding, ...] = (),
    notes: tuple[Finding, ...] = (),
    baseline: frozenset[Known] | None = frozenset(),
) -> Audit:
    """Tell what is new from what the baseline knows; with None as the baseline, everything counts as known.

    `expectations` are those that failed. They and what built-in checks find count like what guardrails find. What
    could not be judged is never known.
    """
    judgement, elsewhere = verdict.judgement, (*expectations, *verdict.by_rules)
    violations = frozenset(
        {_known(breach, item) for breach in judgement.breaches if breach.failure is None for item in breach.subjects}
        | {_of_finding(finding) for finding in elsewhere}
    )
    known = violations if baseline is None else baseline
    fresh = tuple(left for breach in judgement.breaches if (left := _without(breach, known)).subjects)
    unmet = tuple(finding for finding in elsewhere if _of_finding(finding) not in known)
    counts = Counter(dict.fromkeys(Severity, 0))
    counts.update(finding.severity for finding in unmet)
    counts[Severity.WARN] += len(judgement.unused) + len(verdict.unused)
    for breach in fresh:
        counts[severity_of(breach)] += len(breach.subjects)
    return Audit(
        subject,
        worst_first((*findings_of(judgement._replace(breaches=fresh)), *unmet, *verdict.unused)),
        counts,
        worst_first(notes),
        verdict.uses,
        verdict.waived,
        len(violations & known),
        len(known - violations),
        violations,
    )


def _without(breach: Breach, known: frozenset[Known]) -> Breach:
    if breach.failure is not None or not known:
        return breach
    return breach._replace(subjects=[item for item in breach.subjects if _known(breach, item) not in known])


def _known(breach: Breach, subject: object) -> Known:
    return Known(breach.rail.guardrail.name, breach.rail.limit.key, str(subject))


def _of_finding(finding: Finding) -> Known:
    """Recognise a finding without a subject by its whole text, so that another way to break it is new."""
    return Known(finding.code, finding.limit or "", finding.subject or finding.message)
