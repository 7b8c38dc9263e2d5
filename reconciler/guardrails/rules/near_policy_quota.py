"""Source apps that are about to run into the policy server's quota."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.guardrails.rules.rule import Notice
from reconciler.model.policy import DEFAULT_QUOTA

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reconciler.guardrails.rules.rule import RuleInput

_NEAR = DEFAULT_QUOTA * 9 // 10


def check(given: RuleInput) -> Iterator[Notice]:
    """Find judged apps that are the source of nine tenths of the default quota, or more."""
    for app, number in given.traffic.outgoing.items():
        if number >= _NEAR and given.judges(app):
            yield Notice(
                f"{app} is the source of {number} policies; without network.admin the server allows {DEFAULT_QUOTA} by "
                "default and refuses the next ones",
                "let an operator apply them with network.admin, or let another app take over some of the calls",
                given.network.facts(app).origin,
                source=app,
            )
