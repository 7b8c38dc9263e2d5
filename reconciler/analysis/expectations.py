"""Holding a network against its expectations: each one that fails is a finding.

An app and itself are a pair only where both sides of an expectation mean that one app alone: its instances talking
among themselves are no stranger's call, and nobody wants to be told that they must.
"""

from __future__ import annotations

from heapq import nsmallest
from itertools import islice
from typing import TYPE_CHECKING

from reconciler.analysis.expectation_findings import (
    MOST_SHOWN,
    Question,
    broken,
    matches_nothing,
    missing,
    not_judged,
    too_wide,
)
from reconciler.analysis.reachability import PolicyGraph, Spread
from reconciler.analysis.selecting import AppIndex
from reconciler.model.expectation import Expectation, OnlyFrom, Reach

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from reconciler.analysis.reachability import Path
    from reconciler.model.finding import Finding
    from reconciler.model.names import AppRef
    from reconciler.model.network import AppFacts, Network
    from reconciler.model.policy import NetworkPolicy
    from reconciler.model.selection import AppSelection

MAX_EFFORT = 20_000_000
"""Policies that one expectation of `allowed: true, via: any` may look at: some ten seconds."""

_GRANTED_BY_LABELS = "grants choose their callers by labels, which are known on the platform only"
_NO_APPS: Mapping[AppRef, AppFacts] = {}
_Pair = tuple["AppRef", "AppRef"]


def check_expectations(
    expectations: Iterable[Expectation],
    network: Network,
    *,
    declared: Mapping[AppRef, AppFacts] = _NO_APPS,
    offline: bool = False,
    at_most: Network | None = None,
) -> tuple[Finding, ...]:
    """Give a finding for each expectation that the network does not meet, in the order of the expectations.

    `declared` are the apps that manifests name, there or not (`network_declared(...).apps`): an expectation about an
    app that is still to come only warns. `offline` says that the network is what manifests describe; then expectations
    that only a platform could answer, about labels or about apps that no manifest lists, are listed and not judged.
    `at_most` is the widest network that labels can make of the one given (`network_declared_at_most`):
    an expectation that holds in one of the two and fails in the other is not judged either.
    """
    asked = [(expectation.name, reach) for expectation in expectations for reach in expectation.expect]
    found = _answers(asked, _Judge(network, declared, offline=offline))
    if at_most is not None:
        widest = _answers(asked, _Judge(at_most, declared, offline=offline))
        found = [
            not_judged(Question(name, reach, (), ()), _GRANTED_BY_LABELS) if (one is None) != (other is None) else one
            for (name, reach), one, other in zip(asked, found, widest, strict=True)
        ]
    return tuple(finding for finding in found if finding is not None)


def _answers(asked: Iterable[tuple[str, Reach | OnlyFrom]], judge: _Judge) -> list[Finding | None]:
    return [judge.judge(name, reach) for name, reach in asked]


