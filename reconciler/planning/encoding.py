"""Changes, items and positions as JSON objects."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING, Any

from reconciler.planning.changes import MappedApp, OwnedRoute, PolicyRule

if TYPE_CHECKING:
    from datetime import datetime

    from reconciler.diagnostics import Span
    from reconciler.model.connectivity import ConnectivityChange, OpenPorts
    from reconciler.model.finding import Finding, WaiverUse
    from reconciler.planning.changes import Change, Item


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


def encode_connectivity(change: ConnectivityChange) -> dict[str, Any]:
    """Turn what a change means for two apps into JSON."""
    return {
        "kind": change.kind.value,
        "risk": change.risk.value,
        "source": str(change.source),
        "destination": str(change.destination),
        "before": [_opening(opening) for opening in change.before],
        "after": [_opening(opening) for opening in change.after],
        "gained": [_opening(opening) for opening in change.gained],
        "lost": [_opening(opening) for opening in change.lost],
        "zone": change.zone,
        "path": [str(hop) for hop in change.path],
        "message": str(change),
        "origin": [encode_span(span) for span in change.origins],
    }


def _opening(opening: OpenPorts) -> dict[str, Any]:
    return {
        "protocol": opening.protocol,
        "start": opening.ports.start,
        "end": opening.ports.end,
        "tls": None if opening.tls is None else opening.tls.value,
    }


def encode_finding(finding: Finding) -> dict[str, Any]:
    """Turn a finding into JSON."""
    return {
        "severity": finding.severity.value,
        "code": finding.code,
        "message": finding.message,
        "hint": finding.hint,
        "origin": encode_span(finding.origin) if finding.origin else {},
        "limit": finding.limit,
        "subject": finding.subject,
        "rule": encode_span(finding.rule) if finding.rule else None,
        "related": [encode_span(span) for span in finding.related],
    }


def encode_waiver(use: WaiverUse) -> dict[str, Any]:
    """Turn a waiver that is used into JSON."""
    return {
        "name": use.name,
        "guardrail": use.guardrail,
        "count": use.count,
        "until": use.until.isoformat(),
        "why": use.why,
        "origin": encode_span(use.origin),
    }


def encode_span(span: Span) -> dict[str, Any]:
    """Turn a manifest position into JSON."""
    return {"file": span.file, "line": span.line, "column": span.column}


def timestamp(moment: datetime | None) -> str | None:
    """Write a moment as RFC 3339 in UTC, to the second; an unknown one stays None."""
    return None if moment is None else moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
