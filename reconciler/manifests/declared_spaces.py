"""Which spaces have a document already, whatever else is right or wrong with the manifests."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from reconciler.manifests.discovery import find_manifests
from reconciler.manifests.parsing.reading import read_file
from reconciler.manifests.parsing.source import parse_documents
from reconciler.model.names import SpaceRef

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence


def declared_spaces(path: str) -> Mapping[SpaceRef, Sequence[str]]:
    """Give the files with a document for each space, by its folded name.

    What cannot be read counts as not there: `c2c validate` tells of it.
    """
    found: dict[SpaceRef, list[str]] = defaultdict(list)
    for file in find_manifests([path])[0]:
        for space in dict.fromkeys(_spaces_in(file)):
            found[space].append(file)
    return dict(found)


def _spaces_in(file: str) -> Iterator[SpaceRef]:
    content = read_file(file)
    if not isinstance(content, bytes):
        return
    for document in parse_documents(file, content)[0]:
        data = document.data
        if isinstance(data, dict) and data.get("kind") == "Space":
            org, space = data.get("org"), data.get("space")
            if isinstance(org, str) and isinstance(space, str):
                yield SpaceRef(org, space).folded
