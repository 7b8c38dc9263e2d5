"""Platform TLS to an app whose certificate carries no name that a caller could check."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.guardrails.rules.rule import Remark, some_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reconciler.guardrails.rules.rule import RuleInput
    from reconciler.model.names import AppRef


def check(given: RuleInput) -> Iterator[Remark]:
    """Find apps without an internal route that may be called on tcp/61443.

    Where a manifest asks for such a policy, loading has said so already (`auto-without-route`).
    """
    named = frozenset(app for apps in given.network.routes.values() for app in apps)
    callers: dict[AppRef, list[AppRef]] = {}
    declared = set()
    for policy in given.policies():
        if policy.is_platform_tls and policy.destination not in named:
            callers.setdefault(policy.destination, []).append(policy.source)
            if given.network.policies[policy]:
                declared.add(policy.destination)
    for app, sources in callers.items():
        if app not in declared:
            yield Remark(
                f"{app} may be called over platform TLS but has no internal route, so that its certificate carries no "
                f"name that callers could check: {some_of(sources)}",
                "map an internal route to the app; without one callers have to turn verification off",
                given.network.facts(app).origin,
                destination=app,
            )
