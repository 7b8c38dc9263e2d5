"""An explanation as JSON text (`docs/explain.md`)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reconciler.planning.encoding import encode_span
from reconciler.report.explain_text import verdict_words
from reconciler.report.json_text import render_json

if TYPE_CHECKING:
    from reconciler.model.desired import Term
    from reconciler.model.explanation import Addition, ExplainedPolicy, Explanation

FORMAT_VERSION = "1.0"


def render_explanation_json(answer: Explanation) -> str:
    """Write an explanation in format version 1.0."""
    ports = answer.ports
    return render_json(
        {
            "format_version": FORMAT_VERSION,
            "source": str(answer.source),
            "destination": str(answer.destination),
            "protocol": answer.protocol,
            "start": None if ports is None else ports.start,
            "end": None if ports is None else ports.end,
            "basis": "manifests" if answer.offline else "live",
            "allowed": answer.allowed,
            "allowed_after_plan": answer.allowed_after_plan,
            "hangs_on_labels": answer.hangs_on_labels,
            "hidden": [str(space) for space in answer.hidden],
            "verdict": verdict_words(answer),
            "policies": [_policy(item) for item in answer.policies],
            "names": [
                {"route": str(name.route), "address": name.address, "certificate": name.certificate, "live": name.live}
                for name in dict.fromkeys(answer.names)
            ],
            "missing": [
                {
                    "gap": item.gap.value,
                    "message": item.message,
                    "hint": item.hint,
                    "addition": _addition(item.addition),
                }
                for item in answer.missing
            ],
            "conditions": [
                {"message": item.message, "addition": _addition(item.addition)} for item in answer.conditions
            ],
            "chain": [_policy(item) for item in answer.chain],
        }
    )


def _policy(item: ExplainedPolicy) -> dict[str, Any]:
    return {
        "source": str(item.policy.source),
        "destination": str(item.policy.destination),
        "protocol": item.policy.protocol,
        "start": item.policy.start,
        "end": item.policy.end,
        "tls": None if item.tls is None else item.tls.value,
        "standing": item.standing.value,
        "terms": [_term(term) for term in item.terms],
        "rules": list(item.rules),
    }


def _term(term: Term) -> dict[str, Any]:
    return {
        "origin": encode_span(term.origin),
        "tls": term.tls.value,
        "why": term.why,
        "until": None if term.until is None else term.until.isoformat(),
    }


def _addition(addition: Addition | None) -> dict[str, Any] | None:
    if addition is None:
        return None
    return {
        "place": addition.place,
        "origin": encode_span(addition.origin) if addition.origin else None,
        "lines": list(addition.lines),
    }
