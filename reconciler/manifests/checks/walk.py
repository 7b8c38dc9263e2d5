"""Walks over a document: its sources with their places, and its lists of ports."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from reconciler.diagnostics import Span
    from reconciler.manifests.loaded import SpaceDocument
    from reconciler.manifests.space import Port, Source


class SourcePlace(NamedTuple):
    """The source `source` of the grant `grant` of the app `app` of a document, each by its number."""

    app: int
    grant: int
    source: int

    def span(self, item: SpaceDocument, *below: str) -> Span:
        """Give its position, or that of a key of it. A source that stands alone stands at `from` itself."""
        path = ("apps", self.app, "ingress", self.grant, "from")
        stands_in_a_list = item.document.has(*path, self.source)
        return item.document.span(*path, *((self.source,) if stands_in_a_list else ()), *below)


def sources(item: SpaceDocument) -> Iterator[tuple[Source, SourcePlace]]:
    """Give every source with its place."""
    for index, app in enumerate(item.value.apps):
        for number, grant in enumerate(app.ingress):
            for place, source in enumerate(grant.sources):
                yield source, SourcePlace(index, number, place)


def port_lists(item: SpaceDocument) -> Collection[tuple[Port, ...]]:
    """Give the lists of ports of a document. One that many apps write alike is one object, and is given once."""
    return {id(app.ports): app.ports for app in item.value.apps}.values()
