"""Policies that open nothing new."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.guardrails.rules.rule import Notice

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reconciler.guardrails.rules.rule import RuleInput
    from reconciler.model.names import AppRef
    from reconciler.model.policy import NetworkPolicy


def check(given: RuleInput) -> Iterator[Notice]:
    """Find policies whose ports lie inside those of another one between the same apps."""
    # Only a range can cover another policy, and few policies are ranges.
    pairs: dict[tuple[AppRef, AppRef, str], list[NetworkPolicy]] = {}
    for policy in given.notable:
        if policy.start != policy.end:
            pairs[policy[:3]] = []
    destinations = {pair[1] for pair in pairs}
    for app in destinations:
        for policy in given.policies_to(app):
            if policy[:3] in pairs:
                pairs[policy[:3]].append(policy)
    for policies in pairs.values():
        if len(policies) > 1:
            yield from _covered(policies, given)


def _covered(policies: list[NetworkPolicy], given: RuleInput) -> Iterator[Notice]:
    widest: NetworkPolicy | None = None
    for policy in sorted(policies, key=lambda item: (item.start, -item.end)):
        if widest is None or policy.end > widest.end:
            widest = policy
            continue
        yield Notice(
            f"{policy} opens nothing new: {widest.protocol}/{widest.ports} between the same apps is open as well",
            f"narrow {widest.protocol}/{widest.ports} to the ports that are used, or drop one of the two",
            given.place(policy),
            policy.source,
            policy.destination,
        )
