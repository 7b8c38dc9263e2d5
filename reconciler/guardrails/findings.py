"""Breaches become findings: sentences with the manifest line, the rule's line and what would help."""

from __future__ import annotations

import heapq
from typing import TYPE_CHECKING

from reconciler.guardrails.limits.kinds import CountLimit, GrantLimit, PolicyLimit
from reconciler.guardrails.subjects import Crowd, case_of
from reconciler.model.finding import Finding, Severity
from reconciler.model.guardrail import RESERVED_PREFIX

if TYPE_CHECKING:
    from collections.abc import Iterable

    from reconciler.diagnostics import Span
    from reconciler.guardrails.judging import Breach, Judgement
    from reconciler.guardrails.subjects import Case, Subject
    from reconciler.model.guardrail import Waiver
    from reconciler.model.names import AppRef

MOST_FINDINGS = 1000
"""How many findings of one limit are written out; one more then stands for the rest."""

MOST_IN_ALL = 20_000
"""How many findings are written out for all limits together: thousands of limits may each mind every policy."""

_PASSING_OVER = "; or give the guardrail `baseline: introduced`, which passes over what is live already"

WAIVER_UNUSED = "waiver-unused"

_WEIGHT = {Severity.DENY: 0, Severity.WARN: 1, Severity.AUDIT: 2}


def worst_first(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Order findings by weight, and leave those of one weight as they are."""
    return tuple(sorted(findings, key=lambda finding: _WEIGHT[finding.severity]))


def findings_of(judgement: Judgement) -> tuple[Finding, ...]:
    """Write everything down, denials first; of each limit at most `MOST_FINDINGS`, in the order of the policies.

    Of all limits together at most `MOST_IN_ALL` are written out; after that each limit only gives its number.
    """
    found: list[Finding] = []
    for breach in sorted(judgement.breaches, key=lambda breach: _WEIGHT[severity_of(breach)]):
        found += _of_breach(breach, judgement, max(0, min(MOST_FINDINGS, MOST_IN_ALL - len(found))))
    return (*found, *unused_waivers(judgement.unused))


def unused_waivers(waivers: Iterable[Waiver]) -> tuple[Finding, ...]:
    """Say which waivers are for nothing."""
    return tuple(
        Finding(
            Severity.WARN,
            WAIVER_UNUSED,
            f"the waiver `{waiver.name}` holds nothing back: nothing that it matches breaks `{waiver.guardrail}`",
            waiver.origin,
            hint="remove it",
        )
        for waiver in waivers
    )


def severity_of(breach: Breach) -> Severity:
    """Say how much a breach weighs: as the guardrail says, or a denial if it could not be judged."""
    return Severity.DENY if breach.failure is not None else breach.rail.guardrail.enforcement


def _of_breach(breach: Breach, judgement: Judgement, most: int) -> Iterable[Finding]:
    shown = heapq.nsmallest(most, breach.subjects, key=_order)
    for subject in shown:
        yield _finding(breach, subject, judgement)
    rest = len(breach.subjects) - len(shown)
    if rest:
        guardrail, key = breach.rail.guardrail, breach.rail.limit.key
        rule = guardrail.place(key)
        message = f"`{key}`: {rest:,} more findings of this limit are not written out"
        yield Finding(severity_of(breach), guardrail.name, message, rule, limit=key, rule=rule)


def _order(subject: Subject) -> tuple[object, ...]:
    return subject if isinstance(subject, Crowd) else (subject.destination, subject.source, *subject[2:])


def _finding(breach: Breach, subject: Subject, judgement: Judgement) -> Finding:
    guardrail, limit = breach.rail.guardrail, breach.rail.limit
    rule, hint = guardrail.place(limit.key), limit.hint
    if isinstance(subject, Crowd):
        assert isinstance(limit, CountLimit)  # noqa: S101 - crowds come from nowhere else
        fault, lines = limit.fault(subject.number), _lines(judgement.network.facts(subject.app).origin)
    else:
        assert isinstance(limit, PolicyLimit)  # noqa: S101 - as above
        case = case_of(subject, judgement.network, judgement.routes.get(subject.destination, ()))
        fault = limit.fault(case) if breach.failure is None else f"could not be judged: {breach.failure}"
        lines = _asking(limit, case)
        if not lines:
            fault += "; no manifest asks for the policy"
            hint += _PASSING_OVER if _could_pass_over(breach, judgement) else ""
    finding = Finding(
        severity_of(breach),
        guardrail.name,
        f"`{limit.key}`: {subject} {fault}",
        lines[0] if lines else rule,
        hint,
        limit.key,
        str(subject),
        rule,
        lines[1:],
    )
    return (
        finding if isinstance(subject, Crowd) else _with_ended(finding, subject.source, subject.destination, judgement)
    )


def _could_pass_over(breach: Breach, judgement: Judgement) -> bool:
    """Say whether a plan is refused for what was there before it and is not of its manifests, and need not be."""
    guardrail = breach.rail.guardrail
    if guardrail.introduced or guardrail.name.startswith(RESERVED_PREFIX) or breach.failure is not None:
        return False
    return judgement.compared and severity_of(breach) is Severity.DENY


def _lines(origin: Span | None) -> tuple[Span, ...]:
    return () if origin is None else (origin,)


def _asking(limit: PolicyLimit, case: Case) -> tuple[Span, ...]:
    """Give the entries that ask, those that break the limit first."""
    if not isinstance(limit, GrantLimit):
        return tuple(term.origin for term in case.terms)
    judged = [(limit.allows(said), term.origin) for said, term in zip(case.statements, case.terms, strict=False)]
    return tuple(origin for _, origin in sorted(judged, key=lambda pair: pair[0]))


def _with_ended(finding: Finding, source: AppRef, destination: AppRef, judgement: Judgement) -> Finding:
    """Say in the hint that a waiver held the finding back until its last day."""
    waiver = judgement.waiving.ended(finding.code, source, destination)
    if waiver is None:
        return finding
    return finding._replace(hint=f"{finding.hint}; the waiver `{waiver.name}` ended on {waiver.until}")
