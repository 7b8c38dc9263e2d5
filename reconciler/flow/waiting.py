"""Judging what waits: policies that are asked for and cannot come before an app is there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.analysis.declared import network_declared
from reconciler.guardrails.findings import findings_of
from reconciler.guardrails.judging import judge
from reconciler.guardrails.unjudged import hanging_on_labels
from reconciler.model.desired import Kind
from reconciler.model.names import fold
from reconciler.model.policies import PolicyMap

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from reconciler.manifests.loaded import Bundle
    from reconciler.model.desired import Pending
    from reconciler.model.finding import Finding


def findings_of_pending(bundle: Bundle, pending: Iterable[Pending], today: date) -> tuple[Finding, ...]:
    """Say what guardrails have against pending policies, as far as the manifests tell.

    A plan would not make them, but the next one may, when nobody looks any more. What hangs on labels is judged then:
    an app that is not there has none. So is what only a pattern or a selector names.
    """
    addresses = {fold(item.address) for item in pending if item.kind is Kind.NETWORK_POLICY}
    unknown = {guardrail.name for guardrail in hanging_on_labels(bundle.guardrails, bundle.waivers, today)}
    guardrails = [guardrail for guardrail in bundle.guardrails if guardrail.name not in unknown]
    if not (addresses and guardrails):
        return ()
    declared = network_declared(bundle, today)
    waiting = {policy: terms for policy, terms in declared.policies.items() if fold(str(policy)) in addresses}
    judgement = judge(guardrails, bundle.waivers, declared._replace(policies=PolicyMap.of(waiting)), today=today)
    return tuple(
        finding._replace(message=f"{finding.message}; it waits for an app that is not there yet")
        for finding in findings_of(judgement._replace(unused=()))
    )
