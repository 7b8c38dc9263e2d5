"""From a snapshot, as a file holds it, to a world."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from reconciler.errors import UsageError
from reconciler.model.names import AppRef, SpaceRef, fold
from reconciler.simulator.addresses import app_ref, destination_ref, port_range, space_ref
from reconciler.simulator.derived import default_port, derived_guid, destination_guid
from reconciler.simulator.entities import Client, User
from reconciler.simulator.faults import read_fault
from reconciler.simulator.policy_server.store import Policy, TagsExhaustedError
from reconciler.simulator.settings import read_settings
from reconciler.simulator.timing import nanoseconds
from reconciler.simulator.world import ADMIN_SCOPES, Clock, World, system_clock

if TYPE_CHECKING:
    from reconciler.simulator.entities import App, Domain, Organization, Route, Space

DEFAULT_DOMAINS = ({"name": "apps.internal", "internal": True},)
DEFAULT_USERS = ({"name": "admin", "password": "admin", "scopes": list(ADMIN_SCOPES)},)
USER_SCOPES = ("openid", "uaa.user", "cloud_controller.read", "cloud_controller.write", "password.write")
"""What a user of a seed may do unless the seed says so."""


class SeedError(UsageError):
    """A seed that contradicts itself; `details` names every contradiction."""

    def __init__(self, problems: Sequence[str]) -> None:
        count = len(problems)
        super().__init__(f"the seed has {count} problem{'s' if count != 1 else ''}", details=tuple(problems))


def build_world(snapshot: Mapping[str, Any], *, now: Clock = system_clock) -> World:
    """Make the world that a snapshot describes. Raise SeedError naming everything that does not fit together."""
    problems: list[str] = []
    settings = read_settings(snapshot.get("settings") or {}, problems)
    seeding = _Seeding(World(settings, now=now), problems)
    seeding.check_faults(settings.faults)
    seeding.add_domains(snapshot.get("domains", DEFAULT_DOMAINS))
    for entry in snapshot.get("organizations") or ():
        seeding.add_organization(entry)
    seeding.add_routes()
    seeding.add_users(snapshot.get("users") or DEFAULT_USERS)
    seeding.add_clients(snapshot.get("clients") or ())
    seeding.add_policies(snapshot.get("network_policies") or ())
    if problems:
        raise SeedError(problems)
    for app in seeding.world.apps.values():
        seeding.world.restart(app)
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
            guid = entry.get("guid") or derived_guid("domain", fold(name))
            try:
                domain = self.world.add_domain(name, internal=bool(entry.get("internal")), guid=guid)
            except ValueError as error:
                self.problems.append(f"domains: {error}")
                continue
            _describe(domain, entry)

    def add_organization(self, entry: Mapping[str, Any]) -> None:
        name = str(entry["name"])
        try:
            guid = entry.get("guid") or derived_guid("organization", fold(name))
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
            guid = entry.get("guid") or derived_guid("space", *ref.folded)
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
            app = self.world.add_app(space.guid, ref.app, guid=entry.get("guid") or derived_guid("app", *ref.folded))
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
        guid = entry.get("guid") or derived_guid("route", *map(fold, (host, domain_name, path)))
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
        elif space.guid != route.space:
            self.world.share_route(route, space.guid)

    def add_destination(self, place: str, route: Route, home: SpaceRef, entry: object) -> None:
        details = entry if isinstance(entry, Mapping) else {}
        app = self.world.apps.get(self.app_guid(destination_ref(entry, home), entry, place) or "")
        if app is None:
            return
        port, kind = details.get("port", default_port(app)), str(details.get("process_type", "web"))
        port = None if port is None else int(port)
        guid = details.get("guid") or destination_guid(route, app, kind, port)
        protocol = str(details.get("protocol", "http1"))
        key = (app.guid, kind, port)
        if guid in route.destinations or any(item.key == key for item in route.destinations.values()):
            self.problems.append(f"{place}: the destination {app.name!r} is there twice")
            return
        self.world.add_destination(route, app.guid, process_type=kind, port=port, protocol=protocol, guid=guid)

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
            ports = port_range(entry["ports"])
            if ports is None:
                self.problems.append(
                    f"{place}: {entry['ports']!r} is not a port, nor a range of ports that runs upwards"
                )
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
        """Find the GUID of an app at the end of a policy."""
        if isinstance(value, Mapping) and "guid" in value:
            return str(value["guid"])
        return self.app_guid(app_ref(value), value, place)

    def app_guid(self, ref: AppRef | None, value: object, place: str) -> str | None:
        """Find the GUID of an app; `value` is how the seed names it."""
        if ref is None:
            self.problems.append(f"{place}: {value!r} is not an app address (org/space/app)")
            return None
        guid = self.apps.get(ref.folded)
        if guid is None:
            self.problems.append(f"{place}: the seed has no app {ref}")
        return guid

    def space(self, address: object) -> Space | None:
        ref = space_ref(address)
        organization = self.world.organization_named(ref.org) if ref else None
        return self.world.space_named(organization.guid, ref.space) if ref and organization else None


def _describe(item: Domain | Organization | Space | App | Route, entry: Mapping[str, Any]) -> None:
    item.labels = dict(entry.get("labels") or {})
    item.annotations = dict(entry.get("annotations") or {})
