"""For which space an app manifest is: the format has no word for it, so a comment at the top says it.

It counts only as `c2c export` writes it, above everything else, and once; any other comment is nothing but a comment.
"""

from __future__ import annotations

from itertools import takewhile

from reconciler.model.names import SpaceRef, parse_space_ref

_START = "# space: "


def space_line(space: SpaceRef) -> str | None:
    """Write the line; None for a space whose names a comment cannot hold unharmed."""
    line = f"{_START}{space}"
    return line if line.isprintable() and _space_of(line) == space else None


def spaces_named(text: str) -> dict[SpaceRef, int]:
    """Give every space that a line at the top names, with the number of the line."""
    top = takewhile(lambda line: not line.strip() or line.startswith("#"), text.removeprefix("\ufeff").split("\n"))
    found: dict[SpaceRef, int] = {}
    for number, line in enumerate(top, start=1):
        space = _space_of(line.rstrip("\r"))
        if space is not None:
            found.setdefault(space, number)
    return found


def _space_of(line: str) -> SpaceRef | None:
    if not line.startswith(_START):
        return None
    address = line.removeprefix(_START)
    try:
        space = parse_space_ref(address)
    except ValueError:
        return None
    return space if str(space) == address == address.strip() else None
