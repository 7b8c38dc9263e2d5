"""The server's quota: how many policies one source app may have without `network.admin`, and what that means here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.model.finding import Finding, Severity
from reconciler.model.policy import DEFAULT_QUOTA
from reconciler.planning.changes import PolicyRule
from reconciler.planning.rounds import policy_rounds

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from reconciler.model.live import LiveState
    from reconciler.model.names import AppRef
    from reconciler.model.policy import NetworkPolicy
    from reconciler.planning.changes import Change

_HOW_TO_FIT = "apply with network.admin, or remove policies of this source first"
_CANNOT_KNOW = (
    f"without network.admin the server allows {DEFAULT_QUOTA} by default and may count more than are visible here"
)


def room_left(changes: Iterable[Change], live: LiveState) -> dict[AppRef, int]:
    """Count how many policies each source app may still get, for those that cannot get all new ones at once.

    The server counts what is stored and what is posted, for every app that a call names at either end. Source:
    policy-server `handlers/quota_guard.go`.
    """
    if live.caller is None or live.caller.network_admin:
        return {}
    added: dict[AppRef, int] = {}
    for change in changes:
        if isinstance(change.after, PolicyRule):
            added[change.after.policy.source] = added.get(change.after.policy.source, 0) + 1
            added.setdefault(change.after.policy.destination, 0)
    stored = dict.fromkeys(added, 0)
    for policy in live.policies.of_sources(stored):
        stored[policy.source] += 1
    return {app: DEFAULT_QUOTA - stored[app] for app, new in added.items() if stored[app] + new > DEFAULT_QUOTA}


def quota_findings(changes: Sequence[Change], room: Mapping[AppRef, int]) -> list[Finding]:
    """Say what the quota does to the order, where a gap cannot be avoided, and what will not fit."""
    if not room:
        return []
    rounds = policy_rounds(changes, room)
    surplus: dict[AppRef, int] = {}
    for policy in rounds.surplus.add:
        surplus[policy.source] = surplus.get(policy.source, 0) + 1
    closed = {policy.destination for policy in rounds.closed.add}
    ordered = room.keys() - surplus.keys() - closed
    return [
        *(_surplus(app, number) for app, number in sorted(surplus.items())),
        *(_over(app, -room[app]) for app in sorted(closed)),
        *(_gap(*edit) for edit in rounds.gaps),
        *_order(sorted(ordered)),
    ]


def _surplus(app: AppRef, number: int) -> Finding:
    return Finding(
        Severity.WARN,
        "policy-quota",
        f"{app} would be the source of {DEFAULT_QUOTA + number} policies, and what is too much is added last: "
        f"{_CANNOT_KNOW}",
        hint=_HOW_TO_FIT,
    )


def _over(app: AppRef, number: int) -> Finding:
    return Finding(
        Severity.WARN,
        "policy-quota",
        f"{app} is the source of {DEFAULT_QUOTA + number} policies, and then it gets no inbound ones either, which are "
        f"added last: {_CANNOT_KNOW}",
        hint=_HOW_TO_FIT,
    )


def _gap(before: NetworkPolicy, after: NetworkPolicy) -> Finding:
    return Finding(
        Severity.WARN,
        "policy-quota-gap",
        f"{before.source} is at its quota: `{before}` has to go before `{after}` can come, and what it opens is closed "
        "in between",
        hint="apply with network.admin to have no gap",
    )


def _order(apps: Sequence[AppRef]) -> Iterator[Finding]:
    for app in apps:
        yield Finding(
            Severity.AUDIT,
            "policy-quota-order",
            f"{app} is near its quota: some of its old policies go before all of its new ones are there; no pair of "
            "apps that is allowed before and after is cut by that",
        )
