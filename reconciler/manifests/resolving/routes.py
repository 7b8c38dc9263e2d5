"""Declared internal routes: who answers under which name, and whether this space may own it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.diagnostics import error
from reconciler.manifests.parsing.parsed import DocumentPlace
from reconciler.model.desired import DesiredRoute, Kind, Pending
from reconciler.model.names import AppRef, SpaceRef, fold
from reconciler.model.route import InternalRoute, RouteDestination

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reconciler.diagnostics import Diagnostic, Place
    from reconciler.manifests.loaded import SpaceDocument
    from reconciler.manifests.resolving.lookup import Apps
    from reconciler.model.live import LiveRoute, LiveState


def parse_route(text: str) -> InternalRoute:
    """Split `host.domain` at the first dot; the schema has made sure that there is one."""
    host, _, domain = fold(text).partition(".")
    return InternalRoute(host, domain)


class RouteResolver:
    """Collects routes, destinations and what stands in their way."""

    def __init__(self, live: LiveState, domains: frozenset[str]) -> None:
        self._live = live
        self._domains = domains
        self.routes: dict[InternalRoute, DesiredRoute] = {}
        self.declared: set[InternalRoute] = set()
        self.destinations: dict[RouteDestination, tuple[Place, ...]] = {}
        self.pending: list[Pending] = []
        self.diagnostics: list[Diagnostic] = []

    def add(self, document: SpaceDocument, entries: Sequence[Apps]) -> None:
        """Take in the routes of a document whose entries stand for the given live apps."""
        space = SpaceRef(document.value.org, document.value.space)
        for index, (app, apps) in enumerate(zip(document.value.apps, entries, strict=True)):
            for number, text in enumerate(app.routes):
                route = parse_route(text)
                self.declared.add(route)
                place = DocumentPlace(document.document, ("apps", index, "routes", number))
                problem = self._problem(route, space, place)
                if problem is not None:
                    self.diagnostics.append(problem)
                elif not apps:
                    name = str(AppRef(*space, app.name))
                    self.pending.append(Pending(Kind.INTERNAL_ROUTE, f"{route} -> {name}", (name,), (place.span,)))
                else:
                    self._want(route, apps, place)

    def _want(self, route: InternalRoute, apps: Apps, place: Place) -> None:
        known = self.routes.get(route)
        self.routes[route] = DesiredRoute(apps[0].space_ref, (*known.places, place) if known else (place,))
        for app in apps:
            destination = RouteDestination(route, app)
            self.destinations[destination] = (*self.destinations.get(destination, ()), place)

    def _problem(self, route: InternalRoute, space: SpaceRef, place: Place) -> Diagnostic | None:
        if route.domain not in self._domains:
            known = ", ".join(sorted(self._domains)) or "none that is visible"
            return error(
                "not-an-internal-domain",
                f"{route.domain} is not an internal domain of this foundation",
                place.span,
                hint=f"internal domains: {known}",
            )
        live = self._live.routes.get(route)
        if live is None or may_declare(live, space):
            return None
        owner = str(live.space) if live.space else "a space that you cannot see"
        return error(
            "route-owned-elsewhere",
            f"the internal route {route} belongs to {owner}, not to {space}",
            place.span,
            hint="internal hostnames are unique in a foundation: choose another, or have its owner delete it",
        )


def may_declare(route: LiveRoute, space: SpaceRef) -> bool:
    """Say whether the manifest of a space may name a live route: it owns it, or its owner shares it."""
    return _may_use(route.space, space) or any(_may_use(other, space) for other in route.shared_with)


def _may_use(owner: SpaceRef | None, space: SpaceRef) -> bool:
    return owner is not None and (owner == space or owner.folded == space.folded)
