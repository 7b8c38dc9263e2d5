"""Policies as numbers: what makes half a million of them small to hold and quick to compare."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.model.policy import NetworkPolicy, Opening

if TYPE_CHECKING:
    from reconciler.model.names import AppRef

SPAN = 2**32 - 1
"""More than there can be openings: ports alone make fewer. It is odd, so that sets spread the numbers well."""


class Numbering:
    """Numbers for policies to a known destination: one tells the source and what is opened.

    A number is the place of the source among `apps`, times `SPAN`, plus the place of the opening among `openings`. Both
    only grow, so a number means the same for ever, but only here; the order of numbers means nothing.
    """

    __slots__ = ("_openings", "_sources", "apps", "openings")

    def __init__(self) -> None:
        self.apps: list[AppRef] = []
        self.openings: list[Opening] = []
        self._sources: dict[AppRef, int] = {}
        """What the numbers of each source begin with, to be handed out again and again as one object."""
        self._openings: dict[tuple[str, int, int], int] = {}

    def source(self, app: AppRef) -> int:
        """Give what the numbers of all policies of a source begin with: an opening is to be added."""
        first = self._sources.get(app)
        if first is None:
            first = self._sources[app] = len(self.apps) * SPAN
            self.apps.append(app)
        return first

    def opening(self, protocol: str, start: int, end: int) -> int:
        """Give the place of an opening."""
        key = (protocol, start, end)
        place = self._openings.get(key)
        if place is None:
            place = self._openings[key] = len(self.openings)
            self.openings.append(Opening(*key))
        return place

    def number(self, policy: NetworkPolicy) -> int:
        """Give the number of a policy."""
        return self.source(policy.source) + self.opening(*policy[2:])

    def known(self, policy: NetworkPolicy) -> int | None:
        """Give the number of a policy if its source and what it opens were met before."""
        source, opening = self._sources.get(policy.source), self._openings.get(policy[2:])
        return None if source is None or opening is None else source + opening

    def place(self, app: AppRef) -> int | None:
        """Give the place of an app if it was met as a source."""
        first = self._sources.get(app)
        return None if first is None else first // SPAN

    def policy(self, destination: AppRef, number: int) -> NetworkPolicy:
        """Give the policy that has a number."""
        source, opening = divmod(number, SPAN)
        # As NetworkPolicy(...), which takes twice as long: there are hundreds of thousands.
        return tuple.__new__(NetworkPolicy, (self.apps[source], destination, *self.openings[opening]))
