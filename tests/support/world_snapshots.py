"""From a world to a snapshot: the inverse of `reconciler.simulator.seed`, to hold that one to it."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Any

from reconciler.model.names import AppRef, SpaceRef, encode_segment
from reconciler.simulator.derived import default_port, destination_guid
from reconciler.simulator.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterable

    from reconciler.simulator.entities import App, Destination, Labelled, Organization, Route, Space
    from reconciler.simulator.policy_server.store import Policy
    from reconciler.simulator.world import World


def to_snapshot(world: World) -> dict[str, Any]:
    """Describe a world: sorted, with every GUID, but those of destinations only where a seed would not derive them.

    Nothing that is a default is written.
    """
    return {
        "apiVersion": "c2c/v1",
        "kind": "Snapshot",
        "domains": [
            {"name": item.name, "guid": item.guid} | _optional(internal=item.internal) | _metadata(item)
            for item in sorted(world.domains.values(), key=lambda item: item.name)
        ],
        "organizations": [_organization(world, item) for item in _by_name(world.organizations.values())],
        "network_policies": sorted((_policy(world, item) for item in world.policies), key=_policy_order),
        "users": [
            {"name": item.name, "password": item.password, "guid": item.guid, "scopes": list(item.scopes)}
            | _optional(space_developer=_roles(world, item.guid))
            for item in sorted(world.users.values(), key=lambda item: item.name)
        ],
        "clients": [
            {"id": item.client_id, "secret": item.secret, "scopes": list(item.scopes)}
            | _optional(space_developer=_roles(world, item.client_id))
            for item in sorted(world.clients.values(), key=lambda item: item.client_id)
        ],
        "settings": _changed_settings(world.settings),
    }


def _organization(world: World, item: Organization) -> dict[str, Any]:
    spaces = _by_name(world.spaces_in(item.guid))
    described = {"name": item.name, "guid": item.guid} | _metadata(item)
    return described | _optional(spaces=[_space(world, space) for space in spaces])


def _space(world: World, item: Space) -> dict[str, Any]:
    owned = [route for route in world.routes_in(item.guid) if route.space == item.guid]
    routes = sorted(owned, key=lambda route: (world.domains[route.domain].name, route.host, route.path))
    described = {"name": item.name, "guid": item.guid} | _metadata(item)
    return described | _optional(
        apps=[_app(app) for app in _by_name(world.apps_in(item.guid))],
        routes=[_route(world, route) for route in routes],
    )


def _app(item: App) -> dict[str, Any]:
    described = (
        {"name": item.name, "guid": item.guid} | _metadata(item) | _optional(environment=_sorted(item.environment))
    )
    different = {
        "state": (item.state, "STARTED"),
        "instances": (item.instances, 1),
        "lifecycle": (item.lifecycle, "buildpack"),
    }
    return described | {name: value for name, (value, default) in different.items() if value != default}


def _route(world: World, item: Route) -> dict[str, Any]:
    described = {"host": item.host, "domain": world.domains[item.domain].name, "guid": item.guid} | _metadata(item)
    destinations = [_destination(world, item, found) for found in item.destinations.values()]
    shares = sorted(str(_space_ref(world, guid)) for guid in item.shared_spaces)
    return described | _optional(path=item.path, shared_with=shares, destinations=sorted(destinations, key=str))


def _destination(world: World, route: Route, item: Destination) -> str | dict[str, Any]:
    app = world.apps[item.app]
    details = {
        "port": (item.port, default_port(app)),
        "process_type": (item.process_type, "web"),
        "protocol": (item.protocol, "http1"),
        "guid": (item.guid, destination_guid(route, app, item.process_type, item.port)),
    }
    changed = {key: value for key, (value, usual) in details.items() if value != usual}
    is_home = app.space == route.space
    if not changed:
        return encode_segment(app.name) if is_home else str(_app_ref(world, item.app))
    names = {"app": app.name} if is_home else _app_ref(world, item.app)._asdict()
    return names | changed


def _policy(world: World, policy: Policy) -> dict[str, Any]:
    source, destination, protocol, start, end = policy
    ports: int | str = start if start == end else f"{start}-{end}"
    ends = {"source": _end(world, source), "destination": _end(world, destination)}
    return ends | {"protocol": protocol, "ports": ports}


def _end(world: World, guid: str) -> str | dict[str, str]:
    return str(_app_ref(world, guid)) if guid in world.apps else {"guid": guid}


def _policy_order(policy: dict[str, Any]) -> tuple[str, str, str, str]:
    return (str(policy["source"]), str(policy["destination"]), policy["protocol"], str(policy["ports"]))


def _app_ref(world: World, guid: str) -> AppRef:
    app = world.apps[guid]
    return AppRef(*_space_ref(world, app.space), app.name)


def _space_ref(world: World, guid: str) -> SpaceRef:
    space = world.spaces[guid]
    return SpaceRef(world.organizations[space.organization].name, space.name)


def _roles(world: World, user: str) -> list[str]:
    return sorted(str(_space_ref(world, guid)) for guid in world.developer_spaces(user))


def _by_name(items: Iterable[Any]) -> list[Any]:
    return sorted(items, key=lambda item: item.name)


def _metadata(item: Labelled) -> dict[str, Any]:
    return _optional(labels=_sorted(item.labels), annotations=_sorted(item.annotations))


def _sorted(values: dict[str, str]) -> dict[str, str]:
    return dict(sorted(values.items()))


def _optional(**values: object) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value}


def _changed_settings(settings: Settings) -> dict[str, Any]:
    """Give the settings that differ from their defaults, as a seed writes them."""
    default = Settings()
    changed = {
        field.name: getattr(settings, field.name)
        for field in fields(Settings)
        if getattr(settings, field.name) != getattr(default, field.name)
    }
    return {name: list(value) if isinstance(value, tuple) else value for name, value in changed.items()}
