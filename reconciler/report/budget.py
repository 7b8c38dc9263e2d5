"""Making a report fit: sections give up entries, the least important section first, and say how many."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

BUDGET = 65_000
"""Bytes that a report takes at most, unless told otherwise: a comment on GitHub may have 65,536 characters."""

LEAST_BUDGET = 4_000
"""A smaller budget has no room for the verdict and the digest."""

_ROUNDS = (200, 50, 10, 0)
"""How many entries a section may keep while the others are cut down as well."""


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a report.

    `entries` stand in order of importance; `one` and `many` say what an entry is. Of two sections, that with the
    smaller `weight` gives up entries first.
    """

    opening: str
    entries: Sequence[str]
    one: str
    many: str
    closing: str = ""
    weight: int = 0


class Fitted(NamedTuple):
    """A section with the entries that it keeps; `left_out` counts the others."""

    section: Section
    kept: int

    @property
    def left_out(self) -> int:
        """Count the entries that had no room."""
        return len(self.section.entries) - self.kept

    @property
    def text(self) -> str:
        """Write the section; without any entry, only what was left out."""
        section = self.section
        body = section.opening + "".join(section.entries[: self.kept]) + section.closing if self.kept else ""
        return body + self.note

    @property
    def note(self) -> str:
        """Say what was left out."""
        if not self.left_out:
            return ""
        more = "more " if self.kept else ""
        return f"_{self.left_out:,} {more}{self.section.one if self.left_out == 1 else self.section.many} left out_\n\n"


class _Draft:
    def __init__(self, section: Section) -> None:
        self.fitted = Fitted(section, len(section.entries))
        self._frame = _bytes(section.opening) + _bytes(section.closing)
        self._sizes = [0, *accumulate(map(_bytes, section.entries))]

    def size(self, kept: int) -> int:
        body = self._frame + self._sizes[kept] if kept else 0
        return body + _bytes(self.fitted._replace(kept=kept).note)

    def shrink(self, least: int, excess: int) -> int:
        """Give up entries until so many bytes are saved or only `least` are left. Give what was saved."""
        before = self.size(self.fitted.kept)
        while self.fitted.kept > least and before - self.size(self.fitted.kept) < excess:
            self.fitted = self.fitted._replace(kept=self.fitted.kept - 1)
        return before - self.size(self.fitted.kept)


def fit(sections: Iterable[Section], budget: int) -> list[Fitted]:
    """Fit sections into so many bytes, or as near to it as leaving out every entry gets."""
    drafts = [_Draft(section) for section in sections]
    lightest_first = sorted(drafts, key=lambda draft: draft.fitted.section.weight)
    excess = sum(draft.size(draft.fitted.kept) for draft in drafts) - budget
    for least in _ROUNDS:
        for draft in lightest_first:
            if excess > 0:
                excess -= draft.shrink(least, excess)
    return [draft.fitted for draft in drafts]


def _bytes(text: str) -> int:
    return len(text.encode())
