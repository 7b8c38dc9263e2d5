"""The digests that bind a review to an apply."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from itertools import count
from typing import TYPE_CHECKING, Any, NamedTuple

import orjson
import rfc8785

from reconciler.planning.changes import MappedApp, PolicyRule, VariableSetting
from reconciler.planning.encoding import encode_change

if TYPE_CHECKING:
    from collections.abc import Iterable

    from reconciler.model.desired import DesiredState
    from reconciler.model.live import LiveState
    from reconciler.model.names import AppRef
    from reconciler.model.policy import NetworkPolicy
    from reconciler.planning.changes import Change, Item
    from reconciler.planning.plan import Plan

_Opening = tuple[str, int, int]

FORMAT_VERSION = "1.0"


def digest_of(value: Any) -> str:  # noqa: ANN401 - any JSON value
    """Hash a JSON value in its canonical form (RFC 8785), as `sha256:<hex>`."""
    return "sha256:" + hashlib.sha256(rfc8785.dumps(value)).hexdigest()


def plan_digest(plan: Plan) -> str:
    """Hash what would be done and the state it was decided on.

    Neither the time nor the tool's version counts, nor do the reasons: they are read off foreign things too.
    """
    changes = [encode_change(change) for change in plan.changes]
    return digest_of_parts(plan.foundation, changes, plan.manifests.digest, plan.live.digest)


def digest_of_parts(foundation: str, changes: list[dict[str, Any]], manifests: str, live: str) -> str:
    """Hash a plan whose changes are encoded already, such as one that was saved."""
    deeds = [{key: change[key] for key in ("action", "kind", "address", "before", "after")} for change in changes]
    return digest_of(
        {
            "format_version": FORMAT_VERSION,
            "foundation": foundation,
            "changes": deeds,
            "manifests": manifests,
            "live": live,
        }
    )


def live_digest(desired: DesiredState, live: LiveState) -> str:
    """Hash the part of the live state that a plan depends on, as `sha256:<hex>`. Foreign things are left out."""
    scope = desired.scope
    columns = _governed(live.policies, scope.apps)
    apps, openings = sorted(scope.apps.union(columns.apps)), sorted(columns.openings)
    routes = (
        [*route, state.space and [*state.space], sorted(map(list, state.destinations)), state.unnamed_destinations]
        for route, state in live.routes.items()
        if route in desired.declared
        or (route.domain in scope.domains and not scope.apps.isdisjoint(state.destinations))
    )
    environment = ([*app, sorted(read.items())] for app, read in live.environment.items() if app in scope.apps)
    parts = {
        "apps": [[*app, live.apps[app].incarnation if app in live.apps else None] for app in apps],
        "openings": openings,
        "policies": _numbers(columns, apps, openings),
        "routes": sorted(routes),
        "environment": sorted(environment),
    }
    return f"sha256:{hashlib.sha256(orjson.dumps(parts)).hexdigest()}"


class _Columns(NamedTuple):
    """Policies in columns of places: in `apps` and in `openings`, which stand in the order in which they were met."""

    apps: list[AppRef]
    openings: list[_Opening]
    ends: list[int]
    sources: list[int]
    opened: list[int]


def _governed(policies: Iterable[NetworkPolicy], governed: frozenset[AppRef]) -> _Columns:
    """Take the policies whose destination is governed.

    Apps are told apart by the objects that name them before they are by name: as a rule one object stands in all
    policies of an app, and comparing names half a million times takes most of the time.
    """
    places: defaultdict[AppRef, int] = defaultdict(count().__next__)
    openings: defaultdict[_Opening, int] = defaultdict(count().__next__)
    known_ends: dict[int, int | None] = {}
    known_sources: dict[int, int] = {}
    ends, sources, opened = [], [], []
    for source, end, protocol, first, last in policies:
        try:
            place = known_ends[id(end)]
        except KeyError:
            place = known_ends[id(end)] = places[end] if end in governed else None
        if place is None:
            continue
        try:
            caller = known_sources[id(source)]
        except KeyError:
            caller = known_sources[id(source)] = places[source]
        ends.append(place)
        sources.append(caller)
        opened.append(openings[protocol, first, last])
    return _Columns(list(places), list(openings), ends, sources, opened)


def _numbers(columns: _Columns, apps: list[AppRef], openings: list[_Opening]) -> list[int]:
    """Write each policy as one number, and give these sorted: that is many times faster than to sort texts.

    A number is made of places in the two lists, so beside these it tells the whole policy: what each part is multiplied
    with is more than the parts after it can be.
    """
    place_of = {app: place for place, app in enumerate(apps)}
    opening_of = {opening: place for place, opening in enumerate(openings)}
    width = len(openings)
    sources = [place_of[app] * width for app in columns.apps]
    ends = [source * len(apps) for source in sources]
    opened = [opening_of[opening] for opening in columns.openings]
    parts = (
        map(ends.__getitem__, columns.ends),
        map(sources.__getitem__, columns.sources),
        map(opened.__getitem__, columns.opened),
    )
    return sorted(end + source + opening for end, source, opening in zip(*parts, strict=True))


def fingerprints(changes: Iterable[Change], live: LiveState) -> dict[str, str]:
    """Give each app that a change names a short mark that changes when the app is made again under its name."""
    apps = {app for change in changes for app in _apps_of(change.item) if app in live.apps}
    return {str(app): hashlib.sha256(live.apps[app].incarnation.encode()).hexdigest()[:16] for app in sorted(apps)}


def _apps_of(item: Item) -> tuple[AppRef, ...]:
    if isinstance(item, PolicyRule):
        return (item.policy.source, item.policy.destination)
    if isinstance(item, MappedApp):
        return (item.destination.app,)
    return (item.variable.app,) if isinstance(item, VariableSetting) else ()
