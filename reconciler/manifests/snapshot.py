"""A Snapshot document as a live state: what `plan --live` plans against."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from reconciler.model.environment import SYSTEM_TRUST
from reconciler.model.live import LiveApp, LiveRoute, LiveState
from reconciler.model.names import AppRef, SpaceRef, fold, parse_app_ref
from reconciler.model.policy import NetworkPolicy, StalePolicy, UnknownApp
from reconciler.model.ports import PortRange, parse_port_range
from reconciler.model.route import InternalRoute, internal_route

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

Json = dict[str, Any]

FOUNDATION = "snapshot"
"""Stands where a plan names its foundation: a snapshot has no address, and a plan made from one is not applied."""


def live_state_of(snapshot: Mapping[str, Any]) -> LiveState:
    """Read a Snapshot that has passed its schema.

    Everything in the file counts as visible. A policy end that names no app of the file is kept as unknown, the way
    the platform would show a deleted app.
    """
    spaces = list(_spaces(snapshot))
    apps = {AppRef(*space, app["name"]): app for space, data in spaces for app in data.get("apps") or ()}
    index = {app.folded: app for app in apps}
    by_guid = {data["guid"]: app for app, data in apps.items() if "guid" in data}
    domains = snapshot.get("domains") or [{"name": "apps.internal", "internal": True}]
    internal = frozenset(fold(domain["name"]) for domain in domains if domain.get("internal"))
    policies = [_policy(item, index, by_guid) for item in snapshot.get("network_policies") or ()]
    taken_at = snapshot.get("taken_at")
    return LiveState(
        foundation=FOUNDATION,
        taken_at=None if taken_at is None else datetime.fromisoformat(taken_at),
        spaces=frozenset(space for space, _ in spaces),
        apps={app: LiveApp(data.get("guid", str(app)), data.get("labels") or {}) for app, data in apps.items()},
        policies=frozenset(policy for policy in policies if isinstance(policy, NetworkPolicy)),
        stale=tuple(policy for policy in policies if isinstance(policy, StalePolicy)),
        routes=_routes(spaces, index, internal),
        environment={app: _governed(data.get("environment") or {}) for app, data in apps.items()},
        internal_domains=internal,
    )


def _spaces(snapshot: Mapping[str, Any]) -> Iterator[tuple[SpaceRef, Json]]:
    for org in snapshot.get("organizations") or ():
        for space in org.get("spaces") or ():
            yield SpaceRef(org["name"], space["name"]), space


def _governed(environment: Mapping[str, str]) -> dict[str, str]:
    return {name: environment[name] for name in SYSTEM_TRUST if name in environment}


def _policy(item: Json, index: Mapping[AppRef, AppRef], by_guid: Mapping[str, AppRef]) -> NetworkPolicy | StalePolicy:
    source, destination = (_end(item[side], index, by_guid) for side in ("source", "destination"))
    ports = _ports(item["ports"])
    if isinstance(source, AppRef) and isinstance(destination, AppRef):
        return NetworkPolicy(source, destination, item["protocol"], *ports)
    return StalePolicy(source, destination, item["protocol"], *ports)


def _ports(value: int | str | Json) -> PortRange:
    if isinstance(value, dict):
        return PortRange(value["start"], value["end"])
    return parse_port_range(str(value))


def _end(value: str | Json, index: Mapping[AppRef, AppRef], by_guid: Mapping[str, AppRef]) -> AppRef | UnknownApp:
    if isinstance(value, dict) and "guid" in value:
        return by_guid.get(value["guid"]) or UnknownApp(value["guid"])
    ref = parse_app_ref(value) if isinstance(value, str) else AppRef(value["org"], value["space"], value["app"])
    return index.get(ref.folded) or UnknownApp(str(ref))


def _routes(
    spaces: list[tuple[SpaceRef, Json]], index: Mapping[AppRef, AppRef], internal: frozenset[str]
) -> dict[InternalRoute, LiveRoute]:
    routes = {}
    for space, data in spaces:
        for item in data.get("routes") or ():
            if fold(item["domain"]) not in internal:
                continue
            named = [index.get(_destination(space, entry).folded) for entry in item.get("destinations") or ()]
            known = frozenset(app for app in named if app is not None)
            routes[internal_route(item["host"], item["domain"])] = LiveRoute(
                space, known, unnamed_destinations=named.count(None)
            )
    return routes


def _destination(space: SpaceRef, entry: str | Json) -> AppRef:
    if isinstance(entry, dict):
        return AppRef(entry.get("org", space.org), entry.get("space", space.space), entry["app"])
    return parse_app_ref(entry) if entry.count("/") == len(space) else AppRef(*space, entry)
