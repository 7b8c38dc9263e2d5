"""Internal routes: one name, one space; and only on domains that are internal."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from reconciler.diagnostics import Diagnostic, error
from reconciler.manifests.parsing.parsed import DocumentPlace
from reconciler.manifests.text import Speller, shown
from reconciler.model.names import SpaceRef, fold

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from reconciler.manifests.loaded import FoundationDocument, SpaceDocument


def _routes(item: SpaceDocument) -> Iterator[tuple[str, DocumentPlace]]:
    for index, app in enumerate(item.value.apps):
        for number, route in enumerate(app.routes):
            yield fold(route), DocumentPlace(item.document, ("apps", index, "routes", number))


def _share_routes(spaces: Sequence[SpaceDocument]) -> bool:
    """Say whether any two spaces declare the same route."""
    declared: dict[SpaceRef, set[str]] = defaultdict(set)
    for item in spaces:
        routes = declared[SpaceRef(item.value.org, item.value.space).folded]
        routes.update([fold(route) for app in item.value.apps for route in app.routes])
    return len(set[str]().union(*declared.values())) < sum(map(len, declared.values()))


def duplicate_routes(spaces: Sequence[SpaceDocument]) -> Iterator[Diagnostic]:
    """Find one route in two spaces: a route belongs to one. Two apps of one space may share it."""
    if not _share_routes(spaces):
        return
    owners: dict[str, tuple[SpaceRef, DocumentPlace]] = {}
    for item in spaces:
        space = SpaceRef(item.value.org, item.value.space)
        for route, place in _routes(item):
            owner, first = owners.setdefault(route, (space, place))
            if owner is not space and owner.folded != space.folded:
                message = f"the route {shown(route)} is declared in {shown(str(owner))} and in {shown(str(space))}"
                hint = "a route belongs to one space: choose another host in one of the two"
                yield error("route-claimed-twice", message, place.span, hint=hint, related=(first.span,))


def unknown_domains(spaces: Sequence[SpaceDocument], foundation: FoundationDocument) -> Iterator[Diagnostic]:
    """Find routes on domains that the Foundation does not list as internal."""
    domains = [fold(domain) for domain in foundation.value.internal_domains]
    if not domains:
        return
    speller = Speller()
    for item in spaces:
        for route, place in _routes(item):
            domain = route.partition(".")[2]
            if domain not in domains:
                listed = ", ".join(map(shown, domains[:10]))
                hint = speller.did_you_mean(domain, domains) or f"the internal domains are {listed}"
                message = f"{shown(domain)} is not an internal domain of this foundation"
                related = (foundation.document.span("internal_domains"),)
                yield error("unknown-domain", message, place.span, hint=hint, related=related)
