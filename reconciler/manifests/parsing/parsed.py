"""What parsing gives: a document as plain data, with the position of everything in it. It may be kept packed."""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING, Any, NamedTuple

import orjson

from reconciler.manifests.parsing import marks

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reconciler.diagnostics import Span


_SELDOM = 8
"""For how many places a packed document is looked through before it keeps where everything stands."""


class Packed(NamedTuple):
    """A document as bytes: the data as JSON, and its row of positions. For the cache, and from process to process."""

    text: bytes
    positions: bytes


class Document:
    """One YAML document.

    A packed document is unpacked each time that it is asked something new, so that many can be held in little memory;
    one that is asked often keeps where everything stands.
    """

    __slots__ = ("_data", "_found", "_mark", "_packed", "_row", "_starts", "file")

    def __init__(self, file: str, data: Any, row: Sequence[int] = (), *, mark: marks.Mark | None = None) -> None:  # noqa: ANN401
        self.file = file
        self._data = data
        self._row = row
        self._mark = mark if mark is not None or len(row) else 0
        self._packed: Packed | None = None
        self._found: dict[tuple[str | int, ...], tuple[int, int]] = {}
        self._starts: dict[tuple[str | int, ...], list[int]] = {}

    @classmethod
    def unpack(cls, file: str, packed: Packed) -> Document:
        """Take a document that was packed."""
        document = cls(file, None, mark=0)
        document._packed, document._mark = packed, None
        return document

    def pack(self) -> Packed:
        """Give the document as bytes. Raise TypeError for data that JSON cannot hold."""
        return self._packed or Packed(orjson.dumps(self._data), array("Q", self._row).tobytes())

    def opened(self) -> Document:
        """Give the same document with its data at hand."""
        if self._packed is None:
            return self
        return Document(self.file, self.data, array("Q", self._packed.positions))

    @property
    def data(self) -> Any:  # noqa: ANN401 - any document
        """What the document holds."""
        return self._data if self._packed is None else orjson.loads(self._packed.text)

    @property
    def mark(self) -> marks.Mark:
        """Where everything stands, as a tree."""
        if self._mark is None:
            row = self._row if self._packed is None else array("Q", self._packed.positions)
            self._mark = marks.tree(self.data, row)
        return self._mark

    def has(self, *path: str | int) -> bool:
        """Say whether something stands at a path, by its position: the data need not be unpacked again for that."""
        mark = self.mark
        for step in path:
            children = () if type(mark) is int else mark[1]
            if type(children) is dict:
                if step not in children:
                    return False
                mark = children[step][1]
            elif isinstance(step, int) and step < len(children):
                mark = children[step]
            else:
                return False
        return True

    def span(self, *path: str | int) -> Span:
        """Give the position of the value at a path, or of its nearest parent that exists."""
        return marks.unpack(self.file, self._find(path)[1])

    def key_span(self, *path: str | int) -> Span:
        """Give the position of the key at a path; for a list item that of the item."""
        return marks.unpack(self.file, self._find(path)[0])

    def _find(self, path: tuple[str | int, ...]) -> tuple[int, int]:
        found = self._found.get(path)
        if found is not None:
            return found
        if self._mark is not None or self._packed is None or len(self._found) >= _SELDOM:
            return marks.find(self.mark, path)
        positions = array("Q", self._packed.positions)
        found = self._found[path] = marks.locate(self.data, positions, path, self._starts)
        return found


class DocumentPlace(NamedTuple):
    """A place in a document, by its path."""

    document: Document
    path: tuple[str | int, ...]

    @property
    def span(self) -> Span:
        """The position of the value there."""
        return self.document.span(*self.path)
