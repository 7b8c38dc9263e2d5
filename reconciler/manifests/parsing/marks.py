"""Positions that stand beside the data, never inside it: in a row, and, for those who ask, as a tree.

A position is packed into an integer. The row of a document holds them in the order of the data: that of a mapping or
list, then those of what is in it; of a key, then of its value. There are millions in a large set of manifests, and few
are ever asked for, so only a document that is asked often gets its tree.

A mark, which is a tree, is a position for a scalar, `(position, {key: (key position, mark)})` for a mapping and
`(position, [mark, ...])` for a list.
"""

from __future__ import annotations

from array import array
from itertools import accumulate
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


def locate(
    data: Any,  # noqa: ANN401 - any data
    positions: Sequence[int],
    path: tuple[str | int, ...],
    starts: dict[tuple[str | int, ...], list[int]],
) -> tuple[int, int]:
    """Find in a row what `find` finds in its tree. `starts` remembers where the items of a list begin."""
    at = 0
    key = value = positions[at]
    for depth, step in enumerate(path):
        if type(data) is dict and step in data:
            at += 1
            for name, before in data.items():
                if name == step:
                    break
                at += 1 + _size(before)
            key, at = positions[at], at + 1
        elif type(data) is list and isinstance(step, int) and 0 <= step < len(data):
            begun = starts.get(path[:depth])
            if begun is None:
                begun = starts[path[:depth]] = list(accumulate(map(_size, data), initial=at + 1))
            at = begun[step]
            key = positions[at]
        else:
            break
        data, value = data[step], positions[at]
    return key, value


def _size(data: Any) -> int:  # noqa: ANN401 - any data
    """Count the positions of data."""
    if type(data) is dict:
        return 1 + len(data) + sum(map(_size, data.values()))
    return 1 + sum(map(_size, data)) if type(data) is list else 1


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
