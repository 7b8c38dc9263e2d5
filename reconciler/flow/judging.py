"""Judging a plan: the world after it, held against guardrails, expectations and the world before."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from reconciler.analysis.connectivity import connectivity_changes, protected_zones
from reconciler.analysis.networks import declared_apps, network_after, network_before
from reconciler.manifests.facts import facts_of

if TYPE_CHECKING:
    from reconciler.manifests.loaded import Bundle
    from reconciler.model.desired import DesiredState
    from reconciler.model.live import LiveState
    from reconciler.model.network import Network
    from reconciler.planning.plan import Finding, Plan


def judged(plan: Plan, bundle: Bundle, desired: DesiredState, live: LiveState) -> Plan:
    """Say what the plan means for who may call whom, and what guardrails and expectations make of it."""
    facts = facts_of(bundle, live)
    before = network_before(live, facts, desired)
    after = network_after(plan.changes, desired, live, facts)
    plan = _guarded(plan, bundle, before, after)
    return replace(
        plan,
        findings=(*plan.findings, *failed_expectations(bundle, after)),
        connectivity=connectivity_changes(before, after, protected_zones(bundle.guardrails)),
    )


def failed_expectations(bundle: Bundle, network: Network) -> tuple[Finding, ...]:
    """Hold a network against the expectations."""
    if not bundle.expectations:
        return ()
    from reconciler.analysis.expectations import check_expectations  # noqa: PLC0415 - only where there are any

    return check_expectations(bundle.expectations, network, declared=declared_apps(bundle))


def _guarded(plan: Plan, bundle: Bundle, before: Network, after: Network) -> Plan:
    if not (bundle.guardrails or bundle.waivers):
        return plan
    from reconciler.guardrails.findings import findings_of  # noqa: PLC0415 - only where there are any
    from reconciler.guardrails.judging import judge  # noqa: PLC0415 - as above

    judgement = judge(bundle.guardrails, bundle.waivers, after, before, today=plan.options.today)
    return replace(plan, findings=(*plan.findings, *findings_of(judgement)), waivers=judgement.uses)
