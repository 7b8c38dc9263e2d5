"""The order in which a plan is carried out: make before break, across all kinds.

The platform recycles the packet marks of apps. Were a policy removed first, its mark could go to another app while
some cells still accept the old mark, and a pair that nobody allowed would be open until they poll again. So every
addition is made before any removal, and never in the same call; the one exception is a source app at the server's
quota, see `planning.rounds`. Source: policy-server `store/group.go`, measured.
"""

from __future__ import annotations

from functools import partial
from itertools import groupby
from typing import TYPE_CHECKING

from reconciler.planning.changes import Delete, MappedApp, OwnedRoute, VariableSetting
from reconciler.planning.rounds import policy_rounds
from reconciler.planning.steps import (
    AddDestination,
    CleanUp,
    CreatePolicies,
    CreateRoute,
    DeletePolicies,
    DeleteRoute,
    RemoveDestination,
    SetEnvironment,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from reconciler.model.names import AppRef
    from reconciler.model.policy import NetworkPolicy
    from reconciler.model.route import InternalRoute
    from reconciler.planning.changes import Change, Item
    from reconciler.planning.plan import Plan
    from reconciler.planning.rounds import Round
    from reconciler.planning.steps import Step

BATCH_SIZE = 1000
"""Policies in one call. The server holds one global write lock for about a millisecond per policy, so this keeps
other people waiting for about a second at a time. Source: measured on the policy server."""

MOST_APPS = 200
"""Apps that one call without `network.admin` may name. The policy server asks Cloud Controller about all of them in
one request line, and the web server there takes 8 KiB. Source: policy-server `cc_client/client.go`."""


def steps(plan: Plan, *, batch_size: int = BATCH_SIZE, clean_up: bool = False) -> tuple[Step, ...]:
    """List the calls that carry a plan out, in the order in which they have to happen.

    `clean_up` adds that the server removes the policies of deleted apps, where there are any.
    """
    changes = plan.changes
    up = [change.after for change in changes if change.after is not None]
    down = [change.before for change in changes if isinstance(change, Delete)]
    rounds = policy_rounds(changes, plan.room)
    first, *later = rounds.rounds
    cut = partial(_batches, size=batch_size, apps=2 * batch_size if plan.network_admin else MOST_APPS)
    return (
        *(CreateRoute(item.route, item.space) for item in up if isinstance(item, OwnedRoute)),
        *(AddDestination(item.destination) for item in up if isinstance(item, MappedApp)),
        *map(CreatePolicies, cut(first.add)),
        *_environment(changes),
        *map(DeletePolicies, cut(first.remove)),
        *_both_ways(later, cut),
        *_routes_down(down),
        *_both_ways(rounds.refused, cut),
        *((CleanUp(),) if clean_up and plan.stale else ()),
    )


def _both_ways(
    rounds: list[Round], cut: Callable[[list[NetworkPolicy]], Iterator[tuple[NetworkPolicy, ...]]]
) -> Iterator[CreatePolicies | DeletePolicies]:
    for item in rounds:
        yield from map(CreatePolicies, cut(item.add))
        yield from map(DeletePolicies, cut(item.remove))


def _routes_down(items: list[Item]) -> Iterator[RemoveDestination | DeleteRoute]:
    """Unmap apps; where a route goes with them, one call takes both."""
    owners = {item.route: item.space for item in items if isinstance(item, OwnedRoute)}
    mapped: dict[InternalRoute, list[AppRef]] = {route: [] for route in owners}
    for item in items:
        if isinstance(item, MappedApp):
            if item.destination.route in owners:
                mapped[item.destination.route].append(item.destination.app)
            else:
                yield RemoveDestination(item.destination)
    for route, space in owners.items():
        yield DeleteRoute(route, space, tuple(mapped[route]))


def _batches(policies: list[NetworkPolicy], *, size: int, apps: int) -> Iterator[tuple[NetworkPolicy, ...]]:
    """Cut policies into calls of at most `size` that name at most `apps` apps."""
    batch: list[NetworkPolicy] = []
    named: set[AppRef] = set()
    for policy in policies:
        fresh = {policy.source, policy.destination} - named
        if len(batch) == size or len(named) + len(fresh) > apps:
            yield tuple(batch)
            batch, named, fresh = [], set(), {policy.source, policy.destination}
        batch.append(policy)
        named |= fresh
    if batch:
        yield tuple(batch)


def _environment(changes: tuple[Change, ...]) -> Iterator[SetEnvironment]:
    settings = [
        (change.item.variable, _value(change.before), _value(change.after))
        for change in changes
        if isinstance(change.item, VariableSetting)
    ]
    for app, group in groupby(sorted(settings, key=lambda setting: setting[0]), key=lambda setting: setting[0].app):
        found = list(group)
        after = {variable.name: value for variable, _, value in found}
        yield SetEnvironment(app, after, {variable.name: value for variable, value, _ in found})


def _value(item: Item | None) -> str | None:
    return item.value if isinstance(item, VariableSetting) else None
