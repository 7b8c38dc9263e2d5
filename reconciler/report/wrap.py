"""Fitting text to a terminal: long lines go on below, indented. In a pipe lines stay whole, so nothing calls this."""

from __future__ import annotations

import re

from reconciler.report.escape import display_width

_LOOK = re.compile(r"\x1b\[[0-9;]*m")
_LABEL = re.compile(r" *\S+ {2,}")
"""What stands before the words of a line, such as a mark, set off by two spaces or more."""

_DEEPER = 4
_NARROWEST = 30
"""Columns below which wrapping would only make it worse."""


def wrap_lines(text: str, width: int | None) -> str:
    """Wrap every line that is wider than the terminal, at spaces only: an address or a digest stays in one piece."""
    if width is None or width < _NARROWEST:
        return text
    return "\n".join(line if _width(line) <= width else _wrapped(line, width) for line in text.split("\n"))


def _wrapped(line: str, width: int) -> str:
    label = _LABEL.match(line)
    indent = len(line) - len(line.lstrip(" "))
    deeper = _width(label[0]) if label and _width(label[0]) < width // 2 else indent + _DEEPER
    rows, row = [], " " * indent
    for word in line[indent:].split(" "):
        longer = f"{row} {word}" if row.strip(" ") else row + word
        if _width(longer.rstrip(" ")) > width and row.strip(" "):
            rows.append(row.rstrip(" "))
            row = " " * deeper + word
        else:
            row = longer
    return "\n".join([*rows, row.rstrip(" ")])


def _width(line: str) -> int:
    return display_width(_LOOK.sub("", line))
