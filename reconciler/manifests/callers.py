"""The callers that sources mean, as the numbers with which their policies begin."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.model.names import SpaceRef, fold

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reconciler.manifests.lookup import LiveIndex
    from reconciler.manifests.space import Source, Space
    from reconciler.model.names import AppRef
    from reconciler.model.numbering import Numbering

Numbers = list[int]


class Callers:
    """The live apps that sources mean, seen from any space. To be asked when all manifests are declared."""

    def __init__(self, index: LiveIndex, numbering: Numbering) -> None:
        self.index = index
        self._number = numbering.source
        self._seen: dict[SpaceRef, Mapping[Source, Numbers]] = {}
        self._named: dict[SpaceRef, Mapping[str | None, Numbers]] = {}
        self._found: dict[tuple[SpaceRef, str | None, str | None], Numbers] = {}

    def seen_from(self, space: Space) -> Mapping[Source, Numbers]:
        """Give what a source means, seen from the space whose manifest names it."""
        ref = SpaceRef(space.org, space.space).folded
        found = self._seen.get(ref)
        if found is None:
            found = self._seen[ref] = _Seen(self, ref)
        return found

    def named(self, space: SpaceRef) -> Mapping[str | None, Numbers]:
        """Give what each name means in a space, by folded name."""
        found = self._named.get(space)
        if found is None:
            found = self._named[space] = {name: self.numbers(apps) for name, apps in self.index.names(space).items()}
        return found

    def find(self, space: SpaceRef, app: str | None, labels: str | None) -> Numbers:
        """Give what a pattern or selector means: one list, however many spaces name it."""
        key = (space, app, labels)
        found = self._found.get(key)
        if found is None:
            found = self.numbers(self.index.find(space, app, labels))
            if len(found) > 1:
                self._found[key] = found
        return found

    def numbers(self, apps: tuple[AppRef, ...]) -> Numbers:
        """Give the numbers of apps."""
        return list(map(self._number, apps))


class _Seen(dict["Source", Numbers]):
    """What sources mean, seen from one space. Most are named more than once."""

    def __init__(self, callers: Callers, space: SpaceRef) -> None:
        super().__init__()
        self._callers = callers
        self._space = space
        self._named: dict[tuple[str | None, str | None], Mapping[str | None, Numbers]] = {}

    def __missing__(self, source: Source) -> Numbers:
        org, space, app, labels, _ = source
        named = self._named.get((org, space))
        if named is None:
            named = self._named[org, space] = self._callers.named(self._home(org, space))
        found = named.get(app) if labels is None else None
        if found is None:  # a pattern, a selector, a name in capitals or one of nothing
            found = self._callers.find(self._home(org, space), app, labels)
        self[source] = found
        return found

    def _home(self, org: str | None, space: str | None) -> SpaceRef:
        own = self._space
        return SpaceRef(own.org if org is None else fold(org), own.space if space is None else fold(space))
