"""Building the plan: the one place where the desired and the live state meet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.planning.changes import change_order
from reconciler.planning.diff import diff_environment, diff_policies, diff_routes, kept_values
from reconciler.planning.digest import fingerprints, live_digest
from reconciler.planning.limits import RemovalLimits, check_removals
from reconciler.planning.permissions import permitted, unreadable_environments
from reconciler.planning.plan import Finding, LiveVersion, ManifestsVersion, Plan, PlanOptions
from reconciler.planning.visibility import quota_findings, visibility_findings

if TYPE_CHECKING:
    from collections.abc import Iterable

    from reconciler.model.desired import DesiredState
    from reconciler.model.live import LiveState


def build_plan(
    desired: DesiredState,
    live: LiveState,
    *,
    manifests: ManifestsVersion,
    options: PlanOptions,
    limits: RemovalLimits | None = None,
    findings: Iterable[Finding] = (),
) -> Plan:
    """Find the smallest set of changes that turns the live state into the desired one.

    `options` say how it was asked for. `findings` made elsewhere, such as warnings about the manifests, are carried
    along.
    """
    policies = diff_policies(desired, live)
    routes = diff_routes(desired, live)
    environment = diff_environment(desired, live)
    kept, blocked = permitted((*policies.changes, *routes.changes, *environment.changes), live)
    changes = tuple(sorted(kept, key=change_order))
    refusals = check_removals(changes, managed=policies.managed, limits=limits or RemovalLimits())
    blocked += unreadable_environments(desired, live)
    return Plan(
        foundation=live.foundation,
        changes=changes,
        manifests=manifests,
        live=LiveVersion(live_digest(desired, live), live.taken_at, fingerprints(changes, live)),
        options=options,
        unchanged=policies.unchanged + routes.unchanged + environment.unchanged,
        pending=desired.pending,
        blocked=tuple(sorted(blocked, key=lambda item: (item.kind, item.address))),
        foreign=policies.foreign,
        stale=tuple(sorted(live.stale, key=str)),
        findings=(
            *refusals,
            *visibility_findings(live),
            *quota_findings(changes, live),
            *kept_values(desired, live),
            *findings,
        ),
    )
