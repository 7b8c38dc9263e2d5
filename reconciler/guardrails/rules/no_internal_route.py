"""Apps that may be called but have no name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.guardrails.rules.rule import Notice, some_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reconciler.guardrails.rules.rule import RuleInput


def check(given: RuleInput) -> Iterator[Notice]:
    """Find apps that other apps may call and that no internal route leads to.

    With platform TLS among the policies it is `auto-tls-without-route`, which weighs more.
    """
    for app in given.nameless:
        policies = given.policies_to(app)
        others = [policy for policy in policies if policy.source != app]
        if others and not any(policy.is_platform_tls for policy in others):
            yield Notice(
                f"{app} may be called but has no internal route, so that its callers have no name for it: "
                f"{some_of({policy.source for policy in others})}",
                "map an internal route to the app, or drop the policies if nobody calls it",
                given.network.facts(app).origin,
                destination=app,
            )
