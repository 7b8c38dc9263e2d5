"""How the text of a file changes, as a unified diff."""

from __future__ import annotations

import difflib
from itertools import takewhile
from typing import TYPE_CHECKING

from reconciler.report.escape import escape

if TYPE_CHECKING:
    from collections.abc import Iterable

_MOST_COMPARED = 5000
"""Lines that a file may have for the shortest diff, which takes time that grows with the cube of their number."""


def render_line_diff(file: str, before: bytes, after: bytes) -> str:
    """Write the diff; for very many lines one that goes from the first that differs to the last."""
    old, new = (text.decode(errors="replace").splitlines() for text in (before, after))
    shortest = max(len(old), len(new)) <= _MOST_COMPARED
    lines = difflib.unified_diff(old, new, file, file, lineterm="") if shortest else _quick_diff(file, old, new)
    return "".join(f"{escape(line)}\n" for line in lines)


def _quick_diff(file: str, before: list[str], after: list[str]) -> list[str]:
    start = _alike(zip(before, after, strict=False))
    end = _alike(zip(reversed(before[start:]), reversed(after[start:]), strict=False))
    old, new = before[start : len(before) - end], after[start : len(after) - end]
    place = f"@@ -{start + 1},{len(old)} +{start + 1},{len(new)} @@"
    return [f"--- {file}", f"+++ {file}", place, *(f"-{line}" for line in old), *(f"+{line}" for line in new)]


def _alike(pairs: Iterable[tuple[str, str]]) -> int:
    """Count how many pairs are alike before the first that is not."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
