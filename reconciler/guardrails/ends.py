"""What the rails have to know of an app at either end of a policy, worked out when it is first met."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from reconciler.guardrails.limits.kinds import CalleeLimit, CallerLimit, RoutesLimit
from reconciler.guardrails.rails import bits_of, of_kind
from reconciler.guardrails.selections import Selections

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from reconciler.guardrails.rails import Rail
    from reconciler.guardrails.selections import Home
    from reconciler.model.guardrail import Waiver
    from reconciler.model.names import AppRef
    from reconciler.model.network import Network
    from reconciler.model.route import InternalRoute

RoutesOf = dict["AppRef", tuple["InternalRoute", ...]]


class End(NamedTuple):
    """What the rails know of an app. Apps that no rail tells apart share one.

    `meant` are the bits of the selections that mean the app; in the others each bit stands for a rail: those that are
    about the app as a source or as a destination, and those that mind it as a caller or as the one that is called.
    """

    home: Home
    meant: int
    owned: bool
    as_source: int
    as_destination: int
    caller_faults: int
    callee_faults: int = 0


class Ends(dict["AppRef", End]):
    """The end of every app that was met so far."""

    def __init__(self, rails: Sequence[Rail], waivers: Sequence[Waiver], network: Network) -> None:
        super().__init__()
        callers = of_kind(rails, CallerLimit)
        matches = [rail.guardrail.match for rail in rails] + [waiver.match for waiver in waivers]
        selections = [end for match in matches for end in (match.source, match.destination)]
        selections += [selection for _, limit in callers for selection in limit.selections]
        self.selections = Selections(selections)
        bits = self.selections.bits
        self._facts = network.facts
        self._callers = [(bit, limit, bits(*limit.selections)) for bit, limit in callers]
        self._callees = of_kind(rails, CalleeLimit)
        self.routes = routes_of(network) if any(isinstance(limit, RoutesLimit) for _, limit in self._callees) else {}
        self._sources = _Matching((rail.bit, bits(rail.guardrail.match.source)) for rail in rails)
        self._destinations = _Matching((rail.bit, bits(rail.guardrail.match.destination)) for rail in rails)
        self._masks: dict[int, tuple[int, int, int]] = {}
        self._alike: dict[tuple[Home, int, bool], End] = {}

    def __missing__(self, app: AppRef) -> End:
        """Look at an app for the first time."""
        facts = self._facts(app)
        home = self.selections.home(app, facts)
        key = (home, self.selections.meaning(home, app, facts), facts.owner is not None)
        end = self._alike.get(key)
        if end is None:
            end = self._alike[key] = End(*key, *self._masks_of(key[1]))
        faults = 0
        for bit, limit in self._callees:
            if end.as_destination & bit and not limit.allows(facts, self.routes.get(app, ())):
                faults |= bit
        self[app] = end = end._replace(callee_faults=faults) if faults else end
        return end

    def _masks_of(self, meant: int) -> tuple[int, int, int]:
        """Say which rails are about an app as source and as destination, and which mind it as a caller."""
        masks = self._masks.get(meant)
        if masks is None:
            faults = 0
            for bit, limit, named in self._callers:
                faults |= 0 if limit.allows(named=bool(meant & named)) else bit
            masks = self._masks[meant] = self._sources.about(meant), self._destinations.about(meant), faults
        return masks


class _Matching:
    """Which rails are about an app on one side."""

    def __init__(self, rails: Iterable[tuple[int, int]]) -> None:
        self._mask = 0
        self._rails: dict[int, int] = {}
        for bit, selection in rails:
            self._mask |= selection
            for part in bits_of(selection):
                self._rails[part] = self._rails.get(part, 0) | bit

    def about(self, meant: int) -> int:
        """Give the bits of the rails about an app, by all that it is meant by."""
        found = 0
        for part in bits_of(meant & self._mask):
            found |= self._rails[part]
        return found


def routes_of(network: Network) -> RoutesOf:
    """List the internal routes of each app, sorted."""
    found: dict[AppRef, list[InternalRoute]] = {}
    for route, apps in network.routes.items():
        for app in apps:
            found.setdefault(app, []).append(route)
    return {app: tuple(sorted(routes)) for app, routes in found.items()}
