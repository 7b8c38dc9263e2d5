"""The state of a foundation: mutable, without input or output, and without a clock or randomness of its own."""

from __future__ import annotations

import random
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from itertools import count
from typing import TypeVar

from reconciler.model.names import fold
from reconciler.simulator.entities import (
    App,
    Client,
    Destination,
    Domain,
    Job,
    Organization,
    Resource,
    Role,
    Route,
    Space,
    User,
)
from reconciler.simulator.policy_server.store import PolicyStore
from reconciler.simulator.settings import Settings

Clock = Callable[[], datetime]
AnyResource = TypeVar("AnyResource", bound=Resource)
_Key = TypeVar("_Key")

ADMIN_SCOPES = (
    "openid",
    "uaa.user",
    "cloud_controller.read",
    "cloud_controller.write",
    "cloud_controller.admin",
    "network.admin",
    "network.write",
    "password.write",
)
"""What the admin of a new foundation may do."""


def system_clock() -> datetime:
    """Tell the time of the machine."""
    return datetime.now(UTC)


def _guids() -> Callable[[], str]:
    """Give random-looking GUIDs that are the same on every run."""
    source = random.Random(0)  # noqa: S311  # repeatable on purpose
    return lambda: str(uuid.UUID(int=source.getrandbits(128), version=4))


