"""Lists of policies as the policy server gives them: half a million rows in one answer."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING, NamedTuple

from msgspec.json import Decoder

from reconciler.cf.decoding import fitted
from reconciler.cf.fields import FieldError
from reconciler.cf.shapes import Policy
from reconciler.model.policy import Opening

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from msgspec import Raw

LAST_PORT = 65535

_SLICE = 250
"""Policies that are decoded at once: few enough for the processor's caches, enough to take little time."""

_ONE, _MANY = Decoder(Policy), Decoder(list[Policy])


class PolicyRow(NamedTuple):
    """A policy as it is stored, its ends as app GUIDs. The tuple is its identity."""

    source: str
    destination: str
    protocol: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class PolicyList:
    """Policies in columns, in the order of the answer: rows would take many times as much memory.

    Each end is a place in `guids`, where every GUID stands once, and `opened` are places in `openings`.
    """

    guids: list[str] = field(default_factory=list)
    openings: list[Opening] = field(default_factory=list)
    sources: list[int] = field(default_factory=list)
    destinations: list[int] = field(default_factory=list)
    opened: list[int] = field(default_factory=list)

    def __len__(self) -> int:
        """Count the policies."""
        return len(self.opened)

    def __iter__(self) -> Iterator[PolicyRow]:
        """Give the policies as rows."""
        guids, openings = self.guids, self.openings
        for source, destination, opened in zip(self.sources, self.destinations, self.opened, strict=True):
            yield PolicyRow(guids[source], guids[destination], *openings[opened])


class _Openings(dict[tuple[str, int, int], int]):
    """The place of each opening, which is checked when it is first met."""

    def __missing__(self, key: tuple[str, int, int]) -> int:
        _, start, end = key
        if not 1 <= start <= end <= LAST_PORT:
            raise FieldError("destination.ports", f"is not a range within 1 to {LAST_PORT}")
        place = self[key] = len(self)
        return place


def policy_list(written: Sequence[Raw]) -> PolicyList:
    """Read policies. Raise FieldError for the first that is none."""
    found = PolicyList()
    places: defaultdict[str, int] = defaultdict(count().__next__)
    openings = _Openings()
    for start in range(0, len(written), _SLICE):
        part = written[start : start + _SLICE]
        try:
            policies = fitted(_MANY, b"[" + b",".join(part) + b"]")
            ends = [policy.destination for policy in policies]
            opened = [(end.protocol, end.ports.start, end.ports.end) for end in ends]
            found.sources.extend(map(places.__getitem__, [policy.source.id for policy in policies]))
            found.destinations.extend(map(places.__getitem__, [end.id for end in ends]))
            found.opened.extend(map(openings.__getitem__, opened))
        except FieldError:
            _explain(part, start)
            raise
    found.guids.extend(places)
    found.openings.extend(Opening(*key) for key in openings)
    return found


def _explain(part: Sequence[Raw], start: int) -> None:
    """Raise the error of the first policy that is none, with its place in the list."""
    for index, item in enumerate(part, start):
        try:
            policy = fitted(_ONE, item)
            ports = policy.destination.ports
            _Openings()[policy.destination.protocol, ports.start, ports.end]
        except FieldError as error:
            raise error.within(f"policies[{index}]") from None
