"""What a run governs, and what it has to read to know."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from reconciler.model.names import AppRef, SpaceRef, matches

if TYPE_CHECKING:
    from reconciler.model.route import InternalRoute


class SpacePattern(NamedTuple):
    """Spaces by name; either part may hold `*`."""

    org: str
    space: str

    def matches(self, space: SpaceRef) -> bool:
        """Say whether the space is one of those meant."""
        return matches(self.org, space.org) and matches(self.space, space.space)


class AppPattern(NamedTuple):
    """Apps by name; every part may hold `*`."""

    org: str
    space: str
    app: str

    def matches(self, app: AppRef) -> bool:
        """Say whether the app is one of those meant."""
        return matches(self.org, app.org) and matches(self.space, app.space) and matches(self.app, app.app)


class Scope(NamedTuple):
    """The live apps whose inbound policies and internal routes this run governs.

    Policies carry no labels on the platform, so what is ours follows from the destination alone. For the apps in
    `additive` nothing is ever removed or overwritten. `domains` are the internal domains whose routes are governed.
    """

    apps: frozenset[AppRef]
    additive: frozenset[AppRef] = frozenset()
    domains: frozenset[str] = frozenset()

    def may_remove_from(self, app: AppRef) -> bool:
        """Say whether something may be taken away from the app."""
        return app in self.apps and app not in self.additive


class ReadSet(NamedTuple):
    """What a fetch has to read so that the manifests can be resolved.

    `managed`: spaces whose apps and internal routes are governed. `sources`: spaces that only hold callers.
    `hosts`: declared internal routes, whose owner has to be known wherever it is. `environment`: apps whose
    governed variables are needed. `leftovers`: apps on which such variables might still stand from before; they
    cost one call each, so a fetch looks at them only while they are few, or with `all_environments`.
    """

    managed: frozenset[SpacePattern] = frozenset()
    sources: frozenset[SpacePattern] = frozenset()
    hosts: frozenset[InternalRoute] = frozenset()
    environment: frozenset[AppPattern] = frozenset()
    leftovers: frozenset[AppPattern] = frozenset()
    all_environments: bool = False
