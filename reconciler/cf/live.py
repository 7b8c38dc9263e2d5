"""From rows with GUIDs to the live state with names. Pure: everything was read before."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from reconciler.cf.cloud_controller import WEB, RouteRow
from reconciler.model.live import LiveApp, LiveRoute, LiveState
from reconciler.model.numbering import Numbering
from reconciler.model.policies import PolicySet
from reconciler.model.policy import StalePolicy, UnknownApp
from reconciler.model.ports import MAX_PORT

if TYPE_CHECKING:
    from collections.abc import Mapping
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
    policies, stale, impossible = name_policies(found.policies, directory.apps)
    return LiveState(
        foundation=foundation,
        taken_at=taken_at,
        spaces=frozenset(directory.spaces[guid] for guid in found.selected),
        apps={name: LiveApp(guid, found.apps[guid].labels) for guid, name in directory.apps.items()},
        policies=policies,
        stale=stale,
        impossible=tuple(map(str, impossible)),
        routes=name_routes(found),
        environment=environments.variables,
        internal_domains=frozenset(directory.domains.values()),
        unread_environments=environments.unread,
        closed_environments=environments.closed,
        caller=caller,
    )


class NamedPolicies(NamedTuple):
    """Policies by the names of their ends. Those of `stale` have an end without one, `impossible` ports that none has.

    Both come sorted.
    """

    policies: PolicySet
    stale: tuple[StalePolicy, ...]
    impossible: tuple[StalePolicy, ...]


def name_policies(listed: PolicyList, apps: Mapping[str, AppRef]) -> NamedPolicies:
    """Name the ends of policies, and part those that can be governed from those that cannot."""
    numbering = Numbering()
    names = [apps.get(guid) for guid in listed.guids]
    places = [None if name is None else numbering.app(name) for name in names]
    groups: dict[int, set[int]] = {place: set() for place in places if place is not None}
    called = [None if place is None else groups[place] for place in places]
    openings = [numbering.opening(*opening) if opening.end <= MAX_PORT else None for opening in listed.openings]
    others = set()
    for source, destination, opened in zip(listed.sources, listed.destinations, listed.opened, strict=True):
        caller, group, opening = places[source], called[destination], openings[opened]
        if caller is not None and group is not None and opening is not None:
            group.add(caller + opening)
        else:
            one, other = (names[end] or UnknownApp(listed.guids[end]) for end in (source, destination))
            others.add(StalePolicy(one, other, *listed.openings[opened]))
    ordered = sorted(others, key=lambda item: (str(item), item))
    return NamedPolicies(
        PolicySet(numbering, {place: group for place, group in groups.items() if group}),
        tuple(item for item in ordered if item.end <= MAX_PORT),
        tuple(item for item in ordered if item.end > MAX_PORT),
    )


def name_routes(found: Survey) -> dict[InternalRoute, LiveRoute]:
    """Name owners and destinations of routes."""
    managed = frozenset(found.directory.spaces[guid] for guid in found.managed)
    return {route: _named(row, found, managed) for route, row in found.routes.items()}


def _named(row: RouteRow, found: Survey, managed: frozenset[SpaceRef]) -> LiveRoute:
    directory = found.directory
    named = [directory.apps.get(item.app_guid) for item in row.destinations]
    apps = frozenset(filter(None, named))
    others = _NONE
    if any(item.process_type != WEB for item in row.destinations):
        web = (app for app, item in zip(named, row.destinations, strict=True) if item.process_type == WEB)
        others = apps.difference(web)
    return LiveRoute(
        None if row.space_guid is None else directory.spaces.get(row.space_guid),
        apps,
        managed if row.guid in found.shared else _NONE,
        named.count(None),
        others,
    )
