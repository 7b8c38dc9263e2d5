"""What the checks say of single apps, as source and as destination, found out when an app is first met."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.guardrails.checks import of_kind
from reconciler.guardrails.limits.callees import Routes
from reconciler.guardrails.limits.kinds import CalleeLimit, CallerLimit
from reconciler.guardrails.survey import Survey
from reconciler.model.names import fold

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reconciler.guardrails.checks import Check
    from reconciler.model.guardrail import Waiver
    from reconciler.model.names import AppRef, SpaceRef
    from reconciler.model.network import Network
    from reconciler.model.route import InternalRoute

RoutesOf = dict["AppRef", tuple["InternalRoute", ...]]


class End:
    """One app, with a bit for each check in most numbers, and for each selection in `meant`.

    `incoming` and `outgoing` count its policies, no fewer than there are apps on the other side.
    """

    __slots__ = (
        "as_destination",
        "as_source",
        "callee_faults",
        "caller_faults",
        "incoming",
        "meant",
        "org",
        "outgoing",
        "owned",
        "space",
        "zone",
    )

    def __init__(self, space: SpaceRef, zone: str | None, *, owned: bool, meant: int) -> None:
        self.space = space
        self.org = space.org
        self.zone = zone
        self.owned = owned
        self.meant = meant
        self.as_source = 0
        self.as_destination = 0
        self.caller_faults = 0
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
        self.survey = Survey(selections, network)
        self._network = network
        self._callers = [(bit, limit, self.survey.bits(limit.selections)) for bit, limit in callers]
        self._callees = of_kind(checks, CalleeLimit)
        self.routes = routes_of(network) if any(isinstance(limit, Routes) for _, limit in self._callees) else {}
        survey = self.survey
        self._matches = [
            (check.bit, survey.bit(check.guardrail.match.source), survey.bit(check.guardrail.match.destination))
            for check in checks
        ]
        self._masks: dict[int, tuple[int, int, int]] = {}

    def __missing__(self, app: AppRef) -> End:
        """Look at an app for the first time."""
        facts = self._network.facts(app)
        zone = None if facts.zone is None else fold(facts.zone)
        end = End(app.space_ref.folded, zone, owned=facts.owner is not None, meant=self.survey.meaning(app))
        masks = self._masks.get(end.meant)
        if masks is None:
            masks = self._masks[end.meant] = self._masks_of(end.meant)
        end.as_source, end.as_destination, end.caller_faults = masks
        routes = self.routes.get(app, ())
        for bit, limit in self._callees:
            if not limit.allows(facts, routes):
                end.callee_faults |= bit
        self[app] = end
        return end

    def _masks_of(self, meant: int) -> tuple[int, int, int]:
        as_source = as_destination = caller_faults = 0
        for bit, source, destination in self._matches:
            as_source |= bit if meant & source else 0
            as_destination |= bit if meant & destination else 0
        for bit, limit, named in self._callers:
            caller_faults |= 0 if limit.allows(named=bool(meant & named)) else bit
        return as_source, as_destination, caller_faults


def routes_of(network: Network) -> RoutesOf:
    """List the internal routes of each app, sorted."""
    found: dict[AppRef, list[InternalRoute]] = {}
    for route in sorted(network.routes):
        for app in network.routes[route]:
            found.setdefault(app, []).append(route)
    return {app: tuple(routes) for app, routes in found.items()}
