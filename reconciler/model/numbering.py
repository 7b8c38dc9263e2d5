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
    """Places for apps, and numbers for policies to a known destination: one tells the source and what is opened.

    The last `WIDTH` bits of a number are the place of the source among `apps`, those before them the place of the
    opening among `openings`. Both only grow, so a place and a number mean the same for ever, but only here; their order
    means nothing.
    """

    __slots__ = ("_openings", "_places", "apps", "openings")

    def __init__(self) -> None:
        self.apps: list[AppRef] = []
        self.openings: list[Opening] = []
        self._places: dict[AppRef, int] = {}
        self._openings: dict[tuple[str, int, int], int] = {}

    def app(self, app: AppRef) -> int:
        """Give the place of an app, which it gets when it is first met."""
        place = self._places.get(app)
        if place is None:
            place = self._places[app] = len(self.apps)
            self.apps.append(app)
        return place

    def opening(self, protocol: str, start: int, end: int) -> int:
        """Give what an opening adds to the place of a source: both together are the number of a policy."""
        key = (protocol, start, end)
        first = self._openings.get(key)
        if first is None:
            first = self._openings[key] = len(self.openings) << WIDTH
            self.openings.append(Opening(*key))
        return first

    def number(self, policy: NetworkPolicy) -> int:
        """Give the number of a policy."""
        return self.app(policy.source) + self.opening(*policy[2:])

    def known(self, policy: NetworkPolicy) -> int | None:
        """Give the number of a policy if its source and what it opens were met before."""
        source, opening = self._places.get(policy.source), self._openings.get(policy[2:])
        return None if source is None or opening is None else source + opening

    def place(self, app: AppRef) -> int | None:
        """Give the place of an app if it was met before."""
        return self._places.get(app)

    def policy(self, destination: int, number: int) -> NetworkPolicy:
        """Give the policy that has a number, to the app at a place."""
        apps, opening = self.apps, self.openings[number >> WIDTH]
        # As NetworkPolicy(...), which takes twice as long: there are hundreds of thousands.
        return tuple.__new__(NetworkPolicy, (apps[number & SOURCE], apps[destination], *opening))
