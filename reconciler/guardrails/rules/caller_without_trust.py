"""Callers of platform TLS that do not trust the certificates which they are shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.guardrails.rules.rule import Remark, some_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reconciler.guardrails.rules.rule import RuleInput


def check(given: RuleInput) -> Iterator[Remark]:
    """Find judged callers on tcp/61443 whose environment is known and does not name the container's CA bundle."""
    for app, policies in given.outgoing.items():
        facts = given.network.facts(app)
        if facts.trusts_platform is not False or not given.judges(app):
            continue
        destinations = {policy.destination for policy in policies if policy.is_platform_tls}
        if destinations:
            yield Remark(
                f"{app} calls over platform TLS, but nothing in its environment makes it trust the platform's "
                f"certificates: {some_of(destinations)}",
                "give the app `trust: system`, or waive this if it reads the container's own trust store anyway",
                facts.origin,
                source=app,
            )
