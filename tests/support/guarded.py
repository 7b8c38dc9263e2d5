"""Guardrails, waivers and networks by hand, for tests of judging."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from reconciler.diagnostics import Span
from reconciler.guardrails.findings import findings_of
from reconciler.guardrails.judging import judge
from reconciler.model.desired import Term
from reconciler.model.finding import Severity
from reconciler.model.guardrail import Guardrail, Limits, Match, Waiver
from reconciler.model.network import AppFacts, Network
from reconciler.model.policies import PolicyMap
from reconciler.model.ports import TlsMode
from reconciler.model.route import InternalRoute
from support.networks import policy, ref

if TYPE_CHECKING:
    from reconciler.model.finding import Finding

TODAY = date(2026, 11, 20)
RULE = Span("policies/guardrails.yml", 9, 3)
WAIVER = Span("policies/waivers.yml", 3, 1)


def term(line: int = 1, tls: str = "none", **said: Any) -> Term:
    return Term(Span("policies/web.yml", line, 9), TlsMode(tls), **said)


def network(
    policies: dict[str, tuple[Term, ...]],
    facts: dict[str, AppFacts] | None = None,
    routes: dict[str, tuple[str, ...]] | None = None,
) -> Network:
    return Network(
        PolicyMap.of({policy(text): terms for text, terms in policies.items()}),
        {ref(address): known for address, known in (facts or {}).items()},
        {
            InternalRoute(*name.split(".", 1)): frozenset(map(ref, addresses))
            for name, addresses in (routes or {}).items()
        },
    )


def guardrail(name: str = "rule", *, match: Match | None = None, introduced: bool = False, **limits: Any) -> Guardrail:
    enforcement = limits.pop("enforcement", Severity.DENY)
    made = Limits(**limits)
    places = dict.fromkeys(limits, RULE)
    return Guardrail(
        name, enforcement, match or Match(), made, Span("policies/guardrails.yml", 3, 1), None, introduced, places
    )


def waiver(match: Match | None = None, *, name: str = "let-pass", of: str = "rule", until: date = TODAY) -> Waiver:
    return Waiver(name, of, match or Match(), "RISK-88", until, WAIVER)


def findings(rule: Guardrail, after: Network, *waivers: Waiver, before: Network | None = None) -> list[Finding]:
    return list(findings_of(judge([rule], waivers, after, before, today=TODAY)))
