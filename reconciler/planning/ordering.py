"""The order in which a plan is carried out: make before break, across all kinds.

The platform recycles the packet marks of apps. Were a policy removed first, its mark could go to another app while
some cells still accept the old mark, and a pair that nobody allowed would be open until they poll again. So every
addition is made before any removal, and never in the same call. Source: policy-server `store/group.go`, measured.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from reconciler.planning.changes import Delete, MappedApp, OwnedRoute, PolicyRule, VariableSetting

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from reconciler.model.names import AppRef, SpaceRef
    from reconciler.model.policy import NetworkPolicy
    from reconciler.model.route import InternalRoute, RouteDestination
    from reconciler.planning.changes import Change, Item

BATCH_SIZE = 1000
"""Policies in one call. The server holds one global write lock for about a millisecond per policy, so this keeps
other people waiting for about a second at a time. Source: measured on the policy server."""


@dataclass(frozen=True, slots=True)
class CreateRoute:
    """Make an internal route."""

    route: InternalRoute
    space: SpaceRef


@dataclass(frozen=True, slots=True)
class AddDestination:
    """Map an app to an internal route."""

    destination: RouteDestination


@dataclass(frozen=True, slots=True)
class CreatePolicies:
    """Add one batch of policies in one transaction."""

    policies: tuple[NetworkPolicy, ...]


@dataclass(frozen=True, slots=True)
class SetEnvironment:
    """Set and remove the governed variables of one app; None removes."""

    app: AppRef
    variables: Mapping[str, str | None]


@dataclass(frozen=True, slots=True)
class DeletePolicies:
    """Remove one batch of policies in one transaction."""

    policies: tuple[NetworkPolicy, ...]


@dataclass(frozen=True, slots=True)
class RemoveDestination:
    """Unmap an app from an internal route."""

    destination: RouteDestination


@dataclass(frozen=True, slots=True)
class DeleteRoute:
    """Delete an internal route with the apps that are mapped to it, provided that there are no others."""

    route: InternalRoute
    apps: tuple[AppRef, ...]


Step = CreateRoute | AddDestination | CreatePolicies | SetEnvironment | DeletePolicies | RemoveDestination | DeleteRoute


def steps(changes: tuple[Change, ...], *, batch_size: int = BATCH_SIZE) -> tuple[Step, ...]:
    """List the calls that carry the changes out, in the order in which they have to happen."""
    up = [change.after for change in changes if change.after is not None]
    down = [change.before for change in changes if isinstance(change, Delete)]
    edited = [change.before for change in changes if change.before is not None and change.after is not None]
    return (
        *(CreateRoute(item.route, item.space) for item in up if isinstance(item, OwnedRoute)),
        *(AddDestination(item.destination) for item in up if isinstance(item, MappedApp)),
        *(CreatePolicies(batch) for batch in _batches(up, batch_size)),
        *_environment(changes),
        *(DeletePolicies(batch) for batch in _batches([*down, *edited], batch_size)),
        *_routes_down(down),
    )


def _routes_down(items: list[Item]) -> Iterator[RemoveDestination | DeleteRoute]:
    """Unmap apps; where a route goes with them, one call takes both."""
    ending: dict[InternalRoute, list[AppRef]] = {item.route: [] for item in items if isinstance(item, OwnedRoute)}
    for item in items:
        if isinstance(item, MappedApp):
            if item.destination.route in ending:
                ending[item.destination.route].append(item.destination.app)
            else:
                yield RemoveDestination(item.destination)
    for route, apps in ending.items():
        yield DeleteRoute(route, tuple(apps))


def _batches(items: list[Item], size: int) -> Iterator[tuple[NetworkPolicy, ...]]:
    policies = sorted(item.policy for item in items if isinstance(item, PolicyRule))
    for start in range(0, len(policies), size):
        yield tuple(policies[start : start + size])


def _environment(changes: tuple[Change, ...]) -> Iterator[SetEnvironment]:
    settings = [
        (change.item.variable, None if change.after is None else change.item.value)
        for change in changes
        if isinstance(change.item, VariableSetting)
    ]
    for app, group in groupby(sorted(settings), key=lambda setting: setting[0].app):
        yield SetEnvironment(app, {variable.name: value for variable, value in group})
