"""Stand-in until the networks of `analysis` are merged: the network that manifests alone describe."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from reconciler.manifests.resolve import resolve
from reconciler.manifests.routes import parse_route
from reconciler.model.live import LiveApp, LiveState
from reconciler.model.names import AppRef, SpaceRef, is_glob
from reconciler.model.network import Network

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from reconciler.manifests.documents import Space
    from reconciler.manifests.loaded import Bundle
    from reconciler.model.route import InternalRoute


def network_declared(bundle: Bundle, today: date) -> Network:
    """Give the network that the manifests alone describe: every app that they name counts as there."""
    spaces = [document.value for document in bundle.spaces]
    apps = {app.folded: app for space in spaces for app in _named(space)}
    world = LiveState(
        foundation="manifests",
        taken_at=None,
        spaces=frozenset(SpaceRef(space.org, space.space) for space in spaces),
        apps={app: LiveApp(str(app)) for app in apps.values()},
        internal_domains=frozenset(
            parse_route(route).domain for space in spaces for app in space.apps for route in app.routes
        ),
    )
    desired = resolve(bundle, world, today=today).desired
    routes: dict[InternalRoute, set[AppRef]] = defaultdict(set)
    for destination in desired.destinations:
        routes[destination.route].add(destination.app)
    return Network(
        {policy: grant.terms for policy, grant in desired.policies.items()},
        routes={route: frozenset(mapped) for route, mapped in routes.items()},
    )


def _named(space: Space) -> Iterator[AppRef]:
    for app in space.apps:
        for ingress in app.ingress:
            for source in ingress.sources:
                address = (source.org or space.org, source.space or space.space, source.app or "*")
                if not (source.is_self or source.labels or any(map(is_glob, address))):
                    yield AppRef(*address)
        yield AppRef(space.org, space.space, app.name)
