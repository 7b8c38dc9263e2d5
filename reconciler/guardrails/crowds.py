"""Counting callers and callees, for `max_sources` and `max_destinations`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.guardrails.subjects import Crowd

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from reconciler.guardrails.checks import Check
    from reconciler.guardrails.ends import Ends
    from reconciler.guardrails.limits.kinds import CountLimit
    from reconciler.model.names import AppRef
    from reconciler.model.network import Network
    from reconciler.model.policy import NetworkPolicy

Neighbours = dict["AppRef", list["AppRef"]]


class Crowds:
    """The other ends of every app's policies, in the world that is judged and in the one before."""

    def __init__(self, ends: Ends, after: Network, before: Network | None) -> None:
        self._ends = ends
        self._after = after.policies
        self._before = before.policies if before is not None else None
        self._neighbours: dict[tuple[bool, bool], Neighbours] = {}

    def too_many(self, check: Check, limit: CountLimit) -> Iterator[tuple[Crowd, frozenset[AppRef]]]:
        """Find the apps with too many others, and name the others."""
        grown_only = check.guardrail.introduced and self._before is not None
        earlier = self._by_app(before=True, callers=limit.callers) if grown_only else {}
        for app, others in self._by_app(before=False, callers=limit.callers).items():
            if len(others) <= limit.most:
                continue
            counted = self._counted(check, limit, app, others)
            if len(counted) <= limit.most:
                continue
            if grown_only and len(counted) <= len(self._counted(check, limit, app, earlier.get(app, ()))):
                continue
            yield Crowd(app, len(counted)), counted

    def _counted(self, check: Check, limit: CountLimit, app: AppRef, others: Iterable[AppRef]) -> frozenset[AppRef]:
        ends, bit = self._ends, check.bit
        if not (ends[app].as_destination if limit.callers else ends[app].as_source) & bit:
            return frozenset()
        side: Callable[[AppRef], int] = (
            (lambda other: ends[other].as_source) if limit.callers else (lambda other: ends[other].as_destination)
        )
        return frozenset(other for other in others if other != app and side(other) & bit)

    def _by_app(self, *, before: bool, callers: bool) -> Neighbours:
        found = self._neighbours.get((before, callers))
        if found is None:
            policies: Mapping[NetworkPolicy, object] = (self._before or {}) if before else self._after
            found = self._neighbours[before, callers] = {}
            for source, destination, *_ in policies:
                app, other = (destination, source) if callers else (source, destination)
                known = found.get(app)
                if known is None:
                    found[app] = [other]
                else:
                    known.append(other)
        return found
