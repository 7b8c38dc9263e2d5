"""Ranges that are wider than any app needs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.guardrails.rules.rule import Notice

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reconciler.guardrails.rules.rule import RuleInput

WIDEST = 100
"""Ports that a policy may open and nobody minds: room for a cluster or passive FTP, not for a whole container."""


def check(given: RuleInput) -> Iterator[Notice]:
    """Find policies that open more ports than `WIDEST`."""
    for policy in given.notable:
        number = policy.end - policy.start + 1
        if number <= WIDEST:
            continue
        yield Notice(
            f"{policy} opens {number} ports",
            "open the ports that the app listens on; whatever else runs in the container is open too",
            given.place(policy),
            policy.source,
            policy.destination,
        )
