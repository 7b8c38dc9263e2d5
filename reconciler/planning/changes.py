"""What a plan is made of: single changes to single things, each with its reason and its manifest lines."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from reconciler.model.desired import Kind, Origins

if TYPE_CHECKING:
    from reconciler.model.environment import EnvironmentVariable
    from reconciler.model.names import SpaceRef
    from reconciler.model.policy import NetworkPolicy
    from reconciler.model.ports import TlsMode
    from reconciler.model.route import InternalRoute, RouteDestination


class Reason(StrEnum):
    """Why a change is in the plan."""

    DECLARED = "declared"
    UNDECLARED = "undeclared"
    EXPIRED = "expired"
    APP_RECREATED = "app_recreated"
    TLS_CHANGED = "tls_changed"
    PORTS_CHANGED = "ports_changed"
    VALUE_CHANGED = "value_changed"
    TRUST_REMOVED = "trust_removed"
    NO_DESTINATIONS = "no_destinations"
    ROLLED_BACK = "rolled_back"


class PolicyRule(NamedTuple):
    """A network policy, with the TLS mode where it is known."""

    policy: NetworkPolicy
    tls: TlsMode | None

    @property
    def kind(self) -> Kind:
        """The kind of thing that a change to this item changes."""
        return Kind.NETWORK_POLICY

    @property
    def address(self) -> str:
        """The address under which reports show the item."""
        return str(self.policy)

    @property
    def home(self) -> SpaceRef:
        """The space under which reports group the item."""
        return self.policy.destination.space_ref


class OwnedRoute(NamedTuple):
    """An internal route and the space that owns it."""

    route: InternalRoute
    space: SpaceRef

    @property
    def kind(self) -> Kind:
        """The kind of thing that a change to this item changes."""
        return Kind.INTERNAL_ROUTE

    @property
    def address(self) -> str:
        """The address under which reports show the item."""
        return str(self.route)

    @property
    def home(self) -> SpaceRef:
        """The space under which reports group the item."""
        return self.space


class MappedApp(NamedTuple):
    """An app that answers under an internal route."""

    destination: RouteDestination

    @property
    def kind(self) -> Kind:
        """The kind of thing that a change to this item changes."""
        return Kind.ROUTE_DESTINATION

    @property
    def address(self) -> str:
        """The address under which reports show the item."""
        return str(self.destination)

    @property
    def home(self) -> SpaceRef:
        """The space under which reports group the item."""
        return self.destination.app.space_ref


class VariableSetting(NamedTuple):
    """A value of a governed environment variable."""

    variable: EnvironmentVariable
    value: str

    @property
    def kind(self) -> Kind:
        """The kind of thing that a change to this item changes."""
        return Kind.ENVIRONMENT

    @property
    def address(self) -> str:
        """The address under which reports show the item."""
        return str(self.variable)

    @property
    def home(self) -> SpaceRef:
        """The space under which reports group the item."""
        return self.variable.app.space_ref


Item = PolicyRule | OwnedRoute | MappedApp | VariableSetting


@dataclass(frozen=True, slots=True)
class Create:
    """Something is missing on the platform."""

    after: Item
    reason: Reason
    origins: Origins

    action = "create"
    before = None

    @property
    def item(self) -> Item:
        """The item that gives the change its kind, address and place in a report."""
        return self.after


@dataclass(frozen=True, slots=True)
class Replace:
    """Something is there with other contents: `after` is put up first, then `before` is taken down."""

    before: Item
    after: Item
    reason: Reason
    origins: Origins

    action = "replace"

    @property
    def item(self) -> Item:
        """The item that gives the change its kind, address and place in a report."""
        return self.after


@dataclass(frozen=True, slots=True)
class Delete:
    """Something is on the platform, is ours, and is not wanted."""

    before: Item
    reason: Reason
    origins: Origins

    action = "delete"
    after = None

    @property
    def item(self) -> Item:
        """The item that gives the change its kind, address and place in a report."""
        return self.before


Change = Create | Replace | Delete

_UP = (Kind.NETWORK_POLICY, Kind.INTERNAL_ROUTE, Kind.ROUTE_DESTINATION, Kind.ENVIRONMENT)
_DOWN = (Kind.NETWORK_POLICY, Kind.ROUTE_DESTINATION, Kind.INTERNAL_ROUTE, Kind.ENVIRONMENT)


def change_order(change: Change) -> tuple[SpaceRef, bool, int, tuple[str, ...], str]:
    """Order changes by space, then policies before the rest, each by what it is about; the same on every run.

    Below the policies, a route stands before the apps that are mapped to it and after those that are unmapped.
    """
    item = change.item
    subject: tuple[str, ...] = (item.address,)
    if isinstance(item, PolicyRule):
        policy = item.policy
        subject = (str(policy.destination), str(policy.source), policy.protocol, f"{policy.start:05}-{policy.end:05}")
    kinds = _DOWN if isinstance(change, Delete) else _UP
    return (item.home, not isinstance(item, PolicyRule), kinds.index(item.kind), subject, change.action)
