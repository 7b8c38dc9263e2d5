"""The plan as JSON, and the digests that bind a review to an apply.

Format version 1.0 is described in `docs/plan-json.md`. The same plan gives the same bytes.
"""

from __future__ import annotations

import hashlib
from datetime import UTC
from typing import TYPE_CHECKING, Any

import rfc8785

from reconciler import __version__
from reconciler.planning.changes import MappedApp, OwnedRoute, PolicyRule

if TYPE_CHECKING:
    from datetime import datetime

    from reconciler.diagnostics import Span
    from reconciler.model.live import LiveState
    from reconciler.model.scope import Scope
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
    return digest_of(
        {
            "format_version": FORMAT_VERSION,
            "foundation": plan.foundation,
            "changes": [_deed(change) for change in plan.changes],
            "manifests": plan.manifests.digest,
            "live": plan.live.digest,
        }
    )


def live_digest(scope: Scope, live: LiveState) -> str:
    """Hash the part of the live state that a plan for this scope depends on. Foreign things are left out."""
    governed = sorted(policy for policy in live.policies if scope.governs(policy))
    apps = {app for policy in governed for app in (policy.source, policy.destination)} | scope.apps
    routes = {
        str(route): [str(state.space), sorted(map(str, state.destinations)), state.unnamed_destinations]
        for route, state in live.routes.items()
        if route.domain in scope.domains
    }
    return digest_of(
        {
            "policies": [str(policy) for policy in governed],
            "apps": {str(app): live.apps[app].incarnation for app in apps if app in live.apps},
            "routes": routes,
            "environment": {str(app): dict(variables) for app, variables in live.environment.items()},
        }
    )


def encode_plan(plan: Plan) -> dict[str, Any]:
    """Turn a plan into the JSON object of format version 1.0."""
    summary = plan.summary
    return {
        "format_version": FORMAT_VERSION,
        "tool_version": __version__,
        "foundation": plan.foundation,
        "digest": plan_digest(plan),
        "manifests": {"digest": plan.manifests.digest, "revision": plan.manifests.revision},
        "live": {"digest": plan.live.digest, "taken_at": timestamp(plan.live.taken_at)},
        "summary": {name: getattr(summary, name) for name in summary.__slots__},
        "changes": [encode_change(change) for change in plan.changes],
        "pending": [
            {
                "kind": item.kind.value,
                "address": item.address,
                "missing": list(item.missing),
                "origin": [encode_span(span) for span in item.origins],
            }
            for item in plan.pending
        ],
        "blocked": [{"kind": item.kind.value, "address": item.address, "reason": item.reason} for item in plan.blocked],
        "stale": [str(policy) for policy in plan.stale],
        "findings": [
            {
                "severity": item.severity.value,
                "code": item.code,
                "message": item.message,
                "hint": item.hint,
                "origin": encode_span(item.origin) if item.origin else {},
            }
            for item in plan.findings
        ],
    }


def encode_change(change: Change) -> dict[str, Any]:
    """Turn one change into JSON."""
    return {
        "action": change.action,
        "kind": change.item.kind.value,
        "address": change.item.address,
        "before": None if change.before is None else encode_item(change.before),
        "after": None if change.after is None else encode_item(change.after),
        "reason": change.reason.value,
        "origin": [encode_span(span) for span in change.origins],
    }


def _deed(change: Change) -> dict[str, Any]:
    encoded = encode_change(change)
    return {key: encoded[key] for key in ("action", "kind", "address", "before", "after")}


def encode_item(item: Item) -> dict[str, Any]:
    """Turn what a change is about into JSON."""
    if isinstance(item, PolicyRule):
        policy = item.policy
        return {
            "source": str(policy.source),
            "destination": str(policy.destination),
            "protocol": policy.protocol,
            "start": policy.start,
            "end": policy.end,
            "tls": None if item.tls is None else item.tls.value,
        }
    if isinstance(item, OwnedRoute):
        return {"host": item.route.host, "domain": item.route.domain, "space": str(item.space)}
    if isinstance(item, MappedApp):
        return {"route": str(item.destination.route), "app": str(item.destination.app)}
    return {"app": str(item.variable.app), "name": item.variable.name, "value": item.value}


def encode_span(span: Span) -> dict[str, Any]:
    """Turn a manifest position into JSON."""
    return {"file": span.file, "line": span.line, "column": span.column}


def timestamp(moment: datetime | None) -> str | None:
    """Write a moment as RFC 3339 in UTC, to the second; an unknown one stays None."""
    return None if moment is None else moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
