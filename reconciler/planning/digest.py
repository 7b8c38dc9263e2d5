"""The digests that bind a review to an apply."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

import orjson
import rfc8785

from reconciler.model.numbering import SOURCE, WIDTH
from reconciler.planning.changes import MappedApp, PolicyRule, VariableSetting
from reconciler.planning.encoding import encode_change

if TYPE_CHECKING:
    from collections.abc import Iterable

    from reconciler.model.desired import DesiredState
    from reconciler.model.live import LiveState
    from reconciler.model.names import AppRef
    from reconciler.model.policies import PolicySet
    from reconciler.planning.changes import Change, Item
    from reconciler.planning.plan import Plan

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
    binding = [{key: change[key] for key in ("action", "kind", "address", "before", "after")} for change in changes]
    return digest_of(
        {
            "format_version": FORMAT_VERSION,
            "foundation": foundation,
            "changes": binding,
            "manifests": manifests,
            "live": live,
        }
    )


def live_digest(desired: DesiredState, live: LiveState) -> str:
    """Hash the part of the live state that a plan depends on, as `sha256:<hex>`. Foreign things are left out."""
    scope = desired.scope
    policies = _Written(live.policies.to_any(scope.apps), scope.apps)
    routes = (
        [*route, state.space and [*state.space], sorted(map(list, state.destinations)), state.unnamed_destinations]
        for route, state in live.routes.items()
        if route in desired.declared
        or (route.domain in scope.domains and not scope.apps.isdisjoint(state.destinations))
    )
    environment = ([*app, sorted(read.items())] for app, read in live.environment.items() if app in scope.apps)
    parts = {
        "apps": [[*app, known.incarnation if (known := live.apps.get(app)) else None] for app in policies.apps],
        "openings": [[*opening] for opening in policies.openings],
        "policies": policies.numbers(),
        "routes": sorted(routes),
        "environment": sorted(environment),
    }
    return f"sha256:{hashlib.sha256(orjson.dumps(parts)).hexdigest()}"


class _Written:
    """Policies as numbers that are the same on every run, unlike those of a numbering.

    `apps` and `openings` are sorted, and a number is made of three places in them: those of the destination, of the
    source and of the opening, like the digits of one number. Numbers are hashed many times faster than texts.
    """

    def __init__(self, policies: PolicySet, governed: frozenset[AppRef]) -> None:
        known = policies.numbering
        self._policies = policies
        numbers = set[int]().union(*policies.groups.values())
        sources = {number & SOURCE for number in numbers}
        self._places = sorted(sources.union(map(known.app, governed)), key=known.apps.__getitem__)
        self._opened = sorted({number >> WIDTH for number in numbers}, key=known.openings.__getitem__)
        self.apps = [known.apps[place] for place in self._places]
        """The governed apps, and those that may call them."""
        self.openings = [known.openings[place] for place in self._opened]

    def numbers(self) -> list[int]:
        """Give the numbers, sorted."""
        known, found = self._policies.numbering, self._policies.groups
        width, most = len(self.openings), len(self.apps) * len(self.openings)
        sources, openings = [0] * len(known.apps), [0] * len(known.openings)
        for at, place in enumerate(self._places):
            sources[place] = at * width
        for at, place in enumerate(self._opened):
            openings[place] = at
        groups = ((at * most, found.get(place, ())) for at, place in enumerate(self._places))
        return sorted(
            [
                start + sources[number & SOURCE] + openings[number >> WIDTH]
                for start, group in groups
                for number in group
            ]
        )


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
