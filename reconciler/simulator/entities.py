"""What the Cloud Controller and UAA databases hold."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

DEFAULT_PORT = 8080
"""Where buildpack apps listen unless told otherwise.

Source: cloud_controller_ng `app/models/runtime/process_model.rb`.
"""

DEFAULT_QUOTA = "5c5c5c5c-0000-4000-8000-000000000001"
"""The GUID of the organization quota named `default`."""


@dataclass(slots=True)
class Resource:
    """What every resource of the v3 API has. `serial` is the database id: lists are in this order."""

    guid: str
    serial: int
    created_at: str
    updated_at: str


@dataclass(slots=True)
class Labelled(Resource):
    """A resource with metadata."""

    labels: dict[str, str] = field(default_factory=dict)
    annotations: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Organization(Labelled):
    """An organization. `quota` is the GUID of its organization quota; every organization has one."""

    name: str = ""
    suspended: bool = False
    quota: str = DEFAULT_QUOTA


@dataclass(slots=True)
class Space(Labelled):
    """A space."""

    name: str = ""
    organization: str = ""


@dataclass(slots=True)
class App(Labelled):
    """An app and its `web` process.

    `ports` are what its running containers expose, see `World.restart`; `image_port` is what the image of a docker app
    names.
    """

    name: str = ""
    space: str = ""
    state: str = "STARTED"
    lifecycle: str = "buildpack"
    instances: int = 1
    environment: dict[str, str] = field(default_factory=dict)
    ports: list[int] = field(default_factory=lambda: [DEFAULT_PORT])
    image_port: int = DEFAULT_PORT


@dataclass(slots=True)
class Domain(Labelled):
    """A domain; without an organization it is shared by all of them."""

    name: str = ""
    internal: bool = False
    organization: str | None = None


@dataclass(slots=True)
class Destination:
    """An app behind a route. `port` is None where the app's image decides (docker and cnb apps)."""

    guid: str
    app: str
    process_type: str
    port: int | None
    protocol: str
    created_at: str
    updated_at: str

    @property
    def key(self) -> tuple[str, str, int | None]:
        """What tells one destination of a route from another."""
        return (self.app, self.process_type, self.port)


@dataclass(slots=True)
class Route(Labelled):
    """A route; `destinations` by their GUID, `shared_spaces` are others that may map it."""

    host: str = ""
    path: str = ""
    port: int | None = None
    domain: str = ""
    space: str = ""
    destinations: dict[str, Destination] = field(default_factory=dict)
    shared_spaces: list[str] = field(default_factory=list)

    @property
    def address(self) -> tuple[str, str, str, int | None]:
        """What must be unique in a foundation; hosts are compared without regard to case."""
        return (self.domain, self.host.lower(), self.path.lower(), self.port)


@dataclass(slots=True)
class Job(Resource):
    """An asynchronous operation. `work` happens when the job completes."""

    operation: str = ""
    state: str = "PROCESSING"
    polls_left: int = 0
    ready_at: float = 0.0
    fails: bool = False
    work: Callable[[], None] | None = None
    errors: list[dict[str, Any]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class User:
    """A person who signs in with a password."""

    guid: str
    name: str
    password: str
    scopes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Client:
    """A machine that signs in with client credentials; its `sub` is its id."""

    client_id: str
    secret: str
    scopes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Role:
    """A user or client that is space developer in a space."""

    guid: str
    serial: int
    created_at: str
    user: str
    space: str
    type: str = "space_developer"
