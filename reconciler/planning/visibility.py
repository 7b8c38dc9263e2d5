"""What a plan by this caller cannot know, and where the server's quota will stand in its way: said, never assumed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.model.policy import DEFAULT_QUOTA
from reconciler.planning.changes import PolicyRule
from reconciler.planning.plan import Finding, Severity

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from reconciler.model.caller import Caller
    from reconciler.model.live import LiveState
    from reconciler.model.names import AppRef
    from reconciler.planning.changes import Change

_MOST_NAMED = 10


def visibility_findings(live: LiveState) -> list[Finding]:
    """Say what is hidden from the caller, so that a short list never passes for a clean world."""
    return [*_hidden_policies(live), *_unnamed_apps(live), *_unread_environments(live)]


def _hidden_policies(live: LiveState) -> Iterator[Finding]:
    caller = live.caller
    if caller is None or caller.network_admin:
        return
    yield Finding(
        Severity.WARN,
        "partial-view",
        f"{caller.name} does not have network.admin: policies from or to spaces in which {caller.name} is not Space "
        f"Developer are hidden, so callers from there are neither shown nor removed{_closed(live, caller)}",
        hint="plan with network.admin to see them",
    )


def _unnamed_apps(live: LiveState) -> Iterator[Finding]:
    caller = live.caller
    if caller is None or not caller.network_admin or caller.reads_every_app or not live.stale:
        return
    yield Finding(
        Severity.WARN,
        "unnamed-apps",
        f"{len(live.stale)} policies have an end that {caller.name} cannot name: the app is gone, or in a space "
        "that is closed to this caller",
        hint="plan with cloud_controller.admin_read_only or cloud_controller.global_auditor to tell",
    )


def _unread_environments(live: LiveState) -> Iterator[Finding]:
    what = "not searched for variables that an earlier `trust` left"
    if live.unread_environments:
        yield Finding(
            Severity.AUDIT,
            "environments-not-read",
            f"{_listed_apps(live.unread_environments)} {what}: each costs a call",
            hint="--all-environments reads them",
        )
    if live.closed_environments:
        yield Finding(
            Severity.AUDIT,
            "environments-closed",
            f"{_listed_apps(live.closed_environments)} {what}: this caller may not read them",
            hint="plan as Space Developer, or with cloud_controller.admin_read_only",
        )


def _closed(live: LiveState, caller: Caller) -> str:
    """Name the spaces of the manifests that are among the hidden ones."""
    closed = sorted(map(str, live.spaces - caller.developer_in)) if caller.roles_known else []
    if not closed:
        return ""
    more = f" and {len(closed) - _MOST_NAMED} more" if len(closed) > _MOST_NAMED else ""
    return f"; of the spaces in these manifests: {', '.join(closed[:_MOST_NAMED])}{more}"


def _listed_apps(number: int) -> str:
    return f"{number} listed app without `trust` was" if number == 1 else f"{number} listed apps without `trust` were"


def quota_findings(changes: Iterable[Change], live: LiveState) -> list[Finding]:
    """Forecast the count of policies a source, as the server will count it: those stored and those posted."""
    if live.caller is None or live.caller.network_admin:
        return []
    added: dict[AppRef, int] = {}
    for change in changes:
        if isinstance(change.after, PolicyRule):
            added[change.after.policy.source] = added.get(change.after.policy.source, 0) + 1
            # The server counts for every app that a call names, at either end. Source: `handlers/quota_guard.go`.
            added.setdefault(change.after.policy.destination, 0)
    stored = dict.fromkeys(added, 0)
    for policy in live.policies:
        if policy.source in stored:
            stored[policy.source] += 1
    return [
        Finding(
            Severity.WARN,
            "policy-quota",
            f"{source} would be the source of {stored[source] + number} policies while they are added; without "
            f"network.admin the server allows {DEFAULT_QUOTA} by default and may count more than are visible here",
            hint="apply with network.admin, or remove policies of this source first",
        )
        for source, number in sorted(added.items(), key=str)
        if stored[source] + number > DEFAULT_QUOTA
    ]
