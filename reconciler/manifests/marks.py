"""Positions that stand beside the data, never inside it: in a row, and, for those who ask, as a tree.

A position is packed into an integer. The row of a document holds them in the order of the data: that of a mapping or
list, then those of what is in it; of a key, then of its value. There are millions in a large set of manifests, and few
are ever asked for, so only a document that somebody asks gets its tree.

A mark, which is a tree, is a position for a scalar, `(position, {key: (key position, mark)})` for a mapping and
`(position, [mark, ...])` for a list.
"""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING, Any

from reconciler.diagnostics import Span

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

Mark = Any
"""A packed position, or a tuple of one and the marks below; see above."""

COLUMN_BITS = 24
"""How many bits of a packed position hold the column."""


def pack(line: int, column: int) -> int:
    """Put a line and a column, both counted from 0, into one integer."""
    return line << COLUMN_BITS | column


def unpack(file: str, position: int) -> Span:
    """Give the place that a packed position means, counted from 1."""
    return Span(file, (position >> COLUMN_BITS) + 1, (position & ((1 << COLUMN_BITS) - 1)) + 1)


def line(position: int) -> int:
    """Give the line of a packed position, counted from 0."""
    return position >> COLUMN_BITS


def row(positions: Iterable[int]) -> array[int]:
    """Keep positions in a row, eight bytes each."""
    return array("Q", positions)


def tree(data: Any, positions: Sequence[int]) -> Mark:  # noqa: ANN401 - any data
    """Give the tree of what a row says of data."""
    return _tree(data, iter(positions))


def _tree(data: Any, positions: Iterator[int]) -> Mark:  # noqa: ANN401 - any data
    own = next(positions)
    if type(data) is dict:
        return own, {key: (next(positions), _tree(value, positions)) for key, value in data.items()}
    if type(data) is list:
        return own, [_tree(value, positions) for value in data]
    return own


def find(mark: Mark, path: tuple[str | int, ...]) -> tuple[int, int]:
    """Give the positions of the key (or list item) and of the value at a path, or of the nearest parent there is."""
    key = value = mark if type(mark) is int else mark[0]
    for step in path:
        if type(mark) is int:
            break
        children = mark[1]
        if type(children) is dict:
            pair = children.get(step)
            if pair is None:
                break
            key, mark = pair
            value = mark if type(mark) is int else mark[0]
        elif isinstance(step, int) and 0 <= step < len(children):
            mark = children[step]
            key = value = mark if type(mark) is int else mark[0]
        else:
            break
    return key, value


def below(mark: Mark) -> Iterator[int]:
    """Give the position of a value and of everything in it."""
    waiting = [mark]
    while waiting:
        mark = waiting.pop()
        yield position(mark)
        children = mark[1] if not isinstance(mark, int) else ()
        if isinstance(children, dict):
            yield from (key for key, _ in children.values())
            waiting += [child for _, child in children.values()]
        else:
            waiting += children


def position(mark: Mark) -> int:
    """Give the position of a value."""
    packed: int = mark[0] if not isinstance(mark, int) else mark
    return packed
