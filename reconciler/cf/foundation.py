"""Cloud Foundry as a platform: one reading, then single writes by the names of that reading."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Self

from reconciler.cf.api import Api
from reconciler.cf.auth import TokenSource
from reconciler.cf.caller import read_caller
from reconciler.cf.cloud_controller import CloudController
from reconciler.cf.directory import Directory
from reconciler.cf.environments import read_environments
from reconciler.cf.http import Http, HttpSettings
from reconciler.cf.live import live_state
from reconciler.cf.paging import PAGE_SIZE
from reconciler.cf.policy_list import PolicyRow
from reconciler.cf.policy_server import PolicyServer
from reconciler.cf.root import Root, read_root
from reconciler.cf.route_writes import RouteWrites
from reconciler.cf.survey import survey
from reconciler.cf.uaa import Uaa
from reconciler.model.platform import Platform
from reconciler.wire.secrecy import Secrets, discreet

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from reconciler.cf.claims import Claims
    from reconciler.cf.credentials import Credentials
    from reconciler.cf.target import Target
    from reconciler.model.live import LiveState
    from reconciler.model.names import AppRef, SpaceRef
    from reconciler.model.policy import NetworkPolicy
    from reconciler.model.route import InternalRoute, RouteDestination
    from reconciler.model.scope import ReadSet


@dataclass(frozen=True, slots=True)
class FoundationSettings:
    """How to work with a foundation. `pause` waits for jobs, in seconds; `page_size` is for tests of paging."""

    http: HttpSettings = field(default_factory=HttpSettings)
    page_size: int = PAGE_SIZE
    pause: Callable[[float], None] = time.sleep


class CloudFoundry(Platform):
    """One foundation, as one caller.

    Nothing is sent before it is needed; use it as a context manager, or call `close`, to end the connections.
    No error that leaves it shows one of the caller's `secrets`, whatever part of it a server supplied.
    """

    def __init__(self, api_url: str, credentials: Credentials, settings: FoundationSettings | None = None) -> None:
        self._settings = settings or FoundationSettings()
        self._api_url = api_url
        self._http = Http(self._settings.http)
        self._root: Root | None = None
        self.secrets = Secrets()
        uaa = Uaa(self._http, lambda: self.root.uaa, self.secrets)
        self._tokens = TokenSource(credentials, uaa.grant, self._settings.http.now, self.secrets)
        self._api = Api(self._http, api_url, lambda: self.root, self._tokens)
        self._controller = CloudController(self._api, self._settings.page_size)
        self._policies = PolicyServer(self._api)
        self._directory = Directory()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the connections."""
        self._http.close()

    @property
    @discreet
    def root(self) -> Root:
        """Where the foundation says its parts are; read once."""
        if self._root is None:
            skip = self._settings.http.skip_ssl_validation
            self._root = read_root(self._http, self._api_url, skip_ssl_validation=skip)
        return self._root

    @discreet
    def claims(self) -> Claims:
        """Read what the caller's token says; fetches one if there is none yet."""
        return self._tokens.claims()

    @discreet
    def fetch(self, read_set: ReadSet) -> LiveState:
        """Read the platform, and take its names as those of all writes that follow."""
        _ = self.root
        taken_at = datetime.fromtimestamp(self._settings.http.now(), UTC)
        found = survey(self._controller, self._policies, read_set)
        environments = read_environments(self._controller, found.directory, read_set)
        caller = read_caller(self.claims(), self._controller, self._policies, found.directory.spaces)
        self._directory = found.directory
        return live_state(self._api_url, taken_at, found, environments, caller)

    @discreet
    def create_policies(self, policies: Sequence[NetworkPolicy]) -> None:
        """Add policies in one transaction."""
        self._policies.create(self._rows(policies))

    @discreet
    def delete_policies(self, policies: Sequence[NetworkPolicy]) -> None:
        """Remove policies in one transaction."""
        self._policies.delete(self._rows(policies))

    @discreet
    def create_route(self, route: InternalRoute, space: SpaceRef) -> None:
        """Make an internal route; see `RouteWrites.create`."""
        self._routes.create(route, space)

    @discreet
    def add_destination(self, destination: RouteDestination) -> None:
        """Map an app's web process to a route, without a port."""
        self._routes.add(destination.route, destination.app)

    @discreet
    def remove_destination(self, destination: RouteDestination) -> None:
        """Unmap all processes of an app from a route."""
        self._routes.remove(destination.route, destination.app)

    @discreet
    def delete_route(self, route: InternalRoute, apps: Sequence[AppRef]) -> bool:
        """Delete a route with these apps mapped to it; see `RouteWrites.delete`."""
        return self._routes.delete(route, apps)

    @discreet
    def set_environment(self, app: AppRef, variables: Mapping[str, str | None]) -> None:
        """Merge variables into an app's environment; the app sees them after its next restart."""
        if variables:
            self._controller.set_environment(self._directory.app_guid(app), variables)

    @discreet
    def clean_up(self) -> int:
        """Have the server remove the policies of deleted apps now; it does so every hour by itself."""
        return self._policies.clean_up()

    @property
    def _routes(self) -> RouteWrites:
        return RouteWrites(self._controller, self._directory, self._settings.pause)

    def _rows(self, policies: Sequence[NetworkPolicy]) -> list[PolicyRow]:
        guid = self._directory.app_guid
        return [
            PolicyRow(guid(item.source), guid(item.destination), item.protocol, item.start, item.end)
            for item in policies
        ]


def connect(target: Target, settings: FoundationSettings | None = None) -> CloudFoundry:
    """Make the client for a resolved target. Its TLS choices win over those in the settings."""
    return CloudFoundry(target.api_url, target.credentials, settings_for(target, settings or FoundationSettings()))


def settings_for(target: Target, settings: FoundationSettings) -> FoundationSettings:
    """Give settings the TLS choices of a target."""
    http = replace(settings.http, ca_file=target.ca_file, skip_ssl_validation=target.skip_ssl_validation)
    return replace(settings, http=http)
