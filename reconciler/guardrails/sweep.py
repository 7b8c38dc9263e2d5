"""One pass over all policies for everything that is to be known of each: all rails at once, and who calls whom.

What a limit looks at decides how often it is asked: once an app, once for the same ports, once for entries that say
the same. For a policy only the answers are joined, as bits, so that twenty guardrails cost little more than one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from reconciler.guardrails.limits.kinds import CallerLimit, ExpressionLimit, GrantLimit, OpeningLimit, PairLimit
from reconciler.guardrails.rails import bits_of, mask_of, of_kind
from reconciler.guardrails.subjects import Pair, Statement
from reconciler.guardrails.traffic import Traffic
from reconciler.model.numbering import SOURCE, WIDTH
from reconciler.model.ports import PLATFORM_TLS_APP_PORT, RESERVED_PORTS

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from reconciler.guardrails.additions import Additions
    from reconciler.guardrails.ends import End, Ends
    from reconciler.guardrails.rails import Rail
    from reconciler.model.desired import Term
    from reconciler.model.names import AppRef
    from reconciler.model.network import Network
    from reconciler.model.numbering import Numbering
    from reconciler.model.policy import NetworkPolicy, Opening
    from reconciler.model.ports import TlsMode

Caught = dict[int, list["NetworkPolicy"]]
"""The policies that a rail is about, by the rail's bit."""


class Alike(NamedTuple):
    """Policies that break the same limits between apps that the same selections mean: a waiver covers all or none."""

    source: int
    destination: int
    policies: list[NetworkPolicy]


_Call = tuple[int, int]
"""A policy by the place of its destination and its number. Few break anything, so few are asked for their names."""

_NOTABLE = frozenset({PLATFORM_TLS_APP_PORT, *RESERVED_PORTS})


class Swept(NamedTuple):
    """What the pass found: policies that break limits, those that expressions have to be asked about, and who calls."""

    broken: dict[int, list[Alike]]
    asked: Caught
    traffic: Traffic


class _Openings(dict[int, int]):
    """The faults of what policies open, by its place."""

    def __init__(self, rails: Sequence[Rail], openings: Sequence[Opening]) -> None:
        super().__init__()
        self._limits = of_kind(rails, OpeningLimit)
        self._openings = openings

    def __missing__(self, place: int) -> int:
        opening, faults = self._openings[place], 0
        for bit, limit in self._limits:
            faults |= 0 if limit.allows(opening) else bit
        self[place] = faults
        return faults


class _Apps(dict[int, "End"]):
    """The ends, by the places of their apps."""

    def __init__(self, ends: Ends, apps: Sequence[AppRef]) -> None:
        super().__init__()
        self._ends, self._apps = ends, apps

    def __missing__(self, place: int) -> End:
        end = self[place] = self._ends[self._apps[place]]
        return end


class _Statements:
    """The faults of what entries say."""

    def __init__(self, rails: Sequence[Rail]) -> None:
        self._limits = of_kind(rails, GrantLimit)
        self.mask = mask_of(self._limits)
        self._faults: dict[tuple[int, bool | None, date | None, bool], int] = {}

    def faults(self, terms: tuple[Term, ...], opening: Opening, *, owned: bool) -> int:
        if not terms:
            return self._undeclared(opening.known_tls, owned=owned)
        faults = 0
        for _, tls, why, until in terms:
            # There is one object for each mode, and hashing one runs Python code: its identity will do.
            key = (id(tls), not why, until, owned)
            found = self._faults.get(key)
            if found is None:
                found = self._faults[key] = self._asked(Statement(tls, bool(why), until, owned, declared=True))
            faults |= found
        return faults

    def _undeclared(self, tls: TlsMode | None, *, owned: bool) -> int:
        key = (id(tls), None, None, owned)
        found = self._faults.get(key)
        if found is None:
            said = Statement(tls, explained=False, until=None, owned=owned, declared=False)
            found = self._faults[key] = self._asked(said)
        return found

    def _asked(self, said: Statement) -> int:
        faults = 0
        for bit, limit in self._limits:
            faults |= 0 if limit.allows(said) else bit
        return faults


