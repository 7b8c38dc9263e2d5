"""Policies that open what the platform keeps for itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.guardrails.rules.rule import Notice
from reconciler.model.ports import RESERVED_PORTS, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reconciler.guardrails.rules.rule import RuleInput


def check(given: RuleInput) -> Iterator[Notice]:
    """Find TCP policies, live ones too, whose range holds a reserved port. A manifest with one does not load."""
    suspicious = [policy for policy in given.notable if policy.start != policy.end or policy.start in RESERVED_PORTS]
    for policy in suspicious:
        opened = [port for port in RESERVED_PORTS if policy.ports.contains(port)]
        if opened and policy.protocol == Protocol.TCP:
            ports = ", ".join(map(str, opened))
            reasons = "; ".join(dict.fromkeys(RESERVED_PORTS[port] for port in opened))
            yield Notice(
                f"{policy} opens {ports}: {reasons}",
                "open only the ports that the app itself listens on; for platform TLS that is 61443",
                given.place(policy),
                policy.source,
                policy.destination,
            )
