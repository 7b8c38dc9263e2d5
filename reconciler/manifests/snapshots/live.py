"""A Snapshot document as a live state: what `plan --live` plans against."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from reconciler.manifests.snapshots.grammar import destination_of, domains_of, end_of, ports_of, spaces_of
from reconciler.model.caller import Caller
from reconciler.model.environment import SYSTEM_TRUST
from reconciler.model.live import SNAPSHOT, LiveApp, LiveRoute, LiveState
from reconciler.model.names import AppRef, SpaceRef, fold, parse_space_ref
from reconciler.model.policies import PolicySet
from reconciler.model.policy import NetworkPolicy, StalePolicy, UnknownApp
from reconciler.model.ports import Protocol
from reconciler.model.route import InternalRoute, internal_route

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from reconciler.manifests.snapshots.grammar import Json

MAKER = "the maker of this snapshot"
"""Stands where a plan names its caller: a snapshot tells how far its maker saw, and not who that was."""

WEB = "web"
"""The process that answers under a route unless a destination names another. Others have no name as a destination."""


def live_state_of(snapshot: Mapping[str, Any]) -> LiveState:
    """Read a Snapshot that `load_snapshot` has accepted: what a fetch of everything would find.

    Everything counts as visible, unless its `view` says less. A policy end that names no app of the file is kept as
    unknown, the way the platform would show a deleted app.
    """
    spaces = [(space, data) for space, data, _ in spaces_of(snapshot)]
    apps = {AppRef(*space, app["name"]): app for space, data in spaces for app in data.get("apps") or ()}
    index = {app.folded: app for app in apps}
    by_guid = {data["guid"]: app for app, data in apps.items() if "guid" in data}
    internal = frozenset(fold(domain["name"]) for domain in domains_of(snapshot) if domain.get("internal"))
    policies = {_policy(item, index, by_guid) for item in snapshot.get("network_policies") or ()}
    stale = [policy for policy in policies if isinstance(policy, StalePolicy)]
    view = snapshot.get("view")
    known = {space.folded: space for space, _ in spaces}
    closed = _spaces_named(view or {}, "closed_environments", known)
    taken_at = snapshot.get("taken_at")
    return LiveState(
        foundation=SNAPSHOT,
        taken_at=None if taken_at is None else datetime.fromisoformat(taken_at),
        spaces=frozenset(space for space, _ in spaces),
        apps={app: LiveApp(data.get("guid", str(app)), data.get("labels") or {}) for app, data in apps.items()},
        policies=PolicySet.of(policy for policy in policies if isinstance(policy, NetworkPolicy)),
        stale=tuple(sorted(stale, key=lambda policy: (str(policy), policy))),
        routes=_routes(spaces, known, index, internal),
        environment={
            app: _governed(data.get("environment") or {}) for app, data in apps.items() if app.space_ref not in closed
        },
        internal_domains=internal,
        caller=None if view is None else _maker(view, known),
    )


def _maker(view: Json, known: Mapping[SpaceRef, SpaceRef]) -> Caller:
    """Give the caller that is shown as much. What can be changed is no question to a snapshot, so nothing is closed."""
    return Caller(
        MAKER,
        network_admin=view["every_policy"],
        reads_every_app=view["every_app"],
        edits_every_space=True,
        developer_in=_spaces_named(view, "policies_between", known),
        roles_known="policies_between" in view,
    )


def _spaces_named(view: Json, key: str, known: Mapping[SpaceRef, SpaceRef]) -> frozenset[SpaceRef]:
    return frozenset(known[parse_space_ref(address).folded] for address in view.get(key) or ())


def _governed(environment: Mapping[str, str]) -> dict[str, str]:
    return {name: environment[name] for name in SYSTEM_TRUST if name in environment}


def _policy(item: Json, index: Mapping[AppRef, AppRef], by_guid: Mapping[str, AppRef]) -> NetworkPolicy | StalePolicy:
    source, destination = (_end(item[side], index, by_guid) for side in ("source", "destination"))
    protocol, ports = item.get("protocol", Protocol.TCP.value), ports_of(item["ports"])
    if isinstance(source, AppRef) and isinstance(destination, AppRef):
        return NetworkPolicy(source, destination, protocol, *ports)
    return StalePolicy(source, destination, protocol, *ports)


def _end(value: str | Json, index: Mapping[AppRef, AppRef], by_guid: Mapping[str, AppRef]) -> AppRef | UnknownApp:
    end = end_of(value)
    if isinstance(end, UnknownApp):
        return by_guid.get(end.guid, end)
    return index.get(end.folded) or UnknownApp(str(end))


def _routes(
    spaces: Sequence[tuple[SpaceRef, Json]],
    known: Mapping[SpaceRef, SpaceRef],
    index: Mapping[AppRef, AppRef],
    internal: frozenset[str],
) -> dict[InternalRoute, LiveRoute]:
    """Keep the routes that are names of apps inside: on an internal domain, without a path."""
    routes = {}
    for space, data in spaces:
        for item in data.get("routes") or ():
            if fold(item["domain"]) in internal and "path" not in item:
                shared = (known.get(parse_space_ref(address).folded) for address in item.get("shared_with") or ())
                apps, without_web, unnamed = _mapped(space, item.get("destinations") or (), index)
                routes[internal_route(item["host"], item["domain"])] = LiveRoute(
                    space,
                    apps,
                    frozenset(other for other in shared if other not in {None, space}),
                    unnamed,
                    without_web,
                )
    return routes


def _mapped(
    space: SpaceRef, destinations: Iterable[str | Json], index: Mapping[AppRef, AppRef]
) -> tuple[frozenset[AppRef], frozenset[AppRef], int]:
    """Give the apps that are mapped, those of them without their web process, and how many have no name."""
    mapped = [(index.get(destination_of(space, entry).folded), _process(entry)) for entry in destinations]
    named = frozenset(app for app, _ in mapped if app is not None)
    web = frozenset(app for app, process in mapped if process == WEB)
    return named, named - web, sum(app is None for app, _ in mapped)


def _process(entry: str | Json) -> str:
    return WEB if isinstance(entry, str) else entry.get("process_type", WEB)
