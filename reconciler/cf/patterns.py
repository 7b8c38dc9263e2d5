"""Patterns of spaces and of apps, indexed: thousands of plain names cost one look-up, not a comparison each."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Generic, TypeVar

from reconciler.model.names import AppRef, SpaceRef, fold, is_glob, matches
from reconciler.model.scope import AppPattern, SpacePattern

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_Pattern = TypeVar("_Pattern", SpacePattern, AppPattern)


class _Globs(Generic[_Pattern]):
    """Patterns with a `*`, found by their organization where that is plain."""

    def __init__(self, patterns: Iterable[_Pattern]) -> None:
        self.by_org: dict[str, list[_Pattern]] = defaultdict(list)
        self.any_org: list[_Pattern] = []
        for pattern in sorted(patterns):
            (self.any_org if is_glob(pattern.org) else self.by_org[fold(pattern.org)]).append(pattern)

    def __bool__(self) -> bool:
        return bool(self.by_org or self.any_org)

    def for_org(self, org: str) -> list[_Pattern]:
        """List the patterns that can match something in the organization."""
        return self.by_org.get(fold(org), []) + self.any_org


class SpacePatterns:
    """Whether a space is meant by any of the patterns, and what has to be listed to find them all."""

    def __init__(self, patterns: frozenset[SpacePattern]) -> None:
        self._plain = {SpaceRef(*item).folded for item in patterns if not any(map(is_glob, item))}
        self._globs = _Globs(item for item in patterns if any(map(is_glob, item)))
        self._orgs = {item.org for item in self._plain} | set(self._globs.by_org)
        self._names = {item.space for item in patterns}

    def __bool__(self) -> bool:
        return bool(self._names)

    @property
    def org_names(self) -> frozenset[str] | None:
        """The organizations to ask for by name; None when only a list of all can tell."""
        return None if self._globs.any_org else frozenset(self._orgs)

    @property
    def space_names(self) -> frozenset[str] | None:
        """The spaces to ask for by name; None when only a list of all can tell."""
        return None if any(map(is_glob, self._names)) else frozenset(map(fold, self._names))

    def has_org(self, name: str) -> bool:
        """Say whether the organization can hold a space that is meant."""
        return fold(name) in self._orgs or any(matches(item.org, name) for item in self._globs.any_org)

    def has(self, space: SpaceRef) -> bool:
        """Say whether the space is meant."""
        return space.folded in self._plain or any(item.matches(space) for item in self._globs.for_org(space.org))


class AppPatterns:
    """Which apps are meant by any of the patterns."""

    def __init__(self, patterns: frozenset[AppPattern]) -> None:
        globs = {item for item in patterns if is_glob(item.app) or is_glob(item.space) or is_glob(item.org)}
        self._plain = {AppRef(fold(org), fold(space), fold(app)) for org, space, app in patterns - globs}
        self._globs = _Globs(globs)

    def among(self, guids: Mapping[AppRef, str]) -> set[str]:
        """Pick the GUIDs of the apps that are meant, out of those by folded name."""
        found = set(filter(None, map(guids.get, self._plain)))
        if self._globs:
            found.update(guid for app, guid in guids.items() if self._matches(app))
        return found

    def _matches(self, app: AppRef) -> bool:
        return any(item.matches(app) for item in self._globs.for_org(app.org))
