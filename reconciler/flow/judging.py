"""Judging a plan: the world after it, held against guardrails, expectations and the world before."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from reconciler.analysis.connectivity import connectivity_changes, protected_zones
from reconciler.analysis.networks import declared_apps, network_after, network_before, network_declared
from reconciler.guardrails.findings import WAIVER_UNUSED, worst_first
from reconciler.guardrails.verdict import pass_verdict
from reconciler.manifests.facts import facts_of
from reconciler.planning.plan import Severity

if TYPE_CHECKING:
    from datetime import date

    from reconciler.manifests.loaded import Bundle
    from reconciler.model.desired import DesiredState
    from reconciler.model.live import LiveState
    from reconciler.model.network import Network
    from reconciler.planning.plan import Finding, Plan, WaiverUse


def judged(plan: Plan, bundle: Bundle, desired: DesiredState, live: LiveState) -> Plan:
    """Say what the plan means for who may call whom, and what guardrails and expectations make of it."""
    facts = facts_of(bundle, live)
    before = network_before(live, facts, desired)
    after = network_after(plan.changes, desired, live, facts)
    verdict = pass_verdict(
        bundle,
        after,
        before,
        today=plan.options.today,
        judged=desired.scope.apps,
        sees_every_policy=plan.network_admin,
    )
    return replace(
        plan,
        findings=worst_first((*plan.findings, *failed_expectations(bundle, after), *verdict.findings)),
        waivers=verdict.uses,
        connectivity=connectivity_changes(before, after, protected_zones(bundle.guardrails)),
        network=after,
    )


def failed_expectations(bundle: Bundle, network: Network, *, offline: bool = False) -> tuple[Finding, ...]:
    """Hold a network against the expectations; `offline` is for one that manifests alone describe."""
    if not bundle.expectations:
        return ()
    from reconciler.analysis.expectations import check_expectations  # noqa: PLC0415 - only where there are any

    declared = {} if offline else declared_apps(bundle)
    return check_expectations(bundle.expectations, network, declared=declared, offline=offline)


class OfflineJudgement(NamedTuple):
    """What can be said of manifests with no platform, and which waivers hold back how much of it."""

    findings: tuple[Finding, ...]
    waivers: tuple[WaiverUse, ...]

    @property
    def is_refused(self) -> bool:
        """Say whether a finding forbids what the manifests describe."""
        return any(finding.severity is Severity.DENY for finding in self.findings)


def judged_offline(bundle: Bundle, today: date) -> OfflineJudgement:
    """Judge what the manifests alone describe."""
    network = network_declared(bundle, today)
    verdict = pass_verdict(bundle, network, today=today)
    # A waiver that seems to be for nothing may be about what only the platform knows.
    found = (finding for finding in verdict.findings if finding.code != WAIVER_UNUSED)
    return OfflineJudgement(
        worst_first((*failed_expectations(bundle, network, offline=True), *found)),
        verdict.uses,
    )
