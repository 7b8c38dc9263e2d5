"""Which live apps the sources of grants stand for, as places in a numbering."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.model.names import SpaceRef

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reconciler.manifests.resolving.lookup import LiveIndex
    from reconciler.manifests.space import Source, Space
    from reconciler.model.names import AppRef
    from reconciler.model.numbering import Numbering

Places = list[int]


class Callers:
    """The live apps that sources stand for in any manifest. To be asked when all manifests are declared."""

    def __init__(self, index: LiveIndex, numbering: Numbering) -> None:
        self.index = index
        self._place = numbering.app
        self._seen: dict[SpaceRef, Mapping[Source, Places]] = {}
        self.named: Mapping[tuple[str, str], Mapping[str | None, Places]] = _Named(self)
        """What each name means in a space, by folded name, for any spelling of the space."""
        self._found: dict[tuple[SpaceRef, str | None, str | None], Places] = {}

    def seen_from(self, space: Space) -> Mapping[Source, Places]:
        """Give what a source means, seen from the space whose manifest names it."""
        ref = SpaceRef(space.org, space.space).folded
        found = self._seen.get(ref)
        if found is None:
            found = self._seen[ref] = _Seen(self, ref)
        return found

    def find(self, space: SpaceRef, app: str | None, labels: str | None) -> Places:
        """Give what a pattern or selector means: one list, however many spaces name it."""
        key = (space, app, labels)
        found = self._found.get(key)
        if found is None:
            found = self.places(self.index.find(space, app, labels))
            if len(found) > 1:
                self._found[key] = found
        return found

    def places(self, apps: tuple[AppRef, ...]) -> Places:
        """Give the places of apps."""
        return list(map(self._place, apps))


class _Named(dict[tuple[str, str], "Mapping[str | None, Places]"]):
    """What names mean, by space. One mapping serves all spellings of a space."""

    def __init__(self, callers: Callers) -> None:
        super().__init__()
        self._callers = callers

    def __missing__(self, space: tuple[str, str]) -> Mapping[str | None, Places]:
        folded = SpaceRef(*space).folded
        if folded == space:
            names = self._callers.index.names(folded)
            found: Mapping[str | None, Places] = {name: self._callers.places(apps) for name, apps in names.items()}
        else:
            found = self[folded]
        self[space] = found
        return found


class _Seen(dict["Source", Places]):
    """What sources mean, seen from one space. Most are named more than once."""

    def __init__(self, callers: Callers, space: SpaceRef) -> None:
        super().__init__()
        self._callers = callers
        self._space = space

    def __missing__(self, source: Source) -> Places:
        org, space, app, labels, _ = source
        own_org, own_space = self._space
        home = (own_org if org is None else org, own_space if space is None else space)
        found = self._callers.named[home].get(app) if labels is None else None
        if found is None:  # a pattern, a selector, a name in capitals or one of nothing
            found = self._callers.find(SpaceRef(*home).folded, app, labels)
        self[source] = found
        return found
