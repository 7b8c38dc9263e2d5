"""Internal routes: the names under which apps find each other."""

from __future__ import annotations

from typing import NamedTuple

from reconciler.model.names import AppRef, fold


class InternalRoute(NamedTuple):
    """A host on an internal domain, both in lower case: DNS does not tell the cases apart."""

    host: str
    domain: str

    def __str__(self) -> str:
        """Give the name that callers use."""
        return f"{self.host}.{self.domain}"


class RouteDestination(NamedTuple):
    """An app that answers under an internal route (process type `web`, no port: the policy decides the port)."""

    route: InternalRoute
    app: AppRef

    def __str__(self) -> str:
        """Give the address of the destination, as plans and reports show it."""
        return f"{self.route} -> {self.app}"


def internal_route(host: str, domain: str) -> InternalRoute:
    """Make a route from any spelling of its host and domain."""
    return InternalRoute(fold(host), fold(domain))
