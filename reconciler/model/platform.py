"""What a run needs from a platform. `reconciler.cf` speaks to Cloud Foundry this way; tests may build others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from reconciler.model.live import LiveState
    from reconciler.model.names import AppRef, SpaceRef
    from reconciler.model.policy import NetworkPolicy
    from reconciler.model.route import InternalRoute, RouteDestination
    from reconciler.model.scope import ReadSet


class Platform(Protocol):
    """Read the live state and make single changes to it.

    Every call raises `reconciler.errors.PlatformError` when the platform does not do what was asked. Apps and spaces
    are named as the last `fetch` found them. Adding what is there and removing what is gone both succeed.
    """

    def fetch(self, read_set: ReadSet) -> LiveState:
        """Read the platform."""
        ...

    def create_policies(self, policies: Sequence[NetworkPolicy]) -> None:
        """Add policies in one transaction: all or none."""
        ...

    def delete_policies(self, policies: Sequence[NetworkPolicy]) -> None:
        """Remove policies in one transaction: all or none."""
        ...

    def create_route(self, route: InternalRoute, space: SpaceRef) -> None:
        """Make an internal route that the space owns."""
        ...

    def add_destination(self, destination: RouteDestination) -> None:
        """Map an app to an internal route, without a port."""
        ...

    def remove_destination(self, destination: RouteDestination) -> None:
        """Unmap an app from an internal route."""
        ...

    def delete_route(self, route: InternalRoute, apps: Sequence[AppRef]) -> bool:
        """Delete a route with these apps mapped to it. Return False, and only unmap them, if others are mapped too."""
        ...

    def set_environment(self, app: AppRef, variables: Mapping[str, str | None]) -> None:
        """Set variables of an app, or remove those whose value is None. All others keep their values."""
        ...

    def clean_up(self) -> int:
        """Have the server remove every policy of a deleted app; needs network.admin. Return how many went."""
        ...
