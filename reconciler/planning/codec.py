"""The plan as JSON. Format version 1.0 is described in `docs/plan-json.md`; the same plan gives the same bytes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reconciler import __version__
from reconciler.planning.digest import FORMAT_VERSION, plan_digest
from reconciler.planning.encoding import (
    encode_change,
    encode_connectivity,
    encode_finding,
    encode_span,
    encode_waiver,
    timestamp,
)

if TYPE_CHECKING:
    from reconciler.planning.plan import Plan


def encode_plan(plan: Plan) -> dict[str, Any]:
    """Turn a plan into the JSON object of format version 1.0."""
    summary = plan.summary
    return {
        "format_version": FORMAT_VERSION,
        "tool_version": __version__,
        "foundation": plan.foundation,
        "digest": plan_digest(plan),
        "manifests": {
            "digest": plan.manifests.digest,
            "revision": plan.manifests.revision,
            "paths": list(plan.manifests.paths),
        },
        "live": {
            "digest": plan.live.digest,
            "taken_at": timestamp(plan.live.taken_at),
            "apps": dict(plan.live.apps),
        },
        "options": {
            "today": plan.options.today.isoformat(),
            "all_environments": plan.options.all_environments,
            "rollback_of": plan.options.rollback_of,
        },
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
        "blocked": [
            {
                "kind": item.kind.value,
                "address": item.address,
                "reason": item.reason,
                "who": item.who,
                "origin": [encode_span(span) for span in item.origins],
            }
            for item in plan.blocked
        ],
        "stale": [str(policy) for policy in plan.stale],
        "findings": [encode_finding(finding) for finding in plan.findings],
        "waivers": [encode_waiver(use) for use in plan.waivers],
        "connectivity": [encode_connectivity(change) for change in plan.connectivity],
    }
