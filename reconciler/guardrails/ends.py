"""What the checks say of single apps, as source and as destination, found out when an app is first met."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.guardrails.checks import bits_of, of_kind
from reconciler.guardrails.limits.kinds import CalleeLimit, CallerLimit, RoutesLimit
from reconciler.guardrails.survey import Survey

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from reconciler.guardrails.checks import Check
    from reconciler.guardrails.survey import Home
    from reconciler.model.guardrail import Waiver
    from reconciler.model.names import AppRef
    from reconciler.model.network import Network
    from reconciler.model.route import InternalRoute

RoutesOf = dict["AppRef", tuple["InternalRoute", ...]]


class End:
    """One app, with a bit for each check in most numbers, and for each selection in `meant`.

    `incoming` is how many policies lead to it, `outgoing` how many lead from it: the sweep counts them.
    """

    __slots__ = (
        "as_destination",
        "as_source",
        "callee_faults",
        "caller_faults",
        "home",
        "incoming",
        "meant",
        "outgoing",
        "owned",
    )

    def __init__(self, home: Home, meant: int, owned: bool, masks: tuple[int, int, int]) -> None:  # noqa: FBT001 - made for every app: keywords cost as much as the rest
        self.home = home
        self.meant = meant
        self.owned = owned
        self.as_source, self.as_destination, self.caller_faults = masks
        self.callee_faults = 0
        self.incoming = 0
        self.outgoing = 0


class Ends(dict["AppRef", End]):
    """Every app that was met."""

    def __init__(self, checks: Sequence[Check], waivers: Sequence[Waiver], network: Network) -> None:
        super().__init__()
        callers = of_kind(checks, CallerLimit)
        matches = [check.guardrail.match for check in checks] + [waiver.match for waiver in waivers]
        selections = [end for match in matches for end in (match.source, match.destination)]
        selections += [selection for _, limit in callers for selection in limit.selections]
        survey = self.survey = Survey(selections)
        self._facts = network.facts
        self._callers = [(bit, limit, survey.bits(*limit.selections)) for bit, limit in callers]
        self._callees = of_kind(checks, CalleeLimit)
        self.routes = routes_of(network) if any(isinstance(limit, RoutesLimit) for _, limit in self._callees) else {}
        self._sources = _Matching((check.bit, survey.bits(check.guardrail.match.source)) for check in checks)
        self._destinations = _Matching((check.bit, survey.bits(check.guardrail.match.destination)) for check in checks)
        self._masks: dict[int, tuple[int, int, int]] = {}

    def __missing__(self, app: AppRef) -> End:
        """Look at an app for the first time."""
        facts = self._facts(app)
        home = self.survey.home(app, facts)
        meant = self.survey.meaning(home, app, facts)
        masks = self._masks.get(meant)
        if masks is None:
            masks = self._masks[meant] = self._masks_of(meant)
        end = self[app] = End(home, meant, facts.owner is not None, masks)
        for bit, limit in self._callees:
            if end.as_destination & bit and not limit.allows(facts, self.routes.get(app, ())):
                end.callee_faults |= bit
        return end

    def _masks_of(self, meant: int) -> tuple[int, int, int]:
        caller_faults = 0
        for bit, limit, named in self._callers:
            caller_faults |= 0 if limit.allows(named=bool(meant & named)) else bit
        return self._sources.about(meant), self._destinations.about(meant), caller_faults


class _Matching:
    """Which checks are about an app on one side."""

    def __init__(self, checks: Iterable[tuple[int, int]]) -> None:
        self._mask = 0
        self._checks: dict[int, int] = {}
        for bit, selection in checks:
            self._mask |= selection
            for part in bits_of(selection):
                self._checks[part] = self._checks.get(part, 0) | bit

    def about(self, meant: int) -> int:
        """Give the bits of the checks about an app, by all that it is meant by."""
        found = 0
        for part in bits_of(meant & self._mask):
            found |= self._checks[part]
        return found


def routes_of(network: Network) -> RoutesOf:
    """List the internal routes of each app, sorted."""
    found: dict[AppRef, list[InternalRoute]] = {}
    for route, apps in network.routes.items():
        for app in apps:
            found.setdefault(app, []).append(route)
    return {app: tuple(sorted(routes)) for app, routes in found.items()}
