"""What the caller may not change is blocked: named, with the reason and who could, and left out of the plan.

The rule, whatever the manifests: a policy that is seen and right never blocks; one that is out of reach is blocked
whether it exists or not, since nobody can tell; everything else goes ahead.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.model.desired import Kind
from reconciler.planning.changes import Change, MappedApp, PolicyRule
from reconciler.planning.plan import Blocked

if TYPE_CHECKING:
    from collections.abc import Iterable

    from reconciler.model.caller import Caller
    from reconciler.model.desired import DesiredState
    from reconciler.model.live import LiveState
    from reconciler.model.names import SpaceRef


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
