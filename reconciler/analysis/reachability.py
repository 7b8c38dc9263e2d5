"""Who reaches whom over the directed graph of policies: by one policy, or through any chain of apps.

The ports of a question are those of the connection that arrives: the hops before it may use any port. Apps, neighbours
and sources are taken in order, so that the same network always shows the same shortest path.
"""

from __future__ import annotations

from collections import defaultdict, deque
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from reconciler.model.numbering import SOURCE
from reconciler.model.port_set import covers, port_set

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from reconciler.model.names import AppRef
    from reconciler.model.policies import ByDestination
    from reconciler.model.policy import NetworkPolicy
    from reconciler.model.ports import PortRange

Path = tuple["NetworkPolicy", ...]
"""A way from one app to another, hop by hop; never empty."""

_Call = tuple[int, int]
"""A policy by the place of its destination and its number."""

_REMEMBERED_SOURCES = 2
"""With two sources remembered an app, one of them always differs from any app that is asked about."""


class Asked(NamedTuple):
    """The ports that a question is about; None stands for any."""

    ports: PortRange | None = None
    protocol: str | None = None

    def __str__(self) -> str:
        """Write the ports as a policy shows them; nothing for any port."""
        if self.ports is None:
            return self.protocol or ""
        return f"{self.protocol}/{self.ports}" if self.protocol else f"port {self.ports}"

    def touches(self, policy: NetworkPolicy) -> bool:
        """Say whether the policy opens any of the ports."""
        return self.protocol in (None, policy.protocol) and (self.ports is None or self.ports.overlaps(policy.ports))

    def satisfied_by(self, policies: Iterable[NetworkPolicy]) -> bool:
        """Say whether the policies together open all of the ports, over one protocol."""
        opened: dict[str, list[PortRange]] = {}
        for policy in policies:
            if self.touches(policy):
                opened.setdefault(policy.protocol, []).append(policy.ports)
        if self.ports is None:
            return bool(opened)
        return any(covers(port_set(ranges), self.ports) for ranges in opened.values())


class PolicyGraph:
    """Policies in order, from either end. Most questions touch few apps: none is named before it is asked for."""

    def __init__(self, policies: ByDestination) -> None:
        self._policies = policies
        self._callees: dict[AppRef, list[AppRef]] = {}
        self._outgoing: dict[AppRef, list[NetworkPolicy]] = {}
        self._incoming: dict[AppRef, list[NetworkPolicy]] = {}

    @cached_property
    def _calls(self) -> dict[int, list[_Call]]:
        """All policies by the place of their source."""
        found: defaultdict[int, list[_Call]] = defaultdict(list)
        for destination, group in self._policies.groups.items():
            for number in group:
                found[number & SOURCE].append((destination, number))
        return dict(found)

    @property
    def apps(self) -> set[AppRef]:
        """Every app at an end of a policy."""
        return self._policies.ends()

    def callees(self, app: AppRef) -> list[AppRef]:
        """List, in order, the apps that an app may call, each once for every policy."""
        found = self._callees.get(app)
        if found is None:
            name = self._policies.numbering.apps.__getitem__
            found = self._callees[app] = sorted(name(destination) for destination, _ in self._calls_of(app))
        return found

    def outgoing(self, app: AppRef) -> list[NetworkPolicy]:
        """List, in order, the policies of which the app is the source."""
        found = self._outgoing.get(app)
        if found is None:
            name = self._policies.numbering.policy
            found = self._outgoing[app] = sorted(name(*call) for call in self._calls_of(app))
        return found

    def _calls_of(self, app: AppRef) -> Sequence[_Call]:
        place = self._policies.numbering.place(app)
        return () if place is None else self._calls.get(place, ())

    def incoming(self, app: AppRef) -> list[NetworkPolicy]:
        """List, in order, the policies of which the app is the destination."""
        found = self._incoming.get(app)
        if found is None:
            found = self._incoming[app] = sorted(self._policies.to(app))
        return found

    def between(self, source: AppRef, destination: AppRef) -> list[NetworkPolicy]:
        """List, in order, the policies from one app to another."""
        return sorted(self._policies.between(source, destination))


class _Step(NamedTuple):
    depth: int
    before: AppRef | None


