"""The live state: what the platform holds now, as far as a run has to know."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from reconciler.model.names import AppRef
from reconciler.model.policies import PolicySet

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from reconciler.model.caller import Caller
    from reconciler.model.names import SpaceRef
    from reconciler.model.policy import StalePolicy
    from reconciler.model.route import InternalRoute

SNAPSHOT = "snapshot"
"""Stands where a live state names its foundation, for one read from a file: a plan made from it is not applied."""

_NO_LABELS: Mapping[str, str] = MappingProxyType({})


class LiveApp(NamedTuple):
    """An app that exists.

    `incarnation` changes when an app is deleted and made again under its name. It is opaque: to be compared and
    hashed into digests, never shown as an address and never sent anywhere.
    """

    incarnation: str
    labels: Mapping[str, str] = _NO_LABELS


class LiveRoute(NamedTuple):
    """An internal route that exists.

    `space` owns it; None when the caller may not see the owner. `shared_with` are other spaces that may map it.
    `destinations` are the apps mapped to it, by any process type; those in `without_web` by others than `web` only, so
    that they do not answer yet. `unnamed_destinations` counts those that cannot be named.
    """

    space: SpaceRef | None
    destinations: frozenset[AppRef] = frozenset()
    shared_with: frozenset[SpaceRef] = frozenset()
    unnamed_destinations: int = 0
    without_web: frozenset[AppRef] = frozenset()

    @property
    def answering(self) -> frozenset[AppRef]:
        """The apps that answer under the route."""
        return self.destinations - self.without_web if self.without_web else self.destinations


@dataclass(frozen=True, slots=True)
class LiveState:
    """One reading of the platform.

    `apps` are those of every space in the read set and the named ends of every policy. `impossible` are policies whose
    ports do not exist, in words: nothing can be compared with them. `environment` holds the governed variables only,
    and only for the apps that were read: an app that is absent there is unknown, not empty. `unread_environments`
    counts apps that were left out because there were too many, `closed_environments` those that the caller may not look
    into. `taken_at` is None for a snapshot that does not say when it was taken. `caller` is who read it; None when
    everything is in the open, as in a snapshot that does
    not say otherwise.
    """

    foundation: str
    taken_at: datetime | None
    spaces: frozenset[SpaceRef]
    apps: Mapping[AppRef, LiveApp]
    policies: PolicySet = field(default_factory=PolicySet.of)
    stale: tuple[StalePolicy, ...] = ()
    impossible: tuple[str, ...] = ()
    routes: Mapping[InternalRoute, LiveRoute] = field(default_factory=dict)
    environment: Mapping[AppRef, Mapping[str, str]] = field(default_factory=dict)
    internal_domains: frozenset[str] = frozenset()
    unread_environments: int = 0
    closed_environments: int = 0
    caller: Caller | None = None

    def may_lack_policies_to(self, space: SpaceRef) -> bool:
        """Say whether policies to apps of a space may be hidden from who read this.

        Without network.admin that is so for every space: policies from spaces in which the reader is not Space
        Developer are hidden, and nobody tells which spaces there are. With it every policy is here, but the app that
        calls may be one that Cloud Controller does not show; such a policy looks as stale as one whose app is gone.
        """
        if self.caller is None or (self.caller.network_admin and self.caller.reads_every_app):
            return False
        ends = (stale.destination for stale in self.stale)
        return not self.caller.network_admin or any(
            isinstance(end, AppRef) and end.space_ref.folded == space.folded for end in ends
        )
