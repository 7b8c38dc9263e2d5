"""Callers of platform TLS that do not trust the certificates which they are shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.guardrails.rules.rule import Notice, some_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reconciler.guardrails.rules.rule import RuleInput
    from reconciler.model.names import AppRef


def check(given: RuleInput) -> Iterator[Notice]:
    """Find judged callers on tcp/61443 whose environment is known and does not name the container's CA bundle."""
    called: dict[AppRef, set[AppRef]] = {
        app: set() for app in given.ends_with(lambda facts: facts.trusts_platform is False) if given.judges(app)
    }
    for policy in given.network.policies.of_sources(called):
        if policy.is_platform_tls:
            called[policy.source].add(policy.destination)
    for app, destinations in called.items():
        if destinations:
            yield Notice(
                f"{app} calls over platform TLS, but nothing in its environment makes it trust the platform's "
                f"certificates: {some_of(destinations)}",
                "give the app `trust: system`, or waive this if it reads the container's own trust store anyway",
                given.network.facts(app).origin,
                source=app,
            )
