"""Building the plan: the one place where the desired and the live state meet."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from reconciler.planning.changes import Create, Delete, change_order
from reconciler.planning.codec import live_digest
from reconciler.planning.diff import diff_environment, diff_policies, diff_routes
from reconciler.planning.limits import RemovalLimits, check_removals
from reconciler.planning.plan import Finding, LiveVersion, ManifestsVersion, Plan

if TYPE_CHECKING:
    from collections.abc import Iterable

    from reconciler.model.desired import DesiredState
    from reconciler.model.live import LiveState


def build_plan(
    desired: DesiredState,
    live: LiveState,
    *,
    manifests: ManifestsVersion,
    limits: RemovalLimits | None = None,
    findings: Iterable[Finding] = (),
) -> Plan:
    """Find the smallest set of changes that turns the live state into the desired one.

    `findings` made elsewhere, such as warnings about the manifests, are carried along.
    """
    policies = diff_policies(desired, live)
    routes = diff_routes(desired, live)
    environment = diff_environment(desired, live)
    changes = tuple(sorted((*policies.changes, *routes.changes, *environment.changes), key=change_order))
    removed = sum(isinstance(change, Delete) for change in policies.changes)
    added = sum(isinstance(change, Create) for change in policies.changes)
    refusals = check_removals(
        changes,
        managed=policies.managed,
        left=policies.managed - removed + added,
        limits=limits or RemovalLimits(),
    )
    plan = Plan(
        foundation=live.foundation,
        changes=changes,
        manifests=manifests,
        live=LiveVersion("", live.taken_at),
        unchanged=policies.unchanged + routes.unchanged + environment.unchanged,
        managed_policies=policies.managed,
        pending=desired.pending,
        foreign=policies.foreign,
        stale=tuple(sorted(live.stale, key=str)),
        findings=(*refusals, *findings),
    )
    return replace(plan, live=LiveVersion(live_digest(desired.scope, live), live.taken_at))
