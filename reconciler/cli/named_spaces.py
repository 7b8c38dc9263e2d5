"""Spaces named with `--space`. One that is not there is an error: a job with a misspelt name would never fail."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.errors import UsageError
from reconciler.manifests.text import did_you_mean, suggest
from reconciler.model.names import SpaceRef

if TYPE_CHECKING:
    from collections.abc import Iterable

    from reconciler.model.live import LiveState
    from reconciler.model.scope import SpacePattern

_WHO_SEES = "`c2c doctor` shows what you may see"


def require_live(patterns: Iterable[SpacePattern], live: LiveState) -> None:
    """Raise UsageError naming every pattern that no space fits of those that were read."""
    missing = unmatched(patterns, live.spaces)
    if missing:
        hint = _meant(missing, spaces_seen(live)) or _WHO_SEES
        raise UsageError(f"there is no space {_named(missing)}, or you cannot see it", hint=hint)


def require_in_either(patterns: Iterable[SpacePattern], before: Iterable[SpaceRef], after: Iterable[SpaceRef]) -> None:
    """Raise UsageError naming every pattern that fits no space of two states that are compared."""
    spaces = {*before, *after}
    missing = unmatched(patterns, spaces)
    if missing:
        hint = _meant(missing, spaces) or f"neither of the two has it, or you cannot see it: {_WHO_SEES}"
        raise UsageError(f"there is no space {_named(missing)} to compare", hint=hint)


def unmatched(patterns: Iterable[SpacePattern], spaces: Iterable[SpaceRef]) -> list[SpacePattern]:
    """List the patterns that no space fits."""
    listed = tuple(spaces)
    return [pattern for pattern in patterns if not any(map(pattern.matches, listed))]


def spaces_seen(live: LiveState) -> set[SpaceRef]:
    """Name the spaces that were read, and those that only hold an end of a policy."""
    return {*live.spaces, *(app.space_ref for app in live.apps)}


def _meant(missing: Iterable[SpacePattern], spaces: Iterable[SpaceRef]) -> str | None:
    listed = sorted(spaces)
    hints = (did_you_mean(str(SpaceRef(*pattern)), _near(pattern, listed)) for pattern in missing)
    return next(filter(None, hints), None)


def _near(pattern: SpacePattern, spaces: Iterable[SpaceRef]) -> list[str]:
    """List the spaces that are alike in both parts: of whole addresses, those of one organization all look alike."""
    return [
        str(space)
        for space in spaces
        if suggest(pattern.org, (space.org,)) is not None and suggest(pattern.space, (space.space,)) is not None
    ]


def _named(patterns: Iterable[SpacePattern]) -> str:
    return ", ".join(str(SpaceRef(*pattern)) for pattern in patterns)
