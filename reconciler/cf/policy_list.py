"""Lists of policies as the policy server gives them: half a million rows in one answer."""

from __future__ import annotations

from array import array
from collections import defaultdict
from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING, NamedTuple

from msgspec.json import Decoder

from reconciler.cf.decoding import fitted, shaped
from reconciler.cf.fields import FieldError, described
from reconciler.cf.shapes import AllPolicies, Policy
from reconciler.model.policy import Opening

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from msgspec import Raw

    from reconciler.cf.exchange import Answer

LAST_PORT = 2**31 - 1
"""The highest port that the server holds: its API v0 lets it in. Source: policy-server `api/api_v0/validator.go`."""

_SLICE = 250
"""Policies that are decoded at once: few enough for the processor's caches, enough to take little time."""

PLACE = "I"
"""How an array holds places: in 32 bits each."""

_ALL, _ONE, _MANY = Decoder(AllPolicies), Decoder(Policy), Decoder(list[Policy])


class PolicyRow(NamedTuple):
    """A policy as it is stored, its ends as app GUIDs. The tuple is its identity."""

    source: str
    destination: str
    protocol: str
    start: int
    end: int


def _no_places() -> array[int]:
    return array(PLACE)


@dataclass(frozen=True, slots=True)
class PolicyList:
    """Policies in columns, in the order of the answer: rows would take many times as much memory.

    Each end is a place in `guids`, where every GUID stands once, and `opened` are places in `openings`.
    """

    guids: list[str] = field(default_factory=list)
    openings: list[Opening] = field(default_factory=list)
    sources: array[int] = field(default_factory=_no_places)
    destinations: array[int] = field(default_factory=_no_places)
    opened: array[int] = field(default_factory=_no_places)

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


def read_policies(answer: Answer) -> PolicyList:
    """Read the list of all policies. Raise UnexpectedAnswerError when the answer is none."""
    with described(answer):
        body = shaped(answer, _ALL)
        found = policy_list(body.policies)
    if body.total_policies != len(found):
        # A list cut short would read as a world without the rest, and a plan would create it again.
        raise answer.unexpected(f"announces {body.total_policies} policies and holds {len(found)}")
    return found


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
