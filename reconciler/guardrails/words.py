"""Small pieces of sentences that several limits use."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_MOST_LISTED = 8


def either(words: Iterable[object], *, nothing: str = "nothing") -> str:
    """Write a list of choices, such as `a, b or c`, shortened when it is long."""
    items = [str(word) for word in words]
    if len(items) > _MOST_LISTED:
        more = len(items) - _MOST_LISTED
        return f"{', '.join(items[:_MOST_LISTED])} or {more} other{'s' if more > 1 else ''}"
    *most, last = items or [nothing]
    return f"{', '.join(most)} or {last}" if most else last
