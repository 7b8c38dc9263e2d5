"""The calls that carry a plan out, as values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reconciler.model.names import AppRef, SpaceRef
    from reconciler.model.policy import NetworkPolicy
    from reconciler.model.route import InternalRoute, RouteDestination


@dataclass(frozen=True, slots=True)
class CreateRoute:
    """Make an internal route."""

    route: InternalRoute
    space: SpaceRef


@dataclass(frozen=True, slots=True)
class AddDestination:
    """Map an app to an internal route."""

    destination: RouteDestination


@dataclass(frozen=True, slots=True)
class CreatePolicies:
    """Add one batch of policies in one transaction."""

    policies: tuple[NetworkPolicy, ...]


@dataclass(frozen=True, slots=True)
class SetEnvironment:
    """Set and remove the governed variables of one app; None removes. `before` is what they held."""

    app: AppRef
    variables: Mapping[str, str | None]
    before: Mapping[str, str | None]


@dataclass(frozen=True, slots=True)
class DeletePolicies:
    """Remove one batch of policies in one transaction."""

    policies: tuple[NetworkPolicy, ...]


@dataclass(frozen=True, slots=True)
class RemoveDestination:
    """Unmap an app from an internal route."""

    destination: RouteDestination


@dataclass(frozen=True, slots=True)
class DeleteRoute:
    """Delete an internal route that `space` owns, with the apps mapped to it, provided that there are no others."""

    route: InternalRoute
    space: SpaceRef
    apps: tuple[AppRef, ...]


@dataclass(frozen=True, slots=True)
class CleanUp:
    """Have the server remove the policies whose source or destination app is deleted, anywhere on the foundation."""


Removal = DeletePolicies | RemoveDestination | DeleteRoute | CleanUp
"""The steps that take something away."""

Step = CreateRoute | AddDestination | CreatePolicies | SetEnvironment | Removal
