"""The policy server: whether it is there, what it shows, and how much room is left."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from reconciler.errors import AuthorizationError
from reconciler.model.checkup import Check, Status
from reconciler.model.policy import DEFAULT_QUOTA

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reconciler.cf.checkup.examination import Examination

_OLD_QUOTA = 50
_TOP = 3
_NEARLY = 0.9
_SELF_SERVICE = "enable_space_developer_self_service"


def presence(look: Examination) -> Iterator[Check]:
    """List the policies: the only call that tells a policy server from a link to one."""
    claims = look.contact.claims()
    try:
        count = len(look.contact.policies)
    except AuthorizationError as refusal:
        hint = f"{refusal.hint or 'ask the operators'}, or to let Space Developers serve themselves ({_SELF_SERVICE})"
        yield Check("policy-server", Status.FAILED, f"API v1 answers, but {refusal.summary}", hint)
        return
    visible = f"API v1 answers and shows {count} polic{'y' if count == 1 else 'ies'}"
    if claims.sees_all_policies:
        yield Check("policy-server", Status.OK, f"{visible}: all there are")
    elif "network.write" in claims.scopes or claims.subject is None:
        yield Check("policy-server", Status.OK, f"{visible}; without network.admin there may be others")
    else:
        message = (
            f"{visible}; Space Developers may serve themselves here, and without network.admin there may be others"
        )
        yield Check("policy-server", Status.OK, message)


def quota(look: Examination) -> Iterator[Check]:
    """Say how many more policies a source may get. The number in force cannot be asked for."""
    counts = Counter(policy.source for policy in look.contact.policies)
    top = sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:_TOP]
    names = {guid: str(name) for guid, name in look.contact.app_names(guid for guid, _ in top).items()}
    if look.contact.claims().sees_all_policies:
        busiest = f"; most have {_named(top[0], names)}" if top else ""
        yield Check("quota", Status.OK, f"none for the caller, by network.admin{busiest}")
        return
    yield Check(
        "quota",
        Status.OK,
        f"{DEFAULT_QUOTA} policies for each source app by default ({_OLD_QUOTA} before October 2023)",
    )
    for item in top:
        yield _room(item, names)


def _named(item: tuple[str, int], names: dict[str, str]) -> str:
    guid, count = item
    return f"{names.get(guid, f'(unknown app {guid})')}: {count}"


def _room(item: tuple[str, int], names: dict[str, str]) -> Check:
    left = max(0, DEFAULT_QUOTA - item[1])
    message = f"{_named(item, names)} visible, {left} left by that default"
    if item[1] < DEFAULT_QUOTA * _NEARLY:
        return Check("quota", Status.OK, message)
    hint = "merge ports into ranges, remove policies of this source first, or apply with network.admin"
    return Check("quota", Status.WARNING, message, hint)


def tags(look: Examination) -> Iterator[Check]:
    """Count the apps that have policies: each takes one of the tags that packets are marked with.

    A tag is written with two digits a byte, which tells how many there are. Source: policy-server `store/tag_store.go`.
    """
    if not look.contact.claims().sees_all_policies:
        message = "how many more apps can take part in policies is shown to network.admin only"
        yield Check("tags", Status.UNKNOWN, message)
        return
    found = look.contact.tags()
    if not found:
        yield Check("tags", Status.OK, "no app takes part in a policy yet; by default 65,535 can")
        return
    room = 16 ** max(map(len, found)) - 1
    message = f"{len(found):,} of {room:,} apps that can take part in policies do"
    if len(found) < room * _NEARLY:
        yield Check("tags", Status.OK, message)
        return
    hint = "at the end, a policy for a new app fails: ask the operators for a larger tag_length"
    yield Check("tags", Status.WARNING, message, hint)
