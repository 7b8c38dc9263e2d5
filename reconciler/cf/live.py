"""From rows with GUIDs to the live state with names. Pure: everything was read before."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reconciler.cf.cloud_controller import WEB, RouteRow
from reconciler.model.live import LiveApp, LiveRoute, LiveState
from reconciler.model.policy import NetworkPolicy, StalePolicy, UnknownApp

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from reconciler.cf.environments import Environments
    from reconciler.cf.policy_list import PolicyList
    from reconciler.cf.survey import Survey
    from reconciler.model.caller import Caller
    from reconciler.model.names import AppRef, SpaceRef
    from reconciler.model.route import InternalRoute


_NONE: frozenset[Any] = frozenset()


def live_state(
    foundation: str, taken_at: datetime, found: Survey, environments: Environments, caller: Caller
) -> LiveState:
    """Put the reading together."""
    directory = found.directory
    policies, stale = name_policies(found.policies, directory.apps)
    return LiveState(
        foundation=foundation,
        taken_at=taken_at,
        spaces=frozenset(directory.spaces[guid] for guid in found.selected),
        apps={name: LiveApp(guid, found.apps[guid].labels) for guid, name in directory.apps.items()},
        policies=policies,
        stale=stale,
        routes=name_routes(found),
        environment=environments.variables,
        internal_domains=frozenset(directory.domains.values()),
        unread_environments=environments.unread,
        closed_environments=environments.closed,
        caller=caller,
    )


def name_policies(
    listed: PolicyList, apps: Mapping[str, AppRef]
) -> tuple[frozenset[NetworkPolicy], tuple[StalePolicy, ...]]:
    """Name the ends of policies; a policy with an end that has no name is stale. Stale ones come sorted."""
    names = [apps.get(guid) for guid in listed.guids]
    stale = set()

    def named() -> Iterator[NetworkPolicy]:
        make = tuple.__new__  # hundreds of thousands at once: the class would take twice the time
        for from_, to, opening in zip(listed.sources, listed.destinations, listed.openings, strict=True):
            source, destination = names[from_], names[to]
            if source is not None and destination is not None:
                yield make(NetworkPolicy, (source, destination, *opening))
            else:
                ends = (source or UnknownApp(listed.guids[from_]), destination or UnknownApp(listed.guids[to]))
                stale.add(StalePolicy(*ends, opening.protocol, opening.start, opening.end))

    return frozenset(named()), tuple(sorted(stale, key=lambda item: (str(item), item)))


def name_routes(found: Survey) -> dict[InternalRoute, LiveRoute]:
    """Name owners and destinations of routes."""
    managed = frozenset(found.directory.spaces[guid] for guid in found.managed)
    return {route: _named(row, found, managed) for route, row in found.routes.items()}


def _named(row: RouteRow, found: Survey, managed: frozenset[SpaceRef]) -> LiveRoute:
    directory = found.directory
    named = [(directory.apps.get(item.app_guid), item.process_type) for item in row.destinations]
    apps = frozenset(app for app, _ in named if app is not None)
    web = {app for app, process in named if process == WEB}
    return LiveRoute(
        None if row.space_guid is None else directory.spaces.get(row.space_guid),
        apps,
        managed if row.guid in found.shared else _NONE,
        sum(app is None for app, _ in named),
        _NONE if apps <= web else apps - web,
    )
