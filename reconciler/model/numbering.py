"""Policies as numbers: what makes half a million of them small to hold and quick to compare."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.model.policy import NetworkPolicy, Opening

if TYPE_CHECKING:
    from reconciler.model.names import AppRef

WIDTH = 32
"""The bits of a number that tell the source. They come last, so that sets spread the numbers well."""

SOURCE = 2**WIDTH - 1
"""A mask for these bits."""


class Numbering:
    """Numbers for policies to a known destination: one tells the source and what is opened.

    The last `WIDTH` bits of a number are the place of the source among `apps`, those before them the place of the
    opening among `openings`. Both only grow, so a number means the same for ever, but only here; the order of numbers
    means nothing.
    """

    __slots__ = ("_openings", "_sources", "apps", "openings")

    def __init__(self) -> None:
        self.apps: list[AppRef] = []
        self.openings: list[Opening] = []
        self._sources: dict[AppRef, int] = {}
        self._openings: dict[tuple[str, int, int], int] = {}

    def source(self, app: AppRef) -> int:
        """Give the place of a source. With what an opening adds to it, that is the number of a policy."""
        place = self._sources.get(app)
        if place is None:
            place = self._sources[app] = len(self.apps)
            self.apps.append(app)
        return place

    def opening(self, protocol: str, start: int, end: int) -> int:
        """Give what an opening adds to the places of sources."""
        key = (protocol, start, end)
        first = self._openings.get(key)
        if first is None:
            first = self._openings[key] = len(self.openings) << WIDTH
            self.openings.append(Opening(*key))
        return first

    def number(self, policy: NetworkPolicy) -> int:
        """Give the number of a policy."""
        return self.source(policy.source) + self.opening(*policy[2:])

    def known(self, policy: NetworkPolicy) -> int | None:
        """Give the number of a policy if its source and what it opens were met before."""
        source, opening = self._sources.get(policy.source), self._openings.get(policy[2:])
        return None if source is None or opening is None else source + opening

    def place(self, app: AppRef) -> int | None:
        """Give the place of an app if it was met as a source."""
        return self._sources.get(app)

    def policy(self, destination: AppRef, number: int) -> NetworkPolicy:
        """Give the policy that has a number."""
        # As NetworkPolicy(...), which takes twice as long: there are hundreds of thousands.
        return tuple.__new__(NetworkPolicy, (self.apps[number & SOURCE], destination, *self.openings[number >> WIDTH]))
