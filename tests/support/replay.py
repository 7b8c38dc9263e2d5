"""A platform that is nothing but a live state: it does to the state what each step of a plan asks for."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from reconciler.model.live import LiveRoute
from reconciler.model.policies import PolicySet

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from reconciler.model.live import LiveState
    from reconciler.model.names import AppRef, SpaceRef
    from reconciler.model.policy import NetworkPolicy
    from reconciler.model.route import InternalRoute, RouteDestination
    from reconciler.model.scope import ReadSet


class ReplayPlatform:
    """Implements `reconciler.model.platform.Platform` over one value, and keeps every state it went through."""

    def __init__(self, live: LiveState) -> None:
        self.states = [live]

    @property
    def live(self) -> LiveState:
        return self.states[-1]

    def _become(self, **changes: object) -> None:
        self.states.append(replace(self.live, **changes))

    def fetch(self, read_set: ReadSet) -> LiveState:  # noqa: ARG002 - it has read everything already
        return self.live

    def create_policies(self, policies: Sequence[NetworkPolicy]) -> None:
        self._become(policies=PolicySet.of(self.live.policies | set(policies)))

    def delete_policies(self, policies: Sequence[NetworkPolicy]) -> None:
        self._become(policies=self.live.policies - set(policies))

    def create_route(self, route: InternalRoute, space: SpaceRef) -> None:
        assert route not in self.live.routes
        self._become(routes={**self.live.routes, route: LiveRoute(space)})

    def add_destination(self, destination: RouteDestination) -> None:
        state = self.live.routes[destination.route]
        mapped = state._replace(destinations=state.destinations | {destination.app})
        self._become(routes={**self.live.routes, destination.route: mapped})

    def remove_destination(self, destination: RouteDestination) -> None:
        state = self.live.routes[destination.route]
        mapped = state._replace(destinations=state.destinations - {destination.app})
        self._become(routes={**self.live.routes, destination.route: mapped})

    def delete_route(self, route: InternalRoute, apps: Sequence[AppRef]) -> bool:
        state = self.live.routes[route]
        if state.destinations - set(apps) or state.unnamed_destinations:
            raise AssertionError("only routes that nobody else uses are planned to be deleted")
        self._become(routes={known: value for known, value in self.live.routes.items() if known != route})
        return True

    def set_environment(self, app: AppRef, variables: Mapping[str, str | None]) -> None:
        merged = {**self.live.environment[app], **variables}
        kept = {name: value for name, value in merged.items() if value is not None}
        self._become(environment={**self.live.environment, app: kept})
