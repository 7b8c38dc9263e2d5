"""What answers look like, as types that JSON is decoded into at once, each field checked on the way.

A field with `UNSET` may be absent but not null. Fields that nothing here reads are not declared, and are passed over.
No shape takes part in cycles, so none is tracked by the garbage collector.
"""

from __future__ import annotations

from typing import Annotated, Generic, TypeVar

from msgspec import UNSET, Meta, Raw, Struct, UnsetType

Text = Annotated[str, Meta(min_length=1)]
Whole = Annotated[int, Meta(ge=-(2**63), le=2**63 - 1)]
Item = TypeVar("Item")


class Identity(Struct, gc=False):
    """A thing by its GUID."""

    guid: Text


class Related(Struct, gc=False):
    """A relationship to one thing."""

    data: Identity


class MaybeRelated(Struct, gc=False):
    """A relationship to one thing, or to none that may be seen."""

    data: Identity | None


class Organization(Struct, gc=False):
    """An organization."""

    guid: Text
    name: Text


class SpaceRelations(Struct, gc=False):
    """Where a space belongs."""

    organization: Related


class Space(Struct, gc=False):
    """A space."""

    guid: Text
    name: Text
    relationships: SpaceRelations


class Metadata(Struct, gc=False):
    """What people wrote about a thing."""

    labels: dict[str, str]


class AppRelations(Struct, gc=False):
    """Where an app belongs."""

    space: Related


class App(Struct, gc=False):
    """An app."""

    guid: Text
    name: Text
    relationships: AppRelations
    metadata: Metadata | UnsetType = UNSET


class Domain(Struct, gc=False):
    """A domain."""

    guid: Text
    name: Text
    internal: bool


class Process(Struct, gc=False):
    """A process of an app, as a destination names it."""

    type: Text


class DestinationApp(Struct, gc=False):
    """The app of a destination."""

    guid: Text
    process: Process | UnsetType = UNSET


class Destination(Struct, gc=False):
    """What is mapped to a route."""

    guid: Text
    app: DestinationApp


class Destinations(Struct, gc=False):
    """All that is mapped to one route."""

    destinations: list[Destination]


class RouteRelations(Struct, gc=False):
    """Where a route belongs."""

    domain: Related
    space: MaybeRelated


class Route(Struct, gc=False):
    """A route. A path that is null or empty is none."""

    guid: Text
    host: str
    destinations: list[Destination]
    relationships: RouteRelations
    path: str | None = None


class RoleRelations(Struct, gc=False):
    """Whose role it is, and where."""

    user: Related
    space: MaybeRelated | UnsetType = UNSET


class Role(Struct, gc=False):
    """A role of a user."""

    guid: Text
    type: Text
    relationships: RoleRelations


class Included(Struct, gc=False):
    """What came along with the rows of a page."""

    spaces: list[Space] = []
    organizations: list[Organization] = []


class Link(Struct, gc=False):
    """An address."""

    href: Text


class Following(Struct, gc=False):
    """Where a page says that the next one is."""

    next: Link | None = None


class Extent(Struct, gc=False):
    """How long a list says it is."""

    total_pages: Whole
    total_results: Whole


class FirstPage(Struct, gc=False):
    """What only the first page of a list has to say."""

    pagination: Extent


class Page(Struct, Generic[Item], gc=False):
    """A page of a list."""

    pagination: Following
    resources: list[Item]
    included: Included | None = None


class PolicySource(Struct, gc=False):
    """Who may open connections."""

    id: str


class PolicyPorts(Struct, gc=False):
    """A range of ports."""

    start: int
    end: int


class PolicyDestination(Struct, gc=False):
    """To whom, and where."""

    id: str
    protocol: str
    ports: PolicyPorts


class Policy(Struct, gc=False):
    """A policy as the policy server shows it."""

    source: PolicySource
    destination: PolicyDestination


class Policies(Struct, gc=False):
    """A list of policies, each left as it was written."""

    policies: list[Raw]


class AllPolicies(Struct, gc=False):
    """The list of all policies, each left as it was written."""

    policies: list[Raw]
    total_policies: Whole
