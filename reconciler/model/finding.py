"""What is found out about manifests, a plan or a network: the one form in which every judgement is told."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from reconciler.diagnostics import Severity as DiagnosticSeverity

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from reconciler.diagnostics import Diagnostic, Span


class Severity(StrEnum):
    """What a finding does: `deny` refuses the plan, `warn` asks for attention, `audit` is only listed.

    The `enforcement` of a guardrail is the severity of what it finds.
    """

    DENY = "deny"
    WARN = "warn"
    AUDIT = "audit"


class Finding(NamedTuple):
    """A judgement on manifests, a plan or a network. `hint` says what would satisfy it.

    Those of guardrails have more: the `limit` that is broken, the place of the limit (`rule`), and the address of the
    policy or app that breaks it (`subject`; None where one finding stands for many). Their `origin` is the manifest
    line that asks for the policy, with all others that do in `related`; without such a line it is the `rule`.
    """

    severity: Severity
    code: str
    message: str
    origin: Span | None = None
    hint: str | None = None
    limit: str | None = None
    subject: str | None = None
    rule: Span | None = None
    related: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class WaiverUse:
    """A waiver that holds something back: `count` violations of a guardrail, until its last day (UTC)."""

    name: str
    guardrail: str
    count: int
    until: date
    why: str
    origin: Span


def warnings_as_findings(diagnostics: Iterable[Diagnostic]) -> tuple[Finding, ...]:
    """Carry the warnings about the manifests into the plan, where its readers look."""
    return tuple(
        Finding(Severity.WARN, item.code, item.message, item.span, item.hint)
        for item in diagnostics
        if item.severity is DiagnosticSeverity.WARNING
    )
