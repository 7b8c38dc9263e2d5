"""What an expression sees of a policy. Text that is not there is empty, so that comparing it never fails."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reconciler.model.names import fold

if TYPE_CHECKING:
    from reconciler.model.desired import Term
    from reconciler.model.names import AppRef
    from reconciler.model.network import AppFacts
    from reconciler.model.policy import NetworkPolicy
    from reconciler.model.ports import TlsMode


def app_view(app: AppRef, facts: AppFacts) -> dict[str, Any]:
    """Show an app. Names and zones are in lower case: who may name an app must not evade a rule by its spelling."""
    return {
        "org": fold(app.org),
        "space": fold(app.space),
        "app": fold(app.app),
        "zone": fold(facts.zone or ""),
        "labels": dict(facts.labels),
        "owner": facts.owner or "",
        "template": facts.template or "",
    }


def policy_view(policy: NetworkPolicy, tls: TlsMode | None) -> dict[str, Any]:
    """Show what a policy opens. `tls` is `unknown` where neither an entry nor the port says it."""
    return {
        "protocol": str(policy.protocol),
        "start": policy.start,
        "end": policy.end,
        "tls": "unknown" if tls is None else tls.value,
    }


def grant_view(term: Term | None) -> dict[str, Any]:
    """Show the entry that asks for a policy; None for a policy without one. `until` is written YYYY-MM-DD."""
    return {
        "declared": term is not None,
        "why": (term and term.why) or "",
        "until": term.until.isoformat() if term and term.until else "",
    }
