"""What an expression sees of a policy. Text that is not there is empty, so that comparing it never fails."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reconciler.model.names import fold

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Mapping

    from reconciler.model.desired import Term
    from reconciler.model.names import AppRef
    from reconciler.model.network import AppFacts
    from reconciler.model.policy import NetworkPolicy

Values = tuple["Hashable", ...]


def app_fields(app: AppRef, facts: AppFacts) -> dict[str, Hashable]:
    """Show an app. Names and zones are in lower case: who may name an app must not evade a rule by its spelling."""
    return {
        "org": fold(app.org),
        "space": fold(app.space),
        "app": fold(app.app),
        "zone": fold(facts.zone or ""),
        "labels": frozenset(facts.labels.items()),
        "owner": facts.owner or "",
        "template": facts.template or "",
    }


def policy_fields(policy: NetworkPolicy, term: Term | None) -> dict[str, Hashable]:
    """Show what a policy opens. `tls` is `unknown` where neither an entry nor the port says it."""
    tls = policy.known_tls if term is None else term.tls
    return {
        "protocol": str(policy.protocol),
        "start": policy.start,
        "end": policy.end,
        "tls": "unknown" if tls is None else tls.value,
    }


def grant_fields(term: Term | None) -> dict[str, Hashable]:
    """Show the entry that asks for a policy; None for a policy without one. `until` is written YYYY-MM-DD."""
    return {
        "declared": term is not None,
        "why": (term and term.why) or "",
        "until": term.until.isoformat() if term and term.until else "",
    }


def picked(fields: Mapping[str, Hashable], names: Iterable[str]) -> Values:
    """Keep the values of some fields."""
    return tuple(fields[name] for name in names)


def as_map(names: Iterable[str], values: Values) -> dict[str, Any]:
    """Turn values back into what CEL calls a map."""
    pairs = zip(names, values, strict=True)
    return {name: dict(value) if isinstance(value, frozenset) else value for name, value in pairs}
