"""What the caller may not change is blocked: named, with the reason and who could, and left out of the plan.

The rule, whatever the manifests: a policy that is seen and right never blocks; one that is out of reach is blocked
whether it exists or not, since nobody can tell; everything else goes ahead.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.model.desired import Kind
from reconciler.model.policy import DEFAULT_QUOTA
from reconciler.planning.changes import Change, MappedApp, PolicyRule
from reconciler.planning.plan import Blocked, Finding, Severity

if TYPE_CHECKING:
    from collections.abc import Iterable

    from reconciler.model.caller import Caller
    from reconciler.model.desired import DesiredState
    from reconciler.model.live import LiveState
    from reconciler.model.names import AppRef, SpaceRef


_MOST_NAMED = 10


def permitted(changes: Iterable[Change], live: LiveState) -> tuple[list[Change], list[Blocked]]:
    """Part the changes into those that the caller may make and those that are blocked."""
    caller = live.caller
    if caller is None:
        return list(changes), []
    kept: list[Change] = []
    blocked: list[Blocked] = []
    for change in changes:
        obstacle = _obstacle(change, live, caller)
        if obstacle is None:
            kept.append(change)
        else:
            blocked.append(obstacle)
    return kept, blocked


def _obstacle(change: Change, live: LiveState, caller: Caller) -> Blocked | None:
    item = change.item
    if isinstance(item, PolicyRule):
        closed = caller.closed_spaces(item.policy)
        if not closed:
            return None
        names = " and ".join(map(str, closed))
        reason = f"{caller.name} is not Space Developer in {names}: it can be neither seen nor changed, and may exist"
        return _blocked(change, reason, f"whoever is Space Developer in {_both(item)}, or has network.admin")
    space = item.home
    if isinstance(item, MappedApp) and item.destination.route in live.routes:
        # Who may change the route may map and unmap any app on it. Source: `app/controllers/v3/routes_controller.rb`.
        space = live.routes[item.destination.route].space or space
    if caller.may_edit(space):
        return None
    reason = f"{caller.name} is neither Space Developer nor Space Supporter in {space}"
    if not caller.may_write:
        reason = f"the token of {caller.name} does not have cloud_controller.write"
    return _blocked(change, reason, f"a Space Developer or Space Supporter of {space} with cloud_controller.write")


def _both(item: PolicyRule) -> str:
    spaces: dict[SpaceRef, None] = dict.fromkeys((item.policy.source.space_ref, item.policy.destination.space_ref))
    return " and ".join(map(str, spaces))


def _blocked(change: Change, reason: str, who: str) -> Blocked:
    return Blocked(change.item.kind, change.item.address, reason, who, change.origins)


def unreadable_environments(desired: DesiredState, live: LiveState) -> list[Blocked]:
    """Block the variables of apps whose environment the caller may not read."""
    return [
        Blocked(
            Kind.ENVIRONMENT,
            str(variable),
            "the environment of this app cannot be read",
            f"a Space Developer of {variable.app.space_ref}",
            wanted.origins,
        )
        for variable, wanted in desired.environment.items()
        if wanted.value is not None and variable.app not in live.environment
    ]


def visibility_findings(live: LiveState) -> list[Finding]:
    """Say what a plan by this caller cannot know, so that a short list never passes for a clean world."""
    found = []
    caller = live.caller
    if caller is not None and not caller.network_admin:
        found.append(
            Finding(
                Severity.WARN,
                "partial-view",
                f"{caller.name} does not have network.admin: policies from or to spaces in which {caller.name} is not "
                "Space Developer are hidden, so callers from there are neither shown nor removed"
                + _closed(live, caller),
                hint="plan with network.admin to see them",
            )
        )
    if caller is not None and caller.network_admin and not caller.reads_every_app and live.stale:
        found.append(
            Finding(
                Severity.WARN,
                "unnamed-apps",
                f"{len(live.stale)} policies have an end that {caller.name} cannot name: the app is gone, or in a "
                "space that is closed to this caller",
                hint="plan with cloud_controller.admin_read_only or cloud_controller.global_auditor to tell",
            )
        )
    if live.unread_environments:
        found.append(
            Finding(
                Severity.AUDIT,
                "environments-not-read",
                f"{_listed_apps(live.unread_environments)} not searched for variables that an earlier `trust` left: "
                "each costs a call",
                hint="--all-environments reads them",
            )
        )
    if live.closed_environments:
        found.append(
            Finding(
                Severity.AUDIT,
                "environments-closed",
                f"{_listed_apps(live.closed_environments)} not searched for variables that an earlier `trust` left: "
                "this caller may not read them",
                hint="plan as Space Developer, or with cloud_controller.admin_read_only",
            )
        )
    return found


def _closed(live: LiveState, caller: Caller) -> str:
    """Name the spaces of the manifests that are among the hidden ones."""
    closed = sorted(map(str, live.spaces - caller.developer_in)) if caller.roles_known else []
    if not closed:
        return ""
    more = f" and {len(closed) - _MOST_NAMED} more" if len(closed) > _MOST_NAMED else ""
    return f"; of the spaces in these manifests: {', '.join(closed[:_MOST_NAMED])}{more}"


def _listed_apps(number: int) -> str:
    return f"{number} listed app without `trust` was" if number == 1 else f"{number} listed apps without `trust` were"


def quota_findings(changes: Iterable[Change], live: LiveState) -> list[Finding]:
    """Forecast the count of policies a source, as the server will count it: those stored and those posted."""
    if live.caller is None or live.caller.network_admin:
        return []
    added: dict[AppRef, int] = {}
    for change in changes:
        if isinstance(change.after, PolicyRule):
            added[change.after.policy.source] = added.get(change.after.policy.source, 0) + 1
            # The server counts for every app that a call names, at either end. Source: `handlers/quota_guard.go`.
            added.setdefault(change.after.policy.destination, 0)
    stored = dict.fromkeys(added, 0)
    for policy in live.policies:
        if policy.source in stored:
            stored[policy.source] += 1
    return [
        Finding(
            Severity.WARN,
            "policy-quota",
            f"{source} would be the source of {stored[source] + number} policies while they are added; without "
            f"network.admin the server allows {DEFAULT_QUOTA} by default and may count more than are visible here",
            hint="apply with network.admin, or remove policies of this source first",
        )
        for source, number in sorted(added.items(), key=str)
        if stored[source] + number > DEFAULT_QUOTA
    ]
