"""One reading of the platform, in rows: which lists are asked for, and in which order.

Each list costs one call for every 5,000 rows, however many apps and policies there are. The ends of foreign policies,
the hosts that were not found and, elsewhere, the environments are the only look-ups by name, each in batches.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from reconciler.cf.directory import Directory, build_directory, extended, name_spaces
from reconciler.cf.patterns import SpacePatterns
from reconciler.model.route import InternalRoute, internal_route

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from reconciler.cf.cloud_controller import AppRow, CloudController, RouteRow
    from reconciler.cf.policy_list import PolicyList
    from reconciler.cf.policy_server import PolicyServer
    from reconciler.model.names import SpaceRef
    from reconciler.model.scope import ReadSet

MANY_SPACES = 500
"""Spaces from which on their apps and routes are so many that something else can be done meanwhile."""

_CAN_BE_A_GUID = re.compile(r"[0-9A-Za-z_-]{1,200}")
"""The policy server stores any text as an app's GUID; only what fits a filter is looked up."""


@dataclass(frozen=True, slots=True)
class Survey:
    """What one reading found.

    `managed` are the GUIDs of the governed spaces, `selected` of all in the read set, `shared` of routes that others
    own and governed spaces may map.
    """

    directory: Directory
    managed: frozenset[str]
    selected: frozenset[str]
    apps: Mapping[str, AppRow]
    policies: PolicyList
    routes: Mapping[InternalRoute, RouteRow]
    shared: frozenset[str]


class _Governed(NamedTuple):
    """GUIDs of the governed spaces and of the apps in them."""

    spaces: frozenset[str]
    apps: frozenset[str]


class _Routes(NamedTuple):
    """Routes by name, the GUIDs of those that are shared with governed spaces, and the names of owners."""

    found: dict[InternalRoute, RouteRow]
    shared: frozenset[str]
    owners: dict[str, SpaceRef]


def survey(controller: CloudController, server: PolicyServer, read_set: ReadSet) -> Survey:
    """Read the platform. Raise PlatformError."""
    managed = SpacePatterns(read_set.managed)
    spaces = find_spaces(controller, SpacePatterns(read_set.managed | read_set.sources))
    governed = frozenset(guid for guid, name in spaces.items() if managed.has(name))
    domains = [domain for domain in controller.domains().values() if domain.internal]
    with server.policies_meanwhile(busy=len(spaces) >= MANY_SPACES) as listed:
        apps = {guid: app for guid, app in controller.apps_in(spaces).items() if app.space_guid in spaces}
        named = build_directory(spaces, apps.values(), domains)
        inside = frozenset(guid for guid, app in apps.items() if app.space_guid in governed)
        routes = _routes(controller, named, _Governed(governed, inside), read_set.hosts)
        policies = listed()
    strangers, homes = _strangers(controller, apps, policies, routes.found)
    apps.update(strangers)
    directory = extended(named, {**routes.owners, **homes, **spaces}, strangers.values(), routes.found)
    return Survey(directory, governed, frozenset(spaces), apps, policies, routes.found, routes.shared)


def find_spaces(controller: CloudController, patterns: SpacePatterns) -> dict[str, SpaceRef]:
    """Find the spaces meant that the caller may see, by GUID."""
    if not patterns:
        return {}
    listed = controller.organizations(patterns.org_names)
    orgs = {guid: org for guid, org in listed.items() if patterns.has_org(org.name)}
    if not orgs:
        return {}
    named = name_spaces(controller.spaces(orgs, patterns.space_names).values(), orgs)
    return {guid: name for guid, name in named.items() if patterns.has(name)}


def _routes(
    controller: CloudController, named: Directory, governed: _Governed, hosts: frozenset[InternalRoute]
) -> _Routes:
    """Read the routes of the governed spaces, then those declared hosts that were not among them, for their owner."""
    if not named.domains:
        return _Routes({}, frozenset(), {})
    listing, only_theirs = controller.routes_in(named.domains, governed.spaces)
    shared = {
        row.guid
        for row in listing.rows.values()
        if row.space_guid not in governed.spaces
        and (only_theirs or any(item.app_guid in governed.apps for item in row.destinations))
    }
    found = {
        route: row
        for route, row in internal_routes(listing.rows.values(), named.domains).items()
        if row.space_guid in governed.spaces or row.guid in shared or route in hosts
    }
    missing = {route for route in hosts.difference(found) if route.domain in named.domain_guids}
    if missing and only_theirs:
        guids = {named.domain_guids[route.domain] for route in missing}
        elsewhere = controller.routes_by_host_in_any_case(guids, {route.host for route in missing})
        listing.spaces.update(elsewhere.spaces)
        listing.orgs.update(elsewhere.orgs)
        owned = internal_routes(elsewhere.rows.values(), named.domains)
        found.update({route: row for route, row in owned.items() if route in missing})
    return _Routes(found, frozenset(shared), name_spaces(listing.spaces.values(), listing.orgs))


def internal_routes(rows: Iterable[RouteRow], domains: Mapping[str, str]) -> dict[InternalRoute, RouteRow]:
    """Keep the routes that are names of apps inside: on an internal domain, without a path."""
    return {
        internal_route(row.host, domains[row.domain_guid]): row
        for row in rows
        if row.domain_guid in domains and row.host and row.path is None
    }


def _strangers(
    controller: CloudController,
    known: Mapping[str, AppRow],
    policies: PolicyList,
    routes: Mapping[InternalRoute, RouteRow],
) -> tuple[dict[str, AppRow], dict[str, SpaceRef]]:
    """Find the apps of other spaces that policies and routes name."""
    mapped = (item.app_guid for row in routes.values() for item in row.destinations)
    unknown = {*policies.guids, *mapped}.difference(known)
    wanted = {guid for guid in unknown if _CAN_BE_A_GUID.fullmatch(guid)}
    listing = controller.apps_by_guid(wanted)
    apps = {guid: app for guid, app in listing.rows.items() if guid in wanted}
    return apps, name_spaces(listing.spaces.values(), listing.orgs)
