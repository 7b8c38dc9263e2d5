"""The network that manifests describe by themselves, with no platform."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from reconciler.errors import ManifestError
from reconciler.manifests.resolving.facts import facts_of
from reconciler.manifests.resolving.lookup import LiveIndex, declare_all
from reconciler.manifests.resolving.resolve import resolve
from reconciler.manifests.resolving.routes import parse_route
from reconciler.model.environment import SYSTEM_TRUST
from reconciler.model.live import LiveApp, LiveState
from reconciler.model.names import AppRef, SpaceRef, fold, is_glob
from reconciler.model.network import Network
from reconciler.model.policies import PolicyMap

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date

    from reconciler.diagnostics import Diagnostic
    from reconciler.manifests.loaded import Bundle, SpaceDocument
    from reconciler.manifests.space import App, Ingress, Space
    from reconciler.model.network import AppFacts
    from reconciler.model.route import InternalRoute

MANIFESTS = "manifests"
"""Stands where a live state names its foundation, for the world that manifests alone describe."""


def network_declared(bundle: Bundle, today: date) -> Network:
    """Give the network that the manifests alone describe, with no platform.

    Every declared app counts as there, under its entry's name, and so does every source that is named outright. What
    only the platform knows stays out: labels, further apps that a pattern matches, and what nobody declared.

    Raise ManifestError for more policies than any platform could hold: a part of them must not pass for the whole.
    """
    network, found = _described(bundle, today)
    too_many = tuple(item for item in found if item.code == "too-many-policies")
    if too_many:
        raise ManifestError(too_many)
    return network


def _described(bundle: Bundle, today: date) -> tuple[Network, Iterable[Diagnostic]]:
    """Give the network, and what is wrong with a world of nothing else."""
    world = _as_if_pushed(bundle)
    fiction = _fictional_live(world)
    desired, declared, found = resolve(world, fiction, today=today)
    routes: dict[InternalRoute, set[AppRef]] = defaultdict(set)
    for destination in desired.destinations:
        routes[destination.route].add(destination.app)
    network = Network(
        PolicyMap.of(desired.policies),
        facts_of(declared, fiction),
        {route: frozenset(apps) for route, apps in routes.items()},
    )
    return network, found


def network_declared_at_most(bundle: Bundle, today: date) -> Network | None:
    """Give the network that the manifests describe if every label selector fits every app of its address.

    What a platform makes of labels lies between `network_declared` and this. None where no grant asks for labels, so
    that the two are one.
    """
    if not any(_asks_for_labels(app) for document in bundle.spaces for app in document.value.apps):
        return None
    return _described(bundle._replace(spaces=tuple(map(_without_labels, bundle.spaces))), today)[0]


def declared_apps(bundle: Bundle) -> dict[AppRef, AppFacts]:
    """Give every app that the manifests name, by the name that they use, there or not, and what they say of it."""
    world = _as_if_pushed(bundle)
    fiction = _fictional_live(world)
    return facts_of(declare_all(world.spaces, LiveIndex(fiction)), fiction)


def _as_if_pushed(bundle: Bundle) -> Bundle:
    """Let every entry stand for its own name too, also where `match` names only others."""
    return bundle._replace(spaces=tuple(map(_named_itself, bundle.spaces)))


def _named_itself(document: SpaceDocument) -> SpaceDocument:
    apps = tuple(app._replace(match=(app.name, *app.match)) if app.match else app for app in document.value.apps)
    return document._replace(value=document.value._replace(apps=apps))


def _asks_for_labels(app: App) -> bool:
    return any(source.labels for ingress in app.ingress for source in ingress.sources)


def _without_labels(document: SpaceDocument) -> SpaceDocument:
    apps = tuple(
        app._replace(ingress=tuple(map(_of_any_label, app.ingress))) if _asks_for_labels(app) else app
        for app in document.value.apps
    )
    return document._replace(value=document.value._replace(apps=apps))


def _of_any_label(ingress: Ingress) -> Ingress:
    sources = tuple(
        source._replace(app=source.app or "*", labels=None) if source.labels else source for source in ingress.sources
    )
    return ingress._replace(sources=sources)


def _fictional_live(bundle: Bundle) -> LiveState:
    apps: dict[AppRef, AppRef] = {}
    trusting = set()
    for document in bundle.spaces:
        space = document.value
        for app in space.apps:
            ref = AppRef(space.org, space.space, app.name)
            apps[ref.folded] = ref
            if app.trust:
                trusting.add(ref)
    for document in bundle.spaces:
        for source in _named_sources(document.value):
            apps.setdefault(source.folded, source)
    declared = {
        parse_route(route).domain for document in bundle.spaces for app in document.value.apps for route in app.routes
    }
    listed = bundle.foundation.value.internal_domains if bundle.foundation else ()
    return LiveState(
        foundation=MANIFESTS,
        taken_at=None,
        spaces=frozenset(
            {SpaceRef(item.value.org, item.value.space) for item in bundle.spaces}
            | {app.space_ref for app in apps.values()}
        ),
        apps={app: LiveApp(str(app)) for app in apps.values()},
        environment=dict.fromkeys(trusting, SYSTEM_TRUST),
        internal_domains=frozenset(declared | {fold(domain) for domain in listed}),
    )


def _named_sources(space: Space) -> Iterator[AppRef]:
    for app in space.apps:
        yield from _sources_of(space, app)


def _sources_of(space: Space, app: App) -> Iterator[AppRef]:
    for ingress in app.ingress:
        for source in ingress.sources:
            address = (source.org or space.org, source.space or space.space, source.app or "*")
            if not (source.is_self or source.labels or any(map(is_glob, address))):
                yield AppRef(*address)
