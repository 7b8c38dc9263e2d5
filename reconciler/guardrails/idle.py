"""Guardrails that are about nothing: a word of `match` that fits no app makes the strictest one allow everything."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.guardrails.selections import Selections
from reconciler.model.finding import Finding, Severity

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reconciler.model.guardrail import Guardrail
    from reconciler.model.network import Network

MATCHES_NOTHING = "guardrail-matches-nothing"


def idle_guardrails(guardrails: Sequence[Guardrail], network: Network) -> tuple[Finding, ...]:
    """Name the guardrails of which no app of the network fits one of the two sides."""
    selections = Selections(
        side for guardrail in guardrails for side in (guardrail.match.source, guardrail.match.destination)
    )
    met = _met(selections, network) if guardrails else 0
    found = []
    for guardrail in sorted(guardrails, key=lambda item: (item.name, item.origin)):
        sides = {"source": guardrail.match.source, "destination": guardrail.match.destination}
        empty = [name for name, selection in sides.items() if not selections.bits(selection) & met]
        if empty:
            message = (
                f"the guardrail `{guardrail.name}` is about nothing: no app fits its `{'` and its `'.join(empty)}`"
            )
            hint = "check the words of `match`; until an app fits, it forbids nothing"
            found.append(Finding(Severity.AUDIT, MATCHES_NOTHING, message, guardrail.origin, hint))
    return tuple(found)


def _met(selections: Selections, network: Network) -> int:
    """Give the bits of all selections that mean any app."""
    met = 0
    for app in network.policies.ends() | network.apps.keys():
        facts = network.facts(app)
        met |= selections.meaning(selections.home(app, facts), app, facts)
    return met
