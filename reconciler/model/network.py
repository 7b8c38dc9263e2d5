"""A network: which app may open connections to which, and what is known of both. What analysis and guardrails read.

The live world, the world after a plan and the world that manifests describe are all networks, so that every question
can be asked of each of them.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reconciler.diagnostics import Place, Span
    from reconciler.model.desired import Term
    from reconciler.model.names import AppRef
    from reconciler.model.policies import PolicyMap
    from reconciler.model.route import InternalRoute

_NO_LABELS: Mapping[str, str] = MappingProxyType({})


class AppFacts(NamedTuple):
    """What is known of one app. `place` is its entry in a manifest; None for an app that no manifest lists.

    `zone` and `owner` are those of the Space document for its space, `template` the one that its entry uses.
    `trusts_platform` says whether the app trusts the platform's certificates by its environment; None if that is not
    known.
    """

    labels: Mapping[str, str] = _NO_LABELS
    zone: str | None = None
    owner: str | None = None
    template: str | None = None
    trusts_platform: bool | None = None
    place: Place | None = None

    @property
    def origin(self) -> Span | None:
        """The line of its entry."""
        return None if self.place is None else self.place.span


UNKNOWN_APP = AppFacts()
"""The facts of an app of which nothing is known."""


_NO_APPS: Mapping[AppRef, AppFacts] = MappingProxyType({})
_NO_ROUTES: Mapping[InternalRoute, frozenset[AppRef]] = MappingProxyType({})


class Network(NamedTuple):
    """Policies, each with the manifest entries that ask for it: none for a policy that no manifest asks for.

    `routes` are the internal routes with the apps that answer under them.
    """

    policies: PolicyMap[tuple[Term, ...]]
    apps: Mapping[AppRef, AppFacts] = _NO_APPS
    routes: Mapping[InternalRoute, frozenset[AppRef]] = _NO_ROUTES

    def facts(self, app: AppRef) -> AppFacts:
        """Give what is known of an app."""
        return self.apps.get(app, UNKNOWN_APP)