class Spread:
    """The apps that some sources reach through chains of any length, found breadth first.

    `effort` is how many policies were looked at.
    """

    def __init__(self, graph: PolicyGraph, sources: Iterable[AppRef]) -> None:
        self._graph = graph
        self._steps: dict[AppRef, dict[AppRef, _Step]] = {app: {app: _Step(0, None)} for app in sorted(sources)}
        self.effort = 0
        waiting = deque((app, app) for app in self._steps)
        while waiting:
            app, source = waiting.popleft()
            step = _Step(self._steps[app][source].depth + 1, app)
            callees = graph.callees(app)
            self.effort += len(callees)
            for callee in callees:
                known = self._steps.get(callee)
                if known is None:
                    self._steps[callee] = {source: step}
                elif source not in known and len(known) < _REMEMBERED_SOURCES:
                    known[source] = step
                else:
                    continue
                waiting.append((callee, source))

    @property
    def apps(self) -> frozenset[AppRef]:
        """The sources and every app that they reach."""
        return frozenset(self._steps)

    def last_hops(self, destination: AppRef, *, itself: bool = False) -> list[NetworkPolicy]:
        """List the policies by which a source, or an app that it reaches, may call the destination.

        A way of the destination to itself counts only with `itself`.
        """
        return [
            policy
            for policy in self._graph.incoming(destination)
            if any(itself or source != destination for source in self._steps.get(policy.source, ()))
        ]

    def path(self, destination: AppRef, asked: Asked, *, itself: bool = False) -> Path | None:
        """Give a shortest way from a source to the destination that arrives on the ports asked for, or None."""
        best = min(
            (
                (step.depth, policy, source)
                for policy in self._graph.incoming(destination)
                if asked.touches(policy)
                for source, step in self._steps.get(policy.source, {}).items()
                if itself or source != destination
            ),
            default=None,
        )
        if best is None:
            return None
        _, last, source = best
        hops = [last]
        while (before := self._steps[hops[-1].source][source].before) is not None:
            hops.append(self._graph.between(before, hops[-1].source)[0])
        return tuple(reversed(hops))


class BackwardSearch:
    """Searches against the direction of policies, which ask who calls an app and nothing else.

    Inside, apps are places in the numbering of the policies.
    """

    def __init__(self, policies: ByDestination) -> None:
        self._groups, self._numbering = policies.groups, policies.numbering
        self._known: dict[int, list[int]] = {}
        self._is_known = False

    def reaching(self, destinations: Iterable[AppRef], doubtful: Iterable[AppRef]) -> set[AppRef]:
        """Give the destinations and all apps that reach them, or at least the doubtful ones if all of these do.

        They are found in no order: that is much cheaper than the way of each.
        """
        calling = self._asked_anew()
        latest = set(map(self._place, destinations))
        seen = set(latest)
        missing = set(map(self._place, doubtful)) - seen
        while latest and missing:
            latest = calling(latest) - seen
            seen |= latest
            missing -= latest
        return {self._numbering.apps[place] for place in seen}

    def reaching_anew(self, first: Iterable[AppRef], known: Iterable[AppRef]) -> set[AppRef]:
        """Give some apps and all that reach them, as far as that is not known of an app already."""
        calling = self._asked_anew()
        latest = set(map(self._place, first))
        found = set(latest)
        seen = latest.union(map(self._place, known))
        while latest:
            latest = calling(latest) - seen
            seen |= latest
            found |= latest
        return {self._numbering.apps[place] for place in found}

    def next_hops(self, destinations: Iterable[AppRef], wanted: Iterable[AppRef]) -> dict[AppRef, AppRef]:
        """Give other apps that reach any destination, with the next on a shortest way; nearest first.

        Those that are wanted are among them, and all that are on their ways.
        """
        name = self._numbering.apps.__getitem__
        inside = list(map(self._place, sorted(destinations)))
        seen = set(inside)
        missing = set(map(self._place, wanted)) - seen
        hops: dict[AppRef, AppRef] = {}
        waiting = deque(inside)
        while waiting and missing:
            place = waiting.popleft()
            new = set(self._callers(place)) - seen
            if new:
                seen |= new
                missing -= new
                ordered = sorted(new, key=name)
                hops.update(dict.fromkeys(map(name, ordered), name(place)))
                waiting += ordered
        return hops

    def _place(self, app: AppRef) -> int:
        return self._numbering.app(app)

    def _asked_anew(self) -> Callable[[Iterable[int]], set[int]]:
        """Begin a search, and say how it asks who calls.

        All policies to many apps at once cost one search least. But there are as many searches as zones: from the
        second on the callers of each app are remembered, however many policies they have.
        """
        is_known, self._is_known = self._is_known, True
        return self._calling_as_known if is_known else self._calling

    def _callers(self, place: int) -> list[int]:
        """List the apps that call one. A search for another zone asks again."""
        found = self._known.get(place)
        if found is None:
            found = self._known[place] = list(self._calling((place,)))
        return found

    def _calling(self, places: Iterable[int]) -> set[int]:
        """Give the apps that call any of some."""
        numbers = set[int]().union(*[self._groups.get(place, ()) for place in places])
        return {number & SOURCE for number in numbers}

    def _calling_as_known(self, places: Iterable[int]) -> set[int]:
        """Give the apps that call any of some, and remember those of each."""
        return set[int]().union(*map(self._callers, places))
