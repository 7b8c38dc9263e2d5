"""A plan that was saved for review, and what has moved since.

An apply of a saved plan makes the plan anew and goes ahead only when the two are the same: whatever the file says, what
is carried out is decided by the manifests and the platform of that moment.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from reconciler.errors import StaleError, UsageError
from reconciler.planning.codec import encode_plan
from reconciler.planning.digest import FORMAT_VERSION, digest_of_parts, plan_digest
from reconciler.planning.encoding import encode_change
from reconciler.planning.json_fields import fields_of, list_of, optional, text_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reconciler.planning.plan import Plan

_MOST_NAMED = 20
_HOW_TO_SAVE = "save one with `c2c plan -o plan.json`"
_NOT_BINDING = frozenset({"foreign", "stale"})
_DIGEST = re.compile("sha256:[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class SavedPlan:
    """What a saved plan says, as far as it binds an apply."""

    foundation: str
    digest: str
    manifests: str
    paths: tuple[str, ...]
    live: str
    apps: Mapping[str, str]
    changes: tuple[dict[str, Any], ...]
    summary: Mapping[str, int]
    today: str
    all_environments: bool
    rollback_of: str | None = None


def read_saved_plan(data: object) -> SavedPlan:
    """Read the JSON object of a saved plan.

    Raise UsageError for another format version or a file that is no plan, and StaleError for one whose contents do
    not fit its own digest.
    """
    version = data.get("format_version") if isinstance(data, dict) else None
    if isinstance(data, dict) and "result" in data:
        raise UsageError("this is the report of an apply, not a saved plan", hint=_HOW_TO_SAVE)
    if not isinstance(data, dict) or not isinstance(version, str):
        raise UsageError("this is not a saved plan", hint=_HOW_TO_SAVE)
    if version != FORMAT_VERSION:
        raise UsageError(
            f"the plan is in format version {version}; this c2c reads {FORMAT_VERSION}", hint="make the plan anew"
        )
    try:
        plan = SavedPlan(
            foundation=text_of(data["foundation"]),
            digest=text_of(data["digest"]),
            manifests=text_of(data["manifests"]["digest"]),
            paths=list_of(data["manifests"]["paths"], text_of),
            live=text_of(data["live"]["digest"]),
            apps=dict(data["live"]["apps"]),
            changes=list_of(data["changes"], _change),
            summary=dict(data["summary"]),
            today=text_of(data["options"]["today"]),
            all_environments=data["options"]["all_environments"] is True,
            rollback_of=optional(data["options"]["rollback_of"], text_of),
        )
        found = digest_of_parts(plan.foundation, list(plan.changes), plan.manifests, plan.live)
    except (KeyError, TypeError, ValueError, RecursionError) as problem:
        raise UsageError(f"the saved plan is damaged: {problem}", hint="make the plan anew") from problem
    if found != plan.digest:
        raise StaleError("the saved plan was changed after it was made: its contents do not fit its digest")
    return plan


def _change(value: object) -> dict[str, Any]:
    """Take a change whose action and address can be named. What else it says is compared and never read."""
    change = fields_of(value)
    text_of(change["action"])
    text_of(change["address"])
    return change


def require_same(saved: SavedPlan, plan: Plan) -> None:
    """Raise StaleError, naming what moved, unless the plan is exactly the saved one, or that one is done already.

    Everything in the file that says what would be done and why has to be what it is now. How many foreign and stale
    policies there are may differ.
    """
    if plan_digest(plan) == saved.digest:
        _require_untouched(saved, plan)
        return
    if plan.is_empty and (plan.foundation, plan.manifests.digest) == (saved.foundation, saved.manifests):
        return
    raise StaleError(
        "this is no longer the plan that was saved, so nothing was applied",
        details=tuple(_what_moved(saved, plan)),
        hint="make the plan anew and have it reviewed again",
    )


def _require_untouched(saved: SavedPlan, plan: Plan) -> None:
    encoded = encode_plan(plan)
    counts = {name: saved.summary.get(name) for name in encoded["summary"] if name not in _NOT_BINDING}
    now = {name: number for name, number in encoded["summary"].items() if name not in _NOT_BINDING}
    if list(saved.changes) != encoded["changes"] or counts != now:
        raise StaleError("the saved plan was changed after it was made: it does not say what would be done, or why")


def require_digest(digest: str, plan: Plan) -> None:
    """Raise StaleError unless the plan has the digest that was reviewed, UsageError if that is no digest."""
    if not _DIGEST.fullmatch(digest):
        raise UsageError(f"not a digest: {digest}", hint="the last line of a plan has it: sha256: and 64 digits")
    found = plan_digest(plan)
    if found != digest:
        raise StaleError(
            "this is not the plan that was reviewed, so nothing was applied",
            details=(f"reviewed: {digest}", f"now:      {found}"),
            hint="look at the plan again: the manifests or the live state have changed",
        )


def _what_moved(saved: SavedPlan, plan: Plan) -> list[str]:
    moved = []
    if plan.foundation != saved.foundation:
        moved.append(f"the foundation: {saved.foundation} then, {plan.foundation} now")
    if plan.manifests.digest != saved.manifests:
        moved.append("the manifests have changed")
    if plan.options.today.isoformat() != saved.today:
        moved.append(f"the day: the plan was made for {saved.today}, and today is {plan.options.today} (UTC)")
    again = [app for app, mark in saved.apps.items() if plan.live.apps.get(app, mark) != mark]
    moved += [f"the app {app} was deleted and made again" for app in again[:_MOST_NAMED]]
    if plan.live.digest != saved.live:
        moved.append("the live state has changed")
    then = {(change["action"], change["address"]) for change in saved.changes}
    now = {(change["action"], change["address"]) for change in map(encode_change, plan.changes)}
    moved += _named("no longer needed", then - now) + _named("needed now", now - then)
    return moved


def _named(words: str, changes: set[tuple[str, str]]) -> list[str]:
    listed = [f"{words}: {action} {address}" for action, address in sorted(changes)[:_MOST_NAMED]]
    more = len(changes) - len(listed)
    return [*listed, f"{words}: {more} more"] if more else listed
