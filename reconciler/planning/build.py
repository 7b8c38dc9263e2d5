"""Building the plan: the one place where the desired and the live state meet."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from reconciler.planning.changes import change_order
from reconciler.planning.diff import diff_environment, diff_policies, diff_routes, kept_values
from reconciler.planning.digest import fingerprints, live_digest
from reconciler.planning.limits import RemovalLimits, check_removals
from reconciler.planning.permissions import permitted, unreadable_environments
from reconciler.planning.plan import Blocked, LiveVersion, ManifestsVersion, Plan, PlanOptions
from reconciler.planning.quota import quota_findings, room_left
from reconciler.planning.visibility import visibility_findings

if TYPE_CHECKING:
    from collections.abc import Iterable

    from reconciler.model.desired import DesiredState
    from reconciler.model.finding import Finding
    from reconciler.model.live import LiveState
    from reconciler.planning.changes import Change


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
    plan = assemble(
        (*policies.changes, *routes.changes, *environment.changes),
        desired,
        live,
        manifests=manifests,
        options=options,
        limits=limits or RemovalLimits(),
        managed=policies.managed,
        findings=(*kept_values(desired, live), *findings),
    )
    return replace(
        plan,
        unchanged=policies.unchanged + routes.unchanged + environment.unchanged,
        foreign=policies.foreign,
        blocked=_sorted((*plan.blocked, *unreadable_environments(desired, live))),
    )


def assemble(
    found: Iterable[Change],
    desired: DesiredState,
    live: LiveState,
    *,
    manifests: ManifestsVersion,
    options: PlanOptions,
    limits: RemovalLimits,
    managed: int,
    findings: Iterable[Finding],
) -> Plan:
    """Put changes together to a plan: sorted, without those that the caller may not make, judged by the limits.

    `managed` counts the live policies in scope.
    """
    kept, blocked = permitted(found, live)
    changes = tuple(sorted(kept, key=change_order))
    room = room_left(changes, live)
    return Plan(
        foundation=live.foundation,
        changes=changes,
        manifests=manifests,
        live=LiveVersion(live_digest(desired, live), live.taken_at, fingerprints(changes, live)),
        options=options,
        room=room,
        network_admin=live.caller is None or live.caller.network_admin,
        pending=desired.pending,
        blocked=_sorted(blocked),
        stale=tuple(sorted(live.stale, key=str)),
        findings=(
            *check_removals(changes, managed=managed, limits=limits),
            *visibility_findings(live),
            *quota_findings(changes, room),
            *findings,
        ),
    )


def _sorted(blocked: Iterable[Blocked]) -> tuple[Blocked, ...]:
    return tuple(sorted(blocked, key=lambda item: (item.kind, item.address)))
