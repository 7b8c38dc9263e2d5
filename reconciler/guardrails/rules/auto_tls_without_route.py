"""Platform TLS to an app whose certificate carries no name that a caller could check."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.guardrails.rules.rule import Notice, some_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reconciler.guardrails.rules.rule import RuleInput


def check(given: RuleInput) -> Iterator[Notice]:
    """Find apps without an internal route that may be called on tcp/61443.

    Where a manifest asks for such a policy, loading has said so already (`auto-without-route`).
    """
    for app in given.nameless:
        policies = given.policies_to(app)
        over_tls = [policy for policy in policies if policy.is_platform_tls]
        if over_tls and not any(given.network.policies[policy] for policy in over_tls):
            yield Notice(
                f"{app} may be called over platform TLS but has no internal route, so that its certificate carries no "
                f"name that callers could check: {some_of(policy.source for policy in over_tls)}",
                "map an internal route to the app; without one callers have to turn verification off",
                given.network.facts(app).origin,
                destination=app,
            )
