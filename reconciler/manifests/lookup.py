"""Finding live apps by the names, patterns and selectors that manifests use."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from reconciler.manifests.selectors import parse_selector
from reconciler.model.names import AppRef, SpaceRef, fold, is_glob, matches

if TYPE_CHECKING:
    from reconciler.manifests.space import App, Source, Space
    from reconciler.model.live import LiveState
    from reconciler.model.policy import NetworkPolicy

Apps = tuple[AppRef, ...]


class LiveIndex:
    """Live apps by space and name. Names compare as Cloud Foundry compares them: without regard to case."""

    def __init__(self, live: LiveState) -> None:
        self._live = live
        self._spaces: dict[SpaceRef, dict[str, AppRef]] = {}
        self._declared: dict[AppRef, Apps] = {}
        self._sources: dict[tuple[str, str, str | None, str | None], Apps] = {}
        for ref in live.apps:
            self._spaces.setdefault(ref.space_ref.folded, {})[fold(ref.app)] = ref
        self._existing = {space.folded for space in live.spaces}

    @cached_property
    def _policies(self) -> dict[NetworkPolicy, NetworkPolicy]:
        return dict(zip(self._live.policies, self._live.policies, strict=True))

    def known_policy(self, policy: NetworkPolicy) -> NetworkPolicy:
        """Give the live policy that is equal to this one, or this one.

        One policy as one object makes every later comparison one of addresses.
        """
        return self._policies.get(policy, policy)

    def space_exists(self, space: SpaceRef) -> bool:
        """Say whether the platform has such a space, as far as the caller may see."""
        return space.folded in self._existing

    def apps_in(self, space: SpaceRef) -> Apps:
        """List every live app of a space."""
        return tuple(sorted(self._spaces.get(space.folded, {}).values()))

    def named(self, space: SpaceRef, patterns: tuple[str, ...]) -> Apps:
        """List the live apps of a space that any of the names or patterns means."""
        apps = self._spaces.get(space.folded, {})
        found: set[AppRef] = set()
        for pattern in patterns:
            if is_glob(pattern):
                found.update(ref for ref in apps.values() if matches(pattern, ref.app))
            elif (ref := apps.get(fold(pattern))) is not None:
                found.add(ref)
        return tuple(sorted(found))

    def declare(self, space: Space, app: App) -> Apps:
        """Remember an entry of a manifest, so that its name, as a source, means every app it stands for."""
        apps = self.named(SpaceRef(space.org, space.space), app.live_names)
        self._declared[AppRef(space.org, space.space, app.name).folded] = apps
        return apps

    def sources(self, space: Space, source: Source) -> Apps:
        """List the live apps that a source means, seen from the space whose manifest names it."""
        key = (fold(source.org or space.org), fold(source.space or space.space), source.app, source.labels)
        found = self._sources.get(key)
        if found is None:
            found = self._sources[key] = self._find(*key)
        return found

    def _find(self, org: str, space: str, app: str | None, labels: str | None) -> Apps:
        if app is not None and not (labels or is_glob(org) or is_glob(space) or is_glob(app)):
            declared = self._declared.get(AppRef(org, space, fold(app)))
            return declared if declared is not None else self.named(SpaceRef(org, space), (app,))
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
