"""Finding live apps by the names, patterns and selectors that manifests use."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from reconciler.manifests.selectors import parse_selector
from reconciler.model.names import AppRef, SpaceRef, fold, is_glob, matches

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from reconciler.manifests.loaded import SpaceDocument
    from reconciler.manifests.space import App, Space
    from reconciler.model.live import LiveState

Apps = tuple[AppRef, ...]


class Declared(NamedTuple):
    """A Space document, and the live apps that each of its entries stands for."""

    document: SpaceDocument
    entries: list[Apps]


def declare_all(documents: Iterable[SpaceDocument], index: LiveIndex) -> tuple[Declared, ...]:
    """Find the live apps that the entries of documents stand for, and remember them as `LiveIndex.declare` does."""
    return tuple(Declared(document, index.declare(document.value)) for document in documents)


class LiveIndex:
    """Live apps by space and name. Names compare as Cloud Foundry compares them: without regard to case."""

    def __init__(self, live: LiveState) -> None:
        self._live = live
        self._spaces: dict[SpaceRef, dict[str, AppRef]] = {}
        self._declared: dict[SpaceRef, dict[str, Apps]] = {}
        self._names: dict[SpaceRef, Mapping[str, Apps]] = {}
        self._selected: dict[tuple[str, str, str | None, str | None], Apps] = {}
        by_spelling: dict[tuple[str, str], dict[str, AppRef]] = {}
        for ref in live.apps:
            apps = by_spelling.get(ref[:2])
            if apps is None:
                apps = by_spelling[ref[:2]] = self._spaces.setdefault(ref.space_ref.folded, {})
            apps[fold(ref.app)] = ref
        self._existing = {space.folded for space in live.spaces}

    def space_exists(self, space: SpaceRef) -> bool:
        """Say whether the platform has such a space, as far as the caller may see."""
        return space.folded in self._existing

    def apps_in(self, space: SpaceRef) -> Apps:
        """List every live app of a space."""
        return tuple(sorted(self._spaces.get(space.folded, {}).values()))

    def entries(self, space: Space) -> list[tuple[App, Apps]]:
        """List the app entries of a Space, each with the live apps that it stands for."""
        apps = self._spaces.get(SpaceRef(space.org, space.space).folded, {})
        return [(app, _named(apps, app.live_names)) for app in space.apps]

    def declare(self, space: Space) -> list[Apps]:
        """Remember the entries of a manifest, so that their names, as sources, mean every app they stand for."""
        entries = self.entries(space)
        declared = self._declared.setdefault(SpaceRef(space.org, space.space).folded, {})
        declared.update((fold(app.name), apps) for app, apps in entries)
        return [apps for _, apps in entries]

    def names(self, space: SpaceRef) -> Mapping[str, Apps]:
        """Give what each name means in a space, by folded name: a declared entry, or else a live app."""
        found = self._names.get(space)
        if found is None:
            known: dict[str, Apps] = {}
            if not any(map(is_glob, space)):
                known = {name: (ref,) for name, ref in self._spaces.get(space, {}).items() if not is_glob(name)}
                known |= self._declared.get(space, {})
            found = self._names[space] = known
        return found

    def find(self, space: SpaceRef, app: str | None, labels: str | None) -> Apps:
        """List the live apps of a name or pattern, and of a label selector, in the spaces that are meant."""
        if app is not None and labels is None:
            # Nearly every source is a name that is there, and patterns are never among the names.
            found = self.names(space).get(fold(app))
            if found is not None:
                return found
            if not any(map(is_glob, (app, *space))):
                return ()
        key = (*space, app, labels)
        if key not in self._selected:
            self._selected[key] = self._select(*key)
        return self._selected[key]

    def _select(self, org: str, space: str, app: str | None, labels: str | None) -> Apps:
        found = [ref for ref in self._in_spaces(org, space) if app is None or matches(app, ref.app)]
        if labels is not None:
            selector = parse_selector(labels)
            found = [ref for ref in found if selector.matches(self._live.apps[ref].labels)]
        return tuple(sorted(found))

    def _in_spaces(self, org: str, space: str) -> list[AppRef]:
        if not (is_glob(org) or is_glob(space)):
            return list(self._spaces.get(SpaceRef(org, space), {}).values())
        return [
            ref
            for key, apps in self._spaces.items()
            if matches(org, key.org) and matches(space, key.space)
            for ref in apps.values()
        ]


def _named(apps: Mapping[str, AppRef], patterns: tuple[str, ...]) -> Apps:
    """List the apps, by folded name, that any of the names or patterns means."""
    if len(patterns) == 1 and not is_glob(patterns[0]):
        ref = apps.get(fold(patterns[0]))
        return () if ref is None else (ref,)
    found: set[AppRef] = set()
    for pattern in patterns:
        if is_glob(pattern):
            found.update(ref for ref in apps.values() if matches(pattern, ref.app))
        elif (ref := apps.get(fold(pattern))) is not None:
            found.add(ref)
    return tuple(sorted(found))
