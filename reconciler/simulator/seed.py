"""From a snapshot, as a file holds it, to a world."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from reconciler.errors import UsageError
from reconciler.model.names import AppRef, SpaceRef, encode_segment, parse_app_ref
from reconciler.simulator.entities import DEFAULT_PORT, Client, User
from reconciler.simulator.faults import read_fault
from reconciler.simulator.policies import Policy, TagsExhaustedError
from reconciler.simulator.settings import read_settings
from reconciler.simulator.timing import nanoseconds
from reconciler.simulator.world import ADMIN_SCOPES, Clock, GuidSource, World, system_clock

if TYPE_CHECKING:
    from reconciler.simulator.entities import App, Organization, Route, Space

DEFAULT_DOMAINS = ({"name": "apps.internal", "internal": True},)
DEFAULT_USERS = ({"name": "admin", "password": "admin", "scopes": list(ADMIN_SCOPES)},)
USER_SCOPES = ("openid", "uaa.user", "cloud_controller.read", "cloud_controller.write", "password.write")
"""What a user of a seed may do unless the seed says so."""


class SeedError(UsageError):
    """A seed that contradicts itself; `problems` names every contradiction."""

    def __init__(self, problems: Sequence[str]) -> None:
        count = len(problems)
        lines = "\n".join(f"  {problem}" for problem in problems)
        super().__init__(f"the seed has {count} problem{'s' if count != 1 else ''}:\n{lines}")
        self.problems = tuple(problems)


def derived_guid(kind: str, *address: object) -> str:
    """Give the GUID of something that a seed names without one: always the same for the same address."""
    path = "/".join(encode_segment(str(part).lower()) for part in address)
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"c2c:{kind}:{path}"))


def build_world(snapshot: Mapping[str, Any], *, now: Clock = system_clock, new_guid: GuidSource | None = None) -> World:
    """Make the world that a snapshot describes. Raise SeedError naming everything that does not fit together."""
    problems: list[str] = []
    settings = read_settings(snapshot.get("settings") or {}, problems)
    seeding = _Seeding(World(settings, now=now, new_guid=new_guid), problems)
    seeding.check_faults(settings.faults)
    seeding.add_domains(snapshot.get("domains") or DEFAULT_DOMAINS)
    for entry in snapshot.get("organizations") or ():
        seeding.add_organization(entry)
    seeding.add_routes()
    seeding.add_users(snapshot.get("users") or DEFAULT_USERS)
    seeding.add_clients(snapshot.get("clients") or ())
    seeding.add_policies(snapshot.get("network_policies") or ())
    if problems:
        raise SeedError(problems)
    return seeding.world


@dataclass(slots=True)
class _Seeding:
    """Fills a world and collects what is wrong. Routes wait until every app is there."""

    world: World
    problems: list[str]
    waiting: list[tuple[SpaceRef, Space, Mapping[str, Any]]] = field(default_factory=list)
    apps: dict[AppRef, str] = field(default_factory=dict)

    def check_faults(self, faults: Sequence[object]) -> None:
        for entry in faults:
            try:
                read_fault(entry)
            except ValueError as error:
                self.problems.append(f"settings: {error}")

    def add_domains(self, entries: Sequence[Mapping[str, Any]]) -> None:
        for entry in entries:
            name = str(entry["name"])
            guid = entry.get("guid") or derived_guid("domain", name)
            try:
                domain = self.world.add_domain(name, internal=bool(entry.get("internal")), guid=guid)
            except ValueError as error:
                self.problems.append(f"domains: {error}")
                continue
            domain.labels = dict(entry.get("labels") or {})

    def add_organization(self, entry: Mapping[str, Any]) -> None:
        name = str(entry["name"])
        try:
            guid = entry.get("guid") or derived_guid("organization", name)
            organization = self.world.add_organization(name, guid=guid)
        except ValueError as error:
            self.problems.append(f"organizations: {error}")
            return
        _describe(organization, entry)
        for space in entry.get("spaces") or ():
            self.add_space(organization, space)

    def add_space(self, organization: Organization, entry: Mapping[str, Any]) -> None:
        ref = SpaceRef(organization.name, str(entry["name"]))
        try:
            guid = entry.get("guid") or derived_guid("space", *ref)
            space = self.world.add_space(organization.guid, ref.space, guid=guid)
        except ValueError as error:
            self.problems.append(f"{ref}: {error}")
            return
        _describe(space, entry)
        for app in entry.get("apps") or ():
            self.add_app(ref, space, app)
        self.waiting.extend((ref, space, route) for route in entry.get("routes") or ())

    def add_app(self, space_ref: SpaceRef, space: Space, entry: Mapping[str, Any]) -> None:
        ref = AppRef(*space_ref, str(entry["name"]))
        try:
            app = self.world.add_app(space.guid, ref.app, guid=entry.get("guid") or derived_guid("app", *ref))
        except ValueError as error:
            self.problems.append(f"{ref}: {error}")
            return
        _describe(app, entry)
        app.state = str(entry.get("state", "STARTED"))
        app.instances = int(entry.get("instances", 1))
        app.lifecycle = str(entry.get("lifecycle", "buildpack"))
        app.environment = {str(key): str(value) for key, value in (entry.get("environment") or {}).items()}
        self.apps[ref.folded] = app.guid

    def add_routes(self) -> None:
        for ref, space, entry in self.waiting:
            self.add_route(ref, space, entry)

    def add_route(self, space_ref: SpaceRef, space: Space, entry: Mapping[str, Any]) -> None:
        host, path, domain_name = str(entry.get("host", "")), str(entry.get("path", "")), str(entry["domain"])
        place = f"{space_ref}: route {host}.{domain_name}{path}"
        domain = self.world.domain_named(domain_name)
        if domain is None:
            self.problems.append(f"{place}: the seed has no domain {domain_name!r}")
            return
        guid = entry.get("guid") or derived_guid("route", host, domain_name, path)
        try:
            route = self.world.add_route(space.guid, domain.guid, host, path, guid=guid)
        except ValueError as error:
            self.problems.append(f"{place}: {error}")
            return
        _describe(route, entry)
        for shared in entry.get("shared_with") or ():
            self.share(place, route, shared)
        for destination in entry.get("destinations") or ():
            self.add_destination(place, route, space_ref, destination)

    def share(self, place: str, route: Route, address: object) -> None:
        space = self.space(address)
        if space is None:
            self.problems.append(f"{place}: the seed has no space {address!r}")
        else:
            self.world.share_route(route, space.guid)

    def add_destination(self, place: str, route: Route, home: SpaceRef, entry: object) -> None:
        details = entry if isinstance(entry, Mapping) else {}
        named = details.get("app") if isinstance(entry, Mapping) and "org" not in entry else entry
        address = f"{home}/{encode_segment(named)}" if isinstance(named, str) and "/" not in named else named
        app = self.world.apps.get(self.end(address, place) or "")
        if app is None:
            return
        default = DEFAULT_PORT if app.lifecycle == "buildpack" else None
        port, kind = details.get("port", default), str(details.get("process_type", "web"))
        guid = details.get("guid") or derived_guid("destination", route.guid, app.guid, kind, port)
        try:
            self.world.add_destination(
                route, app.guid, process_type=kind, port=port, protocol=details.get("protocol", "http1"), guid=guid
            )
        except ValueError:
            self.problems.append(f"{place}: the destination {named!r} is there twice")
            return
        if port is not None and port not in app.ports:
            app.ports.append(port)

    def add_users(self, entries: Sequence[Mapping[str, Any]]) -> None:
        for entry in entries:
            name = str(entry["name"])
            if name in self.world.users:
                self.problems.append(f"users: user {name!r} exists already")
                continue
            guid = str(entry.get("guid") or derived_guid("user", name))
            scopes = tuple(entry.get("scopes") or USER_SCOPES)
            self.world.add_user(User(guid, name, str(entry.get("password", "")), scopes))
            self.add_roles(f"user {name!r}", guid, entry)

    def add_clients(self, entries: Sequence[Mapping[str, Any]]) -> None:
        for entry in entries:
            client_id = str(entry["id"])
            if client_id in self.world.clients:
                self.problems.append(f"clients: client {client_id!r} exists already")
                continue
            self.world.add_client(Client(client_id, str(entry.get("secret", "")), tuple(entry.get("scopes") or ())))
            self.add_roles(f"client {client_id!r}", client_id, entry)

    def add_roles(self, place: str, user: str, entry: Mapping[str, Any]) -> None:
        for address in entry.get("space_developer") or ():
            space = self.space(address)
            if space is None:
                self.problems.append(f"{place}: the seed has no space {address!r}")
            else:
                self.world.make_space_developer(user, space.guid, guid=derived_guid("role", user, space.guid))

    def add_policies(self, entries: Sequence[Mapping[str, Any]]) -> None:
        policies: list[Policy] = []
        for index, entry in enumerate(entries):
            place = f"network_policies[{index}]"
            source, destination = (self.end(entry[name], place) for name in ("source", "destination"))
            ports = _ports(entry["ports"])
            if ports is None:
                self.problems.append(f"{place}: {entry['ports']!r} is not a port or a range of ports")
            elif source and destination:
                policies.append((source, destination, str(entry.get("protocol", "tcp")), *ports))
        try:
            if policies:
                self.world.policies.add(policies, nanoseconds(self.world.now()))
        except TagsExhaustedError:
            self.problems.append(
                f"network_policies: more apps than there are tags ({self.world.policies.tags.capacity})"
            )

    def end(self, value: object, place: str) -> str | None:
        """Find the GUID of an app that something names."""
        if isinstance(value, Mapping) and "guid" in value:
            return str(value["guid"])
        ref = _app_ref(value)
        if ref is None:
            self.problems.append(f"{place}: {value!r} is not an app address (org/space/app)")
            return None
        guid = self.apps.get(ref.folded)
        if guid is None:
            self.problems.append(f"{place}: the seed has no app {ref}")
        return guid

    def space(self, address: object) -> Space | None:
        # An app address one segment longer is read by the same rules for escapes.
        ref = _app_ref(f"{address}/any") if isinstance(address, str) else None
        organization = self.world.organization_named(ref.org) if ref else None
        return self.world.space_named(organization.guid, ref.space) if ref and organization else None


def _describe(item: Organization | Space | App | Route, entry: Mapping[str, Any]) -> None:
    item.labels = dict(entry.get("labels") or {})
    item.annotations = dict(entry.get("annotations") or {})


def _app_ref(value: object) -> AppRef | None:
    if isinstance(value, Mapping):
        names = [value.get(name) for name in AppRef._fields]
        return AppRef(*map(str, names)) if all(names) else None
    try:
        return parse_app_ref(value) if isinstance(value, str) else None
    except ValueError:
        return None


def _ports(value: object) -> tuple[int, int] | None:
    if isinstance(value, Mapping):
        value = f"{value.get('start')}-{value.get('end')}"
    first, dash, last = str(value).partition("-")
    if not first.isdigit() or (dash and not last.isdigit()):
        return None
    return int(first), int(last if dash else first)
