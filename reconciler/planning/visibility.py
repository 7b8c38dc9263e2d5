"""What a plan by this caller cannot know: said, never assumed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.model.finding import Finding, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reconciler.model.caller import Caller
    from reconciler.model.live import LiveState

PARTIAL_VIEW = "partial-view"
UNNAMED_APPS = "unnamed-apps"

_MOST_NAMED = 10


def visibility_findings(live: LiveState) -> list[Finding]:
    """Say what is hidden from the caller, so that a short list never passes for a clean world."""
    return [*_hidden_policies(live), *_unnamed_apps(live), *_impossible_ports(live), *_unread_environments(live)]


def sees_every_policy(live: LiveState) -> bool:
    """Say whether nothing is hidden from the caller: no policy, and no name of an app at the end of one."""
    return not [*_hidden_policies(live), *_unnamed_apps(live)]


def _hidden_policies(live: LiveState) -> Iterator[Finding]:
    caller = live.caller
    if caller is None or caller.network_admin:
        return
    yield Finding(
        Severity.WARN,
        PARTIAL_VIEW,
        f"{caller.name} does not have network.admin: policies from or to spaces in which {caller.name} is not Space "
        f"Developer are hidden, so callers from there are neither shown nor removed{_closed(live, caller)}",
        hint="plan, or take the snapshot, with network.admin to see them",
    )


def _unnamed_apps(live: LiveState) -> Iterator[Finding]:
    caller = live.caller
    if caller is None or not caller.network_admin or caller.reads_every_app or not live.stale:
        return
    yield Finding(
        Severity.WARN,
        UNNAMED_APPS,
        f"{len(live.stale)} policies have an end that {caller.name} cannot name: the app is gone, or in a space "
        "that is closed to this caller",
        hint="plan, or take the snapshot, with cloud_controller.admin_read_only or cloud_controller.global_auditor to "
        "tell",
    )


def _impossible_ports(live: LiveState) -> Iterator[Finding]:
    """Name the policies that only version 0 of the API lets in. Source: policy-server `api/api_v0/validator.go`."""
    for policy in live.impossible:
        yield Finding(
            Severity.AUDIT,
            "impossible-ports",
            f"{policy} is left out: it was made through version 0 of the policy API, which lets in ports that do not "
            "exist",
            hint="whoever may change it can remove it there: POST /networking/v0/external/policies/delete",
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
    """Name those of the spaces that were read that are among the hidden ones."""
    closed = sorted(map(str, live.spaces - caller.developer_in)) if caller.roles_known else []
    if not closed:
        return ""
    more = f" and {len(closed) - _MOST_NAMED} more" if len(closed) > _MOST_NAMED else ""
    return f"; of the spaces that were read: {', '.join(closed[:_MOST_NAMED])}{more}"


def _listed_apps(number: int) -> str:
    return f"{number} listed app without `trust` was" if number == 1 else f"{number} listed apps without `trust` were"
