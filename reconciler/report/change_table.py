"""Changes as a table of text, a group for each space: marker, what changes, note, reason, manifest line."""

from __future__ import annotations

from functools import partial
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

from reconciler.report.change_words import details_of, note_of, short_origin, subject_of
from reconciler.report.escape import display_width, escape
from reconciler.report.words import REASON_WORDS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from reconciler.model.names import SpaceRef
    from reconciler.planning.changes import Change
    from reconciler.report.style import Style

_MARKERS = {"create": ("+", "green"), "replace": ("~", "yellow"), "delete": ("-", "red")}
_WIDEST_SUBJECT = 72
_MARGIN = len("  + ")


class _Row(NamedTuple):
    marker: str
    colour: str
    cells: tuple[str, str, str]
    origin: str
    details: list[str]


def render_change_tables(changes: Iterable[Change], style: Style, width: int | None) -> list[str]:
    """Write the changes of each space. On a terminal that is too narrow for the columns, a change takes two lines."""
    by_space = groupby(changes, key=lambda change: change.item.home)
    groups = [(space, list(map(_row, group))) for space, group in by_space]
    rows = [row for _, group in groups for row in group]
    columns = [max((display_width(row.cells[number]) for row in rows), default=0) for number in range(3)]
    columns[0] = min(columns[0], _WIDEST_SUBJECT)
    write: Callable[[_Row], str] = partial(_aligned, columns=columns)
    if width is not None and any(_MARGIN + display_width(write(row)) > width for row in rows):
        write = _stacked
    return [_table(space, group, write, style) for space, group in groups]


def _row(change: Change) -> _Row:
    cells = (escape(subject_of(change)), escape(note_of(change.item)), REASON_WORDS[change.reason])
    details = [escape(line) for line in details_of(change)]
    return _Row(*_MARKERS[change.action], cells, escape(short_origin(change.origins)), details)


def _aligned(row: _Row, columns: Sequence[int]) -> str:
    cells = [text + " " * (width - display_width(text)) for text, width in zip(row.cells, columns, strict=True)]
    return "  ".join(cell for cell in (*cells, row.origin) if cell).rstrip()


def _stacked(row: _Row) -> str:
    subject, *rest = row.cells
    below = ", ".join(word for word in (*rest, row.origin) if word)
    return f"{subject}\n      {below}"


def _table(space: SpaceRef, rows: Iterable[_Row], write: Callable[[_Row], str], style: Style) -> str:
    lines = [style.paint(escape(str(space)), "bold")]
    for row in rows:
        lines.append(f"  {style.paint(row.marker, row.colour)} {write(row)}")
        lines += [f"      {detail}" for detail in row.details]
    return "\n".join(lines) + "\n"
