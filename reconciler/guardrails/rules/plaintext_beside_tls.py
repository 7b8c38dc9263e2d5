"""The plaintext port left open beside platform TLS."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.guardrails.rules.rule import Notice
from reconciler.model.ports import PLATFORM_TLS_APP_PORT, PLATFORM_TLS_PORT, Protocol, TlsMode

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reconciler.guardrails.rules.rule import RuleInput
    from reconciler.model.policy import NetworkPolicy


def check(given: RuleInput) -> Iterator[Notice]:
    """Find policies that open 8080 between apps for which tcp/61443 is open as well.

    Quiet where every entry that asks for the port says when that ends, and where it says that TLS is spoken there.
    """
    opening = [policy for policy in given.notable if policy.start <= PLATFORM_TLS_APP_PORT <= policy.end]
    tls = {
        beside[:2]
        for app in {policy.destination for policy in opening}
        for beside in given.policies_to(app)
        if beside.is_platform_tls
    }
    for policy in opening:
        if policy.protocol == Protocol.TCP and policy[:2] in tls and not _settled(policy, given):
            yield Notice(
                f"{policy} leaves the app's plaintext port {PLATFORM_TLS_APP_PORT} open beside platform TLS on "
                f"{PLATFORM_TLS_PORT}",
                f"move the callers to {PLATFORM_TLS_PORT} and drop it; `plaintext_until` gives a migration its end",
                given.place(policy),
                policy.source,
                policy.destination,
            )


def _settled(policy: NetworkPolicy, given: RuleInput) -> bool:
    terms = given.network.policies[policy]
    return bool(terms) and all(term.until or term.tls is TlsMode.MANUAL for term in terms)
