"""The digests that bind a review to an apply."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

import rfc8785

from reconciler.planning.encoding import encode_change

if TYPE_CHECKING:
    from reconciler.model.desired import DesiredState
    from reconciler.model.live import LiveState
    from reconciler.planning.changes import Change
    from reconciler.planning.plan import Plan

FORMAT_VERSION = "1.0"


def digest_of(value: Any) -> str:  # noqa: ANN401 - any JSON value
    """Hash a JSON value in its canonical form (RFC 8785), as `sha256:<hex>`."""
    return "sha256:" + hashlib.sha256(rfc8785.dumps(value)).hexdigest()


def plan_digest(plan: Plan) -> str:
    """Hash what would be done and the state it was decided on.

    Neither the time nor the tool's version counts, nor do the reasons: they are read off foreign things too.
    """
    return digest_of(
        {
            "format_version": FORMAT_VERSION,
            "foundation": plan.foundation,
            "changes": [_deed(change) for change in plan.changes],
            "manifests": plan.manifests.digest,
            "live": plan.live.digest,
        }
    )


def _deed(change: Change) -> dict[str, Any]:
    encoded = encode_change(change)
    return {key: encoded[key] for key in ("action", "kind", "address", "before", "after")}


def live_digest(desired: DesiredState, live: LiveState) -> str:
    """Hash the part of the live state that a plan depends on. Foreign things are left out."""
    scope = desired.scope
    governed = sorted(policy for policy in live.policies if scope.governs(policy))
    apps = {app for policy in governed for app in (policy.source, policy.destination)} | scope.apps
    routes = {
        str(route): [str(state.space), sorted(map(str, state.destinations)), state.unnamed_destinations]
        for route, state in live.routes.items()
        if route in desired.declared
        or (route.domain in scope.domains and not scope.apps.isdisjoint(state.destinations))
    }
    return digest_of(
        {
            "policies": [str(policy) for policy in governed],
            "apps": {str(app): live.apps[app].incarnation for app in apps if app in live.apps},
            "routes": routes,
            "environment": {
                str(app): dict(variables) for app, variables in live.environment.items() if app in scope.apps
            },
        }
    )