class _Judge:
    """A network, laid out for many questions."""

    def __init__(self, network: Network, declared: Mapping[AppRef, AppFacts], *, offline: bool) -> None:
        self._network = network
        self._offline = offline
        self._graph = PolicyGraph(network.policies)
        self._apps = AppIndex(network.apps.keys() | self._graph.apps, network.apps)
        self._declared = AppIndex(declared, declared)

    def judge(self, name: str, reach: Reach | OnlyFrom) -> Finding | None:
        """Give what is wrong, or None where the expectation is met."""
        question = Question(name, reach, self._sources(reach), self._apps.select(reach.destinations))
        if self._offline and (why := self._unanswerable(question)):
            return not_judged(question, why)
        if sides := self._empty_sides(question):
            pending = all(self._declared.select(side) for side in sides.values())
            return matches_nothing(question, list(sides), pending=pending)
        if question.wants_connection:
            return self._must(question)
        return self._must_not_through(question) if reach.through else self._must_not(question)

    def _sources(self, reach: Reach | OnlyFrom) -> tuple[AppRef, ...]:
        if isinstance(reach, Reach):
            return self._apps.select(reach.sources)
        friends = {app for selection in reach.sources for app in self._apps.select(selection)}
        return tuple(app for app in self._apps.every if app not in friends)

    def _empty_sides(self, question: Question) -> dict[str, AppSelection]:
        reach = question.reach
        empty = {}
        if isinstance(reach, Reach) and not question.sources:
            empty["from"] = reach.sources
        if not question.destinations:
            empty["to"] = reach.destinations
        return empty

    def _unanswerable(self, question: Question) -> str | None:
        reach = question.reach
        sources = (reach.sources,) if isinstance(reach, Reach) else reach.sources
        if any(selection.labels for selection in (reach.destinations, *sources)):
            return "labels are known on the platform only"
        if self._empty_sides(question):
            return "no manifest names such an app"
        listed = all(self._network.facts(app).place for app in question.destinations)
        if question.wants_connection and not listed:
            return "no manifest lists the destination, so its callers are not known here"
        return None

    def _must_not(self, question: Question) -> Finding | None:
        pairs: dict[_Pair, NetworkPolicy] = {}
        for policy in self._direct(question):
            pair = (policy.source, policy.destination)
            if pair not in pairs or policy < pairs[pair]:
                pairs[pair] = policy
        if not pairs:
            return None
        ways: list[Path] = [(policy,) for policy in nsmallest(MOST_SHOWN, pairs.values())]
        return broken(question, ways, len(pairs), self._network)

    def _must_not_through(self, question: Question) -> Finding | None:
        spread = Spread(self._graph, question.sources)
        ways: list[Path] = []
        count = 0
        for destination in question.destinations:
            way = spread.path(destination, question.asked, itself=question.itself)
            if way is not None:
                count += 1
                ways += [way] if len(ways) < MOST_SHOWN else []
        return broken(question, ways, count, self._network) if ways else None

    def _must(self, question: Question) -> Finding | None:
        met = self._met_through(question) if question.reach.through else self._met_directly(question)
        if met is None:
            return too_wide(question)
        selves = 0 if question.itself else len(set(question.sources) & set(question.destinations))
        count = len(question.sources) * len(question.destinations) - selves - len(met)
        if not count:
            return None
        unmet = (
            (source, destination)
            for source in question.sources
            for destination in question.destinations
            if (source, destination) not in met and (source != destination or question.itself)
        )
        return missing(question, list(islice(unmet, MOST_SHOWN)), count, self._network, self._graph)

    def _met_directly(self, question: Question) -> set[_Pair]:
        opened: dict[_Pair, list[NetworkPolicy]] = {}
        for policy in self._direct(question):
            opened.setdefault((policy.source, policy.destination), []).append(policy)
        return {pair for pair, policies in opened.items() if question.asked.satisfied_by(policies)}

    def _met_through(self, question: Question) -> set[_Pair] | None:
        """Search from every source. Give None where that would take too long."""
        met: set[_Pair] = set()
        callers = sum(len(self._graph.incoming(destination)) for destination in question.destinations)
        effort = 0
        for source in question.sources:
            spread = Spread(self._graph, (source,))
            effort += spread.effort + callers
            if effort > MAX_EFFORT:
                return None
            met.update(
                (source, destination)
                for destination in question.destinations
                if question.asked.satisfied_by(spread.last_hops(destination, itself=question.itself))
            )
        return met

    def _direct(self, question: Question) -> Iterator[NetworkPolicy]:
        """List the policies between the two sides on the ports in question, by way of the smaller side."""
        sources, destinations = frozenset(question.sources), frozenset(question.destinations)
        if len(sources) < len(destinations):
            policies = (policy for app in question.sources for policy in self._graph.outgoing(app))
        else:
            policies = (policy for app in question.destinations for policy in self._graph.incoming(app))
        for policy in policies:
            if (
                policy.source in sources
                and policy.destination in destinations
                and (policy.source != policy.destination or question.itself)
                and question.asked.touches(policy)
            ):
                yield policy