def timestamp(moment: datetime) -> str:
    """Write a time as Cloud Controller does."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


class World:
    """Organizations, spaces, apps, domains, routes, jobs, users, roles and policies, with the indexes they need.

    Read the public dicts freely; change them only through the methods, which keep the indexes true. Names are
    compared without regard to case, as Cloud Controller does.
    """

    def __init__(self, settings: Settings | None = None, *, now: Clock = system_clock) -> None:
        self.settings = settings or Settings()
        self.now = now
        self.new_guid = _guids()
        self.started_at = now()
        self.policies = PolicyStore(self.settings.tag_length)
        self.organizations: dict[str, Organization] = {}
        self.spaces: dict[str, Space] = {}
        self.apps: dict[str, App] = {}
        self.domains: dict[str, Domain] = {}
        self.routes: dict[str, Route] = {}
        self.jobs: dict[str, Job] = {}
        self.users: dict[str, User] = {}
        self.clients: dict[str, Client] = {}
        self.roles: dict[tuple[str, str], Role] = {}
        self.cc_users: set[str] = set()
        self._serials = count(1)
        self._organization_names: dict[str, str] = {}
        self._domain_names: dict[str, str] = {}
        self._space_names: dict[tuple[str, str], str] = {}
        self._app_names: dict[tuple[str, str], str] = {}
        self._apps_named: dict[str, set[str]] = {}
        self._spaces_in: dict[str, dict[str, None]] = {}
        self._apps_in: dict[str, dict[str, None]] = {}
        self._routes_in: dict[str, dict[str, None]] = {}
        self._routes_at: dict[tuple[str, str, str, int | None], str] = {}
        self._routes_hosted: dict[str, dict[str, None]] = {}
        self._routes_of: dict[str, dict[str, None]] = {}
        self._developer_spaces: dict[str, dict[str, None]] = {}

    def next_serial(self) -> int:
        """Give the next database id."""
        return next(self._serials)

    def stamp(self) -> str:
        """Give the time now, as Cloud Controller writes it."""
        return timestamp(self.now())

    # Organizations and spaces

    def add_organization(self, name: str, *, guid: str | None = None) -> Organization:
        """Make an organization. Raise ValueError if its name or GUID is taken."""
        _require_free(self._organization_names, fold(name), f"organization {name!r}")
        organization = Organization(*self._identity(guid, self.organizations), name=name)
        self._organization_names[fold(name)] = organization.guid
        self.organizations[organization.guid] = organization
        self._spaces_in[organization.guid] = {}
        return organization

    def add_space(self, organization: str, name: str, *, guid: str | None = None) -> Space:
        """Make a space in the organization of that GUID. Raise ValueError if its name or GUID is taken."""
        _require_free(self._space_names, (organization, fold(name)), f"space {name!r}")
        space = Space(*self._identity(guid, self.spaces), name=name, organization=organization)
        self._space_names[organization, fold(name)] = space.guid
        self.spaces[space.guid] = space
        self._spaces_in[organization][space.guid] = None
        self._apps_in[space.guid] = {}
        self._routes_in[space.guid] = {}
        return space

    def organization_named(self, name: str) -> Organization | None:
        """Find an organization."""
        return self.organizations.get(self._organization_names.get(fold(name), ""))

    def space_named(self, organization: str, name: str) -> Space | None:
        """Find a space of the organization of that GUID."""
        return self.spaces.get(self._space_names.get((organization, fold(name)), ""))

    def spaces_in(self, organization: str) -> Iterator[Space]:
        """Give the spaces of an organization."""
        return (self.spaces[guid] for guid in self._spaces_in.get(organization, ()))

    # Apps

    def add_app(self, space: str, name: str, *, guid: str | None = None) -> App:
        """Make a started app in the space of that GUID. Raise ValueError if its name or GUID is taken."""
        _require_free(self._app_names, (space, fold(name)), f"app {name!r}")
        app = App(*self._identity(guid, self.apps), name=name, space=space)
        self._app_names[space, fold(name)] = app.guid
        self.apps[app.guid] = app
        self._apps_in[space][app.guid] = None
        self._apps_named.setdefault(fold(name), set()).add(app.guid)
        return app

    def rename_app(self, app: App, name: str) -> None:
        """Give an app another name. Raise ValueError if it is taken in the space."""
        if fold(name) != fold(app.name):
            _require_free(self._app_names, (app.space, fold(name)), f"app {name!r}")
            self._app_names[app.space, fold(name)] = app.guid
            del self._app_names[app.space, fold(app.name)]
            self._apps_named[fold(app.name)].discard(app.guid)
            self._apps_named.setdefault(fold(name), set()).add(app.guid)
        app.name = name

    def delete_app(self, guid: str) -> None:
        """Delete an app and its destinations; its routes and policies stay.

        Source: cloud_controller_ng `app/actions/app_delete.rb`.
        """
        app = self.apps.pop(guid, None)
        if app is None:
            return
        for route in list(self.routes_of(guid)):
            for destination in [item for item in route.destinations.values() if item.app == guid]:
                self.remove_destination(route, destination.guid)
        self._routes_of.pop(guid, None)
        del self._app_names[app.space, fold(app.name)]
        self._apps_named[fold(app.name)].discard(guid)
        del self._apps_in[app.space][guid]

    def restart(self, app: App) -> None:
        """Give an app new containers, which expose the ports that its routes ask for by now.

        Source: cloud_controller_ng `lib/cloud_controller/process_route_handler.rb`.
        """
        mapped = (item for route in self.routes_of(app.guid) for item in route.destinations.values())
        asked = (item.port for item in mapped if item.app == app.guid and item.process_type == "web")
        app.ports = list(dict.fromkeys(port for port in asked if port is not None)) or [app.image_port]

    def app_named(self, space: str, name: str) -> App | None:
        """Find an app in the space of that GUID."""
        return self.apps.get(self._app_names.get((space, fold(name)), ""))

    def apps_named(self, names: Iterable[str]) -> Iterator[App]:
        """Find the apps with one of the names in any space."""
        return (self.apps[guid] for name in names for guid in self._apps_named.get(fold(name), ()))

    def apps_in(self, space: str) -> Iterator[App]:
        """Give the apps of a space."""
        return (self.apps[guid] for guid in self._apps_in.get(space, ()))

    # Domains and routes

    def add_domain(self, name: str, *, internal: bool = False, guid: str | None = None) -> Domain:
        """Make a shared domain. Raise ValueError if its name or GUID is taken."""
        _require_free(self._domain_names, fold(name), f"domain {name!r}")
        domain = Domain(*self._identity(guid, self.domains), name=name, internal=internal)
        self._domain_names[fold(name)] = domain.guid
        self.domains[domain.guid] = domain
        return domain

    def delete_domain(self, guid: str) -> None:
        """Delete a domain with its routes."""
        domain = self.domains.pop(guid, None)
        if domain is not None:
            for route in [item for item in self.routes.values() if item.domain == guid]:
                self.delete_route(route.guid)
            del self._domain_names[fold(domain.name)]

    def domain_named(self, name: str) -> Domain | None:
        """Find a domain."""
        return self.domains.get(self._domain_names.get(fold(name), ""))

    def add_route(self, space: str, domain: str, host: str, path: str = "", *, guid: str | None = None) -> Route:
        """Make a route that the space owns. Raise ValueError if the foundation has it already."""
        address = (domain, host.lower(), path.lower(), None)
        _require_free(self._routes_at, address, f"route {host!r}")
        route = Route(*self._identity(guid, self.routes), host=host, path=path, domain=domain, space=space)
        self._routes_at[address] = route.guid
        self.routes[route.guid] = route
        self._routes_in[space][route.guid] = None
        self._routes_hosted.setdefault(host.lower(), {})[route.guid] = None
        return route

    def delete_route(self, guid: str) -> None:
        """Delete a route and its destinations."""
        route = self.routes.get(guid)
        if route is None:
            return
        for destination in list(route.destinations):
            self.remove_destination(route, destination)
        del self.routes[guid]
        del self._routes_at[route.address]
        del self._routes_in[route.space][guid]
        del self._routes_hosted[route.host.lower()][guid]
        for space in route.shared_spaces:
            self._routes_in[space].pop(guid, None)

    def share_route(self, route: Route, space: str) -> None:
        """Let another space map the route."""
        if space not in route.shared_spaces:
            route.shared_spaces.append(space)
            self._routes_in[space][route.guid] = None

    def unshare_route(self, route: Route, space: str) -> None:
        """Take a share back."""
        route.shared_spaces.remove(space)
        self._routes_in[space].pop(route.guid, None)

    def route_at(self, domain: str, host: str, path: str = "", port: int | None = None) -> Route | None:
        """Find the route with that address, whoever owns it."""
        return self.routes.get(self._routes_at.get((domain, host.lower(), path.lower(), port), ""))

    def routes_in(self, space: str) -> Iterator[Route]:
        """Give the routes that a space owns or shares."""
        return (self.routes[guid] for guid in self._routes_in.get(space, ()))

    def routes_hosted(self, hosts: Iterable[str]) -> Iterator[Route]:
        """Give the routes with one of the hosts, on any domain."""
        return (self.routes[guid] for host in hosts for guid in self._routes_hosted.get(host.lower(), ()))

    def routes_of(self, app: str) -> Iterator[Route]:
        """Give the routes that lead to an app."""
        return (self.routes[guid] for guid in self._routes_of.get(app, ()))

    def add_destination(
        self,
        route: Route,
        app: str,
        *,
        process_type: str = "web",
        port: int | None = None,
        protocol: str = "http1",
        guid: str | None = None,
    ) -> Destination:
        """Map an app to a route. Raise ValueError if the GUID is taken on this route."""
        at = self.stamp()
        guid = guid or self.new_guid()
        if guid in route.destinations:
            raise ValueError(f"the GUID {guid} is taken")
        destination = Destination(guid, app, process_type, port, protocol, at, at)
        route.destinations[guid] = destination
        self._routes_of.setdefault(app, {})[route.guid] = None
        return destination

    def remove_destination(self, route: Route, guid: str) -> None:
        """Unmap an app from a route."""
        app = route.destinations.pop(guid).app
        if all(item.app != app for item in route.destinations.values()):
            self._routes_of[app].pop(route.guid, None)

    # People, machines and their roles

    def add_user(self, user: User) -> None:
        """Make a user known to UAA and Cloud Controller."""
        self.users[user.name] = user
        self.cc_users.add(user.guid)

    def add_client(self, client: Client) -> None:
        """Make a client known to UAA. Cloud Controller learns about it with its first role."""
        self.clients[client.client_id] = client

    def make_space_developer(self, user: str, space: str, *, guid: str | None = None) -> Role:
        """Give a user, by GUID or client id, the role of a space developer."""
        role = Role(guid or self.new_guid(), self.next_serial(), self.stamp(), user, space)
        self.roles[user, space] = role
        self.cc_users.add(user)
        self._developer_spaces.setdefault(user, {})[space] = None
        return role

    def end_space_developer(self, user: str, space: str) -> None:
        """Take the role away."""
        if self.roles.pop((user, space), None) is not None:
            del self._developer_spaces[user][space]

    def developer_spaces(self, user: str) -> Iterable[str]:
        """Give the GUIDs of the spaces in which the user is space developer."""
        return self._developer_spaces.get(user, {}).keys()

    # Jobs

    def add_job(self, operation: str, work: Callable[[], None], *, fails: bool = False) -> Job:
        """Start a job; see `Settings.job_polls` and `Settings.job_seconds` for when it completes."""
        job = Job(*self._identity(None, self.jobs), operation=operation, work=work, fails=fails)
        job.polls_left = self.settings.job_polls
        job.ready_at = self.now().timestamp() + self.settings.job_seconds
        self.jobs[job.guid] = job
        self.settle(job)
        return job

    def settle(self, job: Job) -> None:
        """Complete the job if its time has come."""
        if job.state != "PROCESSING" or job.polls_left > 0 or self.now().timestamp() < job.ready_at:
            return
        job.updated_at = self.stamp()
        job.state = "FAILED" if job.fails else "COMPLETE"
        if job.work is not None and not job.fails:
            job.work()
        job.work = None

    def settle_jobs(self) -> None:
        """Complete every job whose time has come."""
        for job in self.jobs.values():
            if job.state == "PROCESSING":
                self.settle(job)

    def _identity(self, guid: str | None, taken: dict[str, AnyResource]) -> tuple[str, int, str, str]:
        chosen = guid or self.new_guid()
        if chosen in taken:
            raise ValueError(f"the GUID {chosen} is taken")
        at = self.stamp()
        return chosen, self.next_serial(), at, at


def _require_free(index: Mapping[_Key, str], key: _Key, what: str) -> None:
    if key in index:
        raise ValueError(f"{what} exists already")
