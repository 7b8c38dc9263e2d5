"""The digests that bind a review to an apply."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

import orjson
import rfc8785

from reconciler.planning.changes import MappedApp, PolicyRule, VariableSetting
from reconciler.planning.encoding import encode_change

if TYPE_CHECKING:
    from collections.abc import Iterable

    from reconciler.model.desired import DesiredState
    from reconciler.model.live import LiveState
    from reconciler.model.names import AppRef
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
    """Hash the part of the live state that a plan depends on. Foreign things are left out.

    Lists that grow with the foundation are hashed on their own first: the canonical form is slow to write.
    """
    scope = desired.scope
    governed = [policy for policy in live.policies if policy.destination in scope.apps]
    apps = {policy.source for policy in governed} | scope.apps
    names = {app: str(app) for app in apps}
    routes = {
        str(route): [str(state.space), sorted(map(str, state.destinations)), state.unnamed_destinations]
        for route, state in live.routes.items()
        if route in desired.declared
        or (route.domain in scope.domains and not scope.apps.isdisjoint(state.destinations))
    }
    return digest_of(
        {
            "policies": _digest_of_lines(
                f"{names[source]} {names[destination]} {protocol} {start} {end}"
                for source, destination, protocol, start, end in governed
            ),
            "apps": _digest_of_lines(f"{names[app]} {live.apps[app].incarnation}" for app in apps if app in live.apps),
            "routes": routes,
            "environment": {
                str(app): dict(variables) for app, variables in live.environment.items() if app in scope.apps
            },
        }
    )


def _digest_of_lines(lines: Iterable[str]) -> str:
    """Hash texts in whatever order they come. As JSON they cannot run into each other."""
    return hashlib.sha256(orjson.dumps(sorted(lines))).hexdigest()


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
