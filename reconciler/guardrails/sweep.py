"""One pass over all policies for all checks at once.

What a limit looks at decides how often it is asked: once an app, once for the same ports, once for entries that say
the same. For a policy only the answers are joined, as bits, so that twenty guardrails cost little more than one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.guardrails.checks import mask_of, of_kind
from reconciler.guardrails.limits.expression import Expression
from reconciler.guardrails.limits.kinds import GrantLimit, OpeningLimit, PairLimit
from reconciler.guardrails.subjects import Opening, Pair, Statement, undeclared

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reconciler.guardrails.additions import Additions
    from reconciler.guardrails.checks import Check
    from reconciler.guardrails.ends import End, Ends
    from reconciler.model.desired import Term
    from reconciler.model.network import Network
    from reconciler.model.policy import NetworkPolicy

Caught = dict[int, list["NetworkPolicy"]]
"""The policies that a check is about, by the check's bit."""


class _Openings(dict[tuple[str, int, int], int]):
    """The faults of ports."""

    def __init__(self, checks: Sequence[Check]) -> None:
        super().__init__()
        self.limits = of_kind(checks, OpeningLimit)
        self.mask = mask_of(self.limits)

    def __missing__(self, opened: tuple[str, int, int]) -> int:
        opening, faults = Opening(*opened), 0
        for bit, limit in self.limits:
            faults |= 0 if limit.allows(opening) else bit
        self[opened] = faults
        return faults


class _Statements(dict[Statement, int]):
    """The faults of what an entry says."""

    def __init__(self, checks: Sequence[Check]) -> None:
        super().__init__()
        self.limits = of_kind(checks, GrantLimit)
        self.mask = mask_of(self.limits)

    def __missing__(self, said: tuple[object, ...]) -> int:
        statement, faults = Statement(*said), 0  # type: ignore[arg-type] # plain tuples in its order, for speed
        for bit, limit in self.limits:
            faults |= 0 if limit.allows(statement) else bit
        self[statement] = faults
        return faults


class _Pairs:
    """The faults of how two apps lie to each other."""

    def __init__(self, checks: Sequence[Check]) -> None:
        self.limits = of_kind(checks, PairLimit)
        self.mask = mask_of(self.limits)
        self._faults: dict[Pair, int] = {}

    def faults(self, one: End, other: End) -> int:
        same_zone = None if one.zone is None or other.zone is None else one.zone == other.zone
        pair = Pair(one.space == other.space, one.org == other.org, same_zone)
        found = self._faults.get(pair)
        if found is None:
            found = 0
            for bit, limit in self.limits:
                found |= 0 if limit.allows(pair) else bit
            self._faults[pair] = found
        return found


class _Sweep:
    """All that has been found out so far."""

    def __init__(self, checks: Sequence[Check], ends: Ends) -> None:
        self._ends = ends
        self._openings, self._statements, self._pairs = _Openings(checks), _Statements(checks), _Pairs(checks)
        self.expressions = mask_of(of_kind(checks, Expression))

    def faults(self, policy: NetworkPolicy, terms: tuple[Term, ...]) -> int:
        """Give the bits of the checks that a policy breaks, and of the expressions that it has to be asked about."""
        source, destination, protocol, start, end = policy
        one, other = self._ends[source], self._ends[destination]
        matched = one.as_source & other.as_destination
        if not matched:
            return 0
        one.outgoing += 1
        other.incoming += 1
        faults = other.callee_faults | self.expressions
        if matched & self._openings.mask:
            faults |= self._openings[protocol, start, end]
        if matched & self._statements.mask:
            faults |= self._said(policy, terms, owned=other.owned)
        if one is not other:
            faults |= one.caller_faults
            if matched & self._pairs.mask:
                faults |= self._pairs.faults(one, other)
        return matched & faults

    def _said(self, policy: NetworkPolicy, terms: tuple[Term, ...], *, owned: bool) -> int:
        statements = self._statements
        if not terms:
            return statements[undeclared(policy, owned=owned)]
        faults = 0
        for _, tls, why, until in terms:
            faults |= statements[tls, bool(why), until, owned, True]  # type: ignore[index] # as in __missing__
        return faults


def sweep(checks: Sequence[Check], ends: Ends, additions: Additions, network: Network) -> tuple[Caught, Caught]:
    """Find the policies that break limits, and those that expressions have to be asked about, each by check."""
    state = _Sweep(checks, ends)
    broken: Caught = {check.bit: [] for check in checks}
    asked: Caught = {check.bit: [] for check in checks}
    if not checks:
        return broken, asked
    for policy, terms in network.policies.items():
        faults = state.faults(policy, terms)
        if faults & additions.judged:
            faults &= ~additions.excused(policy)
        while faults:
            bit = faults & -faults
            (asked if bit & state.expressions else broken)[bit].append(policy)
            faults ^= bit
    return broken, asked
