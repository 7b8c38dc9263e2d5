"""The desired state: what the manifests mean for the apps that exist now."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from reconciler.diagnostics import Span
from reconciler.model.policies import PolicyMap

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from reconciler.diagnostics import Place
    from reconciler.model.environment import EnvironmentVariable
    from reconciler.model.names import SpaceRef
    from reconciler.model.ports import TlsMode
    from reconciler.model.route import InternalRoute, RouteDestination
    from reconciler.model.scope import Scope

Origins = tuple[Span, ...]
"""The manifest lines that something comes from; more than one when several entries say the same."""


def spans(places: Iterable[Place]) -> Origins:
    """Work places out, each once: a line that uses a template may hold several entries."""
    return tuple(dict.fromkeys(place.span for place in places))


class Kind(StrEnum):
    """The four kinds of things that a plan changes."""

    NETWORK_POLICY = "network_policy"
    INTERNAL_ROUTE = "internal_route"
    ROUTE_DESTINATION = "route_destination"
    ENVIRONMENT = "environment"


class Term(NamedTuple):
    """One manifest entry that asks for a policy: its place, what the ports speak, and what it says for itself.

    `until` is the last day (UTC) on which it asks.
    """

    place: Place
    tls: TlsMode
    why: str | None = None
    until: date | None = None

    @property
    def origin(self) -> Span:
        """Its line."""
        return self.place.span


class Grant(tuple[Term, ...]):
    """Why a policy is wanted: the terms of every entry that asks for it, at least one."""

    __slots__ = ()

    @property
    def tls(self) -> TlsMode:
        """What the ports speak, as the first entry says."""
        return self[0].tls

    @property
    def origins(self) -> Origins:
        """The manifest lines that ask."""
        return spans(term.place for term in self)


class DesiredRoute(NamedTuple):
    """An internal route that should exist, and the space that is to own it."""

    space: SpaceRef
    places: tuple[Place, ...]

    @property
    def origins(self) -> Origins:
        """The manifest lines that declare it."""
        return spans(self.places)


class DesiredVariable(NamedTuple):
    """What a governed variable should be: `value`, or, when that is None, anything but what `trust` sets."""

    value: str | None
    places: tuple[Place, ...]

    @property
    def origins(self) -> Origins:
        """The manifest lines that say so."""
        return spans(self.places)


class Pending(NamedTuple):
    """Something declared that has to wait: `missing` names the apps or selectors that match nothing yet."""

    kind: Kind
    address: str
    missing: tuple[str, ...]
    origins: Origins


@dataclass(frozen=True, slots=True)
class DesiredState:
    """Everything the manifests ask for, in live names.

    `expired` are grants whose last day has passed. `declared` are all internal routes that the manifests name, those
    that still wait for their app included: such a name is kept.
    """

    scope: Scope
    policies: PolicyMap[Grant] = field(default_factory=PolicyMap.of)
    routes: Mapping[InternalRoute, DesiredRoute] = field(default_factory=dict)
    declared: frozenset[InternalRoute] = frozenset()
    destinations: Mapping[RouteDestination, tuple[Place, ...]] = field(default_factory=dict)
    environment: Mapping[EnvironmentVariable, DesiredVariable] = field(default_factory=dict)
    expired: PolicyMap[Grant] = field(default_factory=PolicyMap.of)
    pending: tuple[Pending, ...] = ()
