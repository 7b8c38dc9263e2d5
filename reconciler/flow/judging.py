"""Judging a plan: the world after it, held against guardrails, expectations and the world before."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from reconciler.analysis.connectivity import connectivity_changes, protected_zones
from reconciler.analysis.declared import declared_apps, network_declared
from reconciler.analysis.networks import networks_around
from reconciler.flow.waiting import findings_of_pending
from reconciler.guardrails.findings import WAIVER_UNUSED, worst_first
from reconciler.guardrails.verdict import pass_verdict
from reconciler.manifests.resolving.facts import facts_of
from reconciler.model.desired import DesiredState
from reconciler.model.scope import Scope
from reconciler.planning.visibility import sees_every_policy

if TYPE_CHECKING:
    from reconciler.guardrails.verdict import Verdict
    from reconciler.manifests.loaded import Bundle
    from reconciler.manifests.resolving.resolve import Resolution
    from reconciler.model.connectivity import ConnectivityChange
    from reconciler.model.finding import Finding
    from reconciler.model.live import LiveState
    from reconciler.model.network import Network
    from reconciler.planning.plan import Plan


def judged(plan: Plan, bundle: Bundle, resolution: Resolution, live: LiveState) -> Plan:
    """Say what the plan means for who may call whom, and what guardrails and expectations make of it."""
    desired = resolution.desired
    facts = facts_of(resolution.declared, live)
    before, after = networks_around(plan.changes, desired, live, facts)
    verdict = pass_verdict(
        bundle,
        after,
        before,
        today=plan.options.today,
        judged=desired.scope.apps,
        sees_every_policy=sees_every_policy(live),
    )
    findings = (
        *plan.findings,
        *failed_expectations(bundle, after),
        *_said(verdict, plan, bundle),
        *findings_of_pending(bundle, plan.pending, plan.options.today),
    )
    return replace(
        plan,
        findings=worst_first(findings),
        waivers=verdict.uses,
        connectivity=connectivity_changes(before, after, protected_zones(bundle.guardrails)),
        network=after,
    )


def _said(verdict: Verdict, plan: Plan, bundle: Bundle) -> tuple[Finding, ...]:
    """Give what was found, but call no waiver unused that is for something pending: it is needed once that is there."""
    findings = verdict.findings
    if not plan.pending or all(finding.code != WAIVER_UNUSED for finding in findings):
        return findings
    today = plan.options.today
    needed = {use.origin for use in pass_verdict(bundle, network_declared(bundle, today), today=today).uses}
    return tuple(item for item in findings if item.code != WAIVER_UNUSED or item.origin not in needed)


def failed_expectations(bundle: Bundle, network: Network) -> tuple[Finding, ...]:
    """Hold the network of a platform against the expectations."""
    if not bundle.expectations:
        return ()
    from reconciler.analysis.expectations import check_expectations  # noqa: PLC0415 - only where there are any

    return check_expectations(bundle.expectations, network, declared=declared_apps(bundle))


def plain_connectivity(plan: Plan, live: LiveState) -> tuple[ConnectivityChange, ...]:
    """Say what a plan means for who may call whom where there are no manifests: without zones."""
    nothing = DesiredState(Scope(frozenset()))
    return connectivity_changes(*networks_around(plan.changes, nothing, live, {}))