class _Pairs:
    """The faults of two apps, by what they have in common."""

    def __init__(self, rails: Sequence[Rail]) -> None:
        self._limits = of_kind(rails, PairLimit)
        self.mask = mask_of(self._limits)
        self._faults: dict[tuple[bool, bool, bool | None], int] = {}

    def faults(self, one: End, other: End) -> int:
        (space, zone, _), (other_space, other_zone, _) = one.home, other.home
        same_zone = None if zone is None or other_zone is None else zone == other_zone
        key = (space == other_space, space[0] == other_space[0], same_zone)
        found = self._faults.get(key)
        if found is None:
            found, pair = 0, Pair(*key)
            for bit, limit in self._limits:
                found |= 0 if limit.allows(pair) else bit
            self._faults[key] = found
        return found


class _Suspects:
    """The policies that may break a limit. `broken` and `asked` are what has been found out about them so far."""

    def __init__(self, rails: Sequence[Rail], additions: Additions, numbering: Numbering) -> None:
        self._statements, self._pairs, self._additions = _Statements(rails), _Pairs(rails), additions
        self._numbering = numbering
        self._expressions = mask_of(of_kind(rails, ExpressionLimit))
        self._of_two = self._pairs.mask | mask_of(of_kind(rails, CallerLimit))
        self.open_questions = self._statements.mask | self._pairs.mask | self._expressions
        """The bits of the rails that neither the two apps alone nor the ports can answer."""
        self.broken: dict[tuple[int, int, int], list[NetworkPolicy]] = {}
        self.asked: Caught = {rail.bit: [] for rail in rails}

    def take(self, call: _Call, terms: tuple[Term, ...], one: End, other: End, suspected: int) -> None:
        """Find out which of the rails that are suspected a policy breaks."""
        faults = suspected
        if faults & self._statements.mask:
            opening = self._numbering.openings[call[1] >> WIDTH]
            faults &= ~self._statements.mask | self._statements.faults(terms, opening, owned=other.owned)
        if faults & self._of_two:
            if call[1] & SOURCE == call[0]:
                faults &= ~self._of_two
            elif faults & self._pairs.mask:
                faults &= ~self._pairs.mask | self._pairs.faults(one, other)
        if not faults:
            return
        policy = self._numbering.policy(*call)
        if faults & self._additions.judged:
            faults &= ~self._additions.excused(policy)
        questions = faults & self._expressions
        if faults ^ questions:
            self.broken.setdefault((faults ^ questions, one.meant, other.meant), []).append(policy)
        for bit in bits_of(questions):
            self.asked[bit].append(policy)

    def by_rail(self) -> dict[int, list[Alike]]:
        """Give what is broken by the bit of the rail."""
        found: dict[int, list[Alike]] = {}
        for (faults, source, destination), policies in self.broken.items():
            alike = Alike(source, destination, policies)
            for bit in bits_of(faults):
                found.setdefault(bit, []).append(alike)
        return found


def sweep(rails: Sequence[Rail], ends: Ends, additions: Additions, network: Network) -> Swept:
    """Go over all policies."""
    policies = network.policies
    numbering = policies.numbering
    suspects, name = _Suspects(rails, additions, numbering), numbering.policy
    apps, openings = _Apps(ends, numbering.apps), _Openings(rails, numbering.openings)
    known = {place for place, opening in enumerate(numbering.openings) if _is_notable(opening)}
    notable: list[NetworkPolicy] = []
    outgoing = [0] * len(numbering.apps)
    for destination, group in policies.groups.items():
        other = apps[destination]
        matched_there = other.as_destination
        faults_there = other.callee_faults | suspects.open_questions
        for number, terms in group.items():
            source, opened = number & SOURCE, number >> WIDTH
            outgoing[source] += 1
            if opened in known:
                notable.append(name(destination, number))
            one = apps[source]
            suspected = one.as_source & matched_there & (faults_there | one.caller_faults | openings[opened])
            if suspected:
                suspects.take((destination, number), terms, one, other, suspected)
    counts = {app: number for app, number in zip(numbering.apps, outgoing, strict=True) if number}
    return Swept(suspects.by_rail(), suspects.asked, Traffic(counts, notable))


def _is_notable(opening: Opening) -> bool:
    return opening.start != opening.end or opening.start in _NOTABLE
