"""Finding the app that somebody means by `org/space/app`, `space/app` or `app`."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING, NamedTuple

from reconciler.errors import UsageError
from reconciler.model.names import AppRef, decode_segment, fold

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from reconciler.analysis.reachability import Asked

_MOST_NAMED = 8
_MOST_COMPARED = 5000
_LONGEST_COMPARED = 300


class CallQuestion(NamedTuple):
    """May the source call the destination? Both as typed: `org/space/app`, or the end of that."""

    source: str
    destination: str
    asked: Asked


def whole_address(text: str) -> AppRef | None:
    """Read an address that names organization, space and app; None for the end of one."""
    segments = [decode_segment(segment) for segment in text.split("/")]
    return AppRef(*segments) if len(segments) == len(AppRef._fields) and all(segments) else None


def find_app(
    text: str, apps: Collection[AppRef], stands_for: Mapping[AppRef, Collection[AppRef]], *, offline: bool
) -> AppRef:
    """Find the app that an address, or the end of one, names.

    `stands_for` gives entries that have another name than the live apps they stand for; `offline` says that `apps` are
    from manifests alone. Raise UsageError where nothing or more than one thing is meant.
    """
    segments = tuple(decode_segment(segment) for segment in text.split("/"))
    if not all(segments) or len(segments) > len(AppRef._fields):
        raise UsageError(f"not an app address: {text}", hint="write org/space/app, space/app or app")
    wanted = tuple(map(fold, segments))
    found = sorted({app for app in apps if app.folded[-len(wanted) :] == wanted})
    if not found:
        found = sorted(
            {app for name, others in stands_for.items() if name.folded[-len(wanted) :] == wanted for app in others}
        )
    if len(found) == 1:
        return found[0]
    if found:
        more = f" and {len(found) - _MOST_NAMED} more" if len(found) > _MOST_NAMED else ""
        named = ", ".join(map(str, found[:_MOST_NAMED]))
        raise UsageError(f"{text} may mean {named}{more}", hint="write the whole address of the one that is meant")
    raise UsageError(_not_found(text, offline=offline), hint=_hint(text, apps, offline=offline))


def _not_found(text: str, *, offline: bool) -> str:
    """Say where the app is not. By the end of an address, only spaces that manifests name were looked through."""
    if offline:
        return f"there is no app {text} in the manifests"
    if whole_address(text) is None:
        return f"there is no app {text}, neither in the manifests nor in the spaces that they name"
    return f"there is no app {text}, neither on the platform nor in the manifests"


def _hint(text: str, apps: Collection[AppRef], *, offline: bool) -> str:
    """Suggest the address that was probably meant."""
    if "*" in text:
        return "name one app; docs/explain.md tells how to see everybody who may call one"
    depth = text.count("/") + 1
    known = {"/".join(str(app).split("/")[-depth:]).lower(): app for app in sorted(apps, reverse=True)}
    if len(known) <= _MOST_COMPARED and len(text) <= _LONGEST_COMPARED:
        close = get_close_matches(text.lower(), known, n=1, cutoff=0.6)
        if close:
            return f"did you mean {known[close[0]]}?"
    if offline:
        return "check the spelling; without --declared the platform is asked, too"
    if (whole := whole_address(text)) is not None:
        return f"check the spelling; `c2c doctor --space {whole.space_ref}` tells whether you may look into its space"
    return "write org/space/app; apps of spaces that no manifest names are found only by that"
