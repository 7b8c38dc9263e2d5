"""Fitting text to a terminal: long lines go on below, indented. In a pipe lines stay whole, so nothing calls this."""

from __future__ import annotations

import re

from reconciler.report.escape import display_width

_LOOK = re.compile(r"\x1b\[[0-9;]*m")
_LABEL = re.compile(r" *\S+(?: \S+)? {2,}")
"""What stands before the words of a line, such as a mark, set off by two spaces or more. There may be several."""

_GAP = re.compile(" {3,}")
_TO_COPY = re.compile(r"^(```(?!text)\w+\n.*?^```\n)", re.MULTILINE | re.DOTALL)
_DEEPER = 4
_NARROWEST = 30
"""Columns below which wrapping would only make it worse."""


def wrap_lines(text: str, width: int | None, *, deeper: int = _DEEPER) -> str:
    """Wrap every line that is wider than the terminal, at spaces only: an address or a digest stays in one piece.

    It goes on below its words where a label stands before them, and otherwise so many columns `deeper`.
    """
    if width is None or width < _NARROWEST:
        return text
    return "\n".join(line if _width(line) <= width else _wrapped(line, width, deeper) for line in text.split("\n"))


def wrap_page(text: str, width: int | None) -> str:
    """Wrap a page of Markdown. Examples are there to be copied, so they stay whole; what c2c prints is no example."""
    parts = enumerate(_TO_COPY.split(text))
    return "".join(part if number % 2 else wrap_lines(part, width, deeper=0) for number, part in parts)


def _wrapped(line: str, width: int, deeper: int) -> str:
    head = _head(line, width // 2)
    below = " " * (_width(head) if head.strip(" ") else len(head) + deeper)
    rows, row, start = [], head, len(head)
    # Columns do not stand below each other any more, so gaps that were for them only take room.
    for word in _GAP.sub("  ", line[len(head) :]).split(" "):
        longer = f"{row} {word}" if len(row.rstrip(" ")) > start else row + word
        if _width(longer.rstrip(" ")) > width and len(row.rstrip(" ")) > start:
            rows.append(row.rstrip(" "))
            row, start = below + word, len(below)
        else:
            row = longer
    return "\n".join([*rows, row.rstrip(" ")])


def _head(line: str, most: int) -> str:
    """Give the labels that a line begins with, as many as leave room enough for its words; else its indentation."""
    end = 0
    while (label := _LABEL.match(line, end)) and _width(line[: label.end()]) < most:
        end = label.end()
    return line[:end] or line[: len(line) - len(line.lstrip(" "))]


def _width(line: str) -> int:
    return display_width(_LOOK.sub("", line))
