"""Walks over a document's sources that keep their places."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reconciler.manifests.documents import Source
    from reconciler.manifests.loaded import SpaceDocument


def sources(item: SpaceDocument) -> Iterator[tuple[Source, tuple[str | int, ...]]]:
    """Give every source with the path at which it stands: `from` itself, or an item of it."""
    for index, app in enumerate(item.value.apps):
        for number, grant in enumerate(app.ingress):
            written = item.document.data["apps"][index]["ingress"][number]["from"]
            for place, source in enumerate(grant.sources):
                path = ("apps", index, "ingress", number, "from")
                yield source, (*path, place) if isinstance(written, list) else path
