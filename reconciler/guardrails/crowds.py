"""Counting callers and callees, for `max_sources` and `max_destinations`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.guardrails.limits.kinds import CountLimit
from reconciler.guardrails.rails import mask_of, of_kind
from reconciler.guardrails.subjects import Crowd

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from reconciler.guardrails.ends import Ends
    from reconciler.guardrails.rails import Rail
    from reconciler.model.names import AppRef
    from reconciler.model.network import Network

Neighbours = dict["AppRef", set["AppRef"]]


class Crowds:
    """The apps that have too many policies to be passed without counting, with the other ends of these policies.

    `outgoing` are the policies of each source after the change, as the sweep has counted them.
    """

    def __init__(
        self,
        rails: Sequence[Rail],
        ends: Ends,
        outgoing: Mapping[AppRef, int],
        after: Network,
        before: Network | None,
    ) -> None:
        self._ends = ends
        apps = after.policies.numbering.apps
        incoming = {apps[place]: len(group) for place, group in after.policies.groups.items()}
        self._compares = before is not None
        limits = of_kind(rails, CountLimit)
        self._after, self._before = {}, {}
        for callers in {limit.callers for _, limit in limits}:
            least = min(limit.most for _, limit in limits if limit.callers is callers)
            mask = mask_of([(bit, limit) for bit, limit in limits if limit.callers is callers])
            counts = incoming if callers else outgoing
            crowded = {app for app, number in counts.items() if number > least and self._is_about(app, mask, callers)}
            neighbours = _callers if callers else _callees
            self._after[callers] = neighbours(after, crowded)
            self._before[callers] = neighbours(before, crowded) if before else {}

    def too_many(self, rail: Rail, limit: CountLimit) -> Iterator[tuple[Crowd, frozenset[AppRef]]]:
        """Find the apps with too many others, and name the others."""
        for app, others in self._after[limit.callers].items():
            counted = self._counted(rail, limit, app, others)
            if len(counted) <= limit.most:
                continue
            if rail.guardrail.introduced and self._compares:
                earlier = self._before[limit.callers].get(app, set())
                if len(counted) <= len(self._counted(rail, limit, app, earlier)):
                    continue
            yield Crowd(app, len(counted)), counted

    def _is_about(self, app: AppRef, mask: int, callers: bool) -> bool:  # noqa: FBT001 - which of the two counts it is
        end = self._ends[app]
        return bool((end.as_destination if callers else end.as_source) & mask)

    def _counted(self, rail: Rail, limit: CountLimit, app: AppRef, others: set[AppRef]) -> frozenset[AppRef]:
        ends, bit = self._ends, rail.bit
        if limit.callers:
            found = (other for other in others if ends[other].as_source & bit)
            return frozenset(found) - {app} if ends[app].as_destination & bit else frozenset()
        found = (other for other in others if ends[other].as_destination & bit)
        return frozenset(found) - {app} if ends[app].as_source & bit else frozenset()


def _callers(network: Network, crowded: set[AppRef]) -> Neighbours:
    return {app: {policy.source for policy in network.policies.to(app)} for app in crowded}


def _callees(network: Network, crowded: set[AppRef]) -> Neighbours:
    found: Neighbours = {app: set() for app in crowded}
    for policy in network.policies.of_sources(crowded):
        found[policy.source].add(policy.destination)
    return found
