"""The lines of YAML: where they begin, and which comments belong to what stands above them.

A comment that is indented no deeper than the line below it belongs to that line, and so do the comments in between. Any
other belongs to what stands above it. The end of the text counts as a line that is not indented: what is not either at
the end of a file speaks of all of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from yaml import MappingNode, Node, ScalarNode, SequenceNode

if TYPE_CHECKING:
    from collections.abc import Iterator


class Lines:
    """A text, by index as the parser counts."""

    def __init__(self, text: str) -> None:
        self.text = text

    def column(self, index: int) -> int:
        """Give the column of an index, from 0."""
        return index - self._start(index)

    def depth(self, index: int) -> int:
        """Give the indentation of the line of an index."""
        return _indentation(self.text[self._start(index) : self.next_line(index)])

    def next_line(self, index: int) -> int:
        """Give the beginning of the line below."""
        return (self.text.find("\n", index) + 1) or len(self.text)

    def is_crowded(self, index: int) -> bool:
        """Say whether a blank line or a comment stands below a line."""
        return any(True for _ in self._gap(index))

    def below(self, index: int) -> int:
        """Give the beginning of the line below something and the comments that belong to it."""
        place = end = self.next_line(index)
        comments = []
        for start, end in self._gap(index):
            line = self.text[start:end]
            if line.strip():
                comments.append((end, _indentation(line)))
        following = self.depth(end) if end < len(self.text) else 0
        for comment_end, indentation in comments:
            if indentation <= following:
                break
            place = comment_end
        return place

    def end(self, node: Node) -> int:
        """Give where the text of a node ends: the parser counts the blank lines and comments below a block among it."""
        while isinstance(node, MappingNode | SequenceNode) and not node.flow_style and node.value:
            last = node.value[-1]
            if not isinstance(last, tuple):
                node = last
            elif last[1].start_mark.index < last[0].start_mark.index:  # an alias: what it repeats stands further up
                node = last[0]
            else:
                node = last[1]
        end: int = node.end_mark.index
        is_block_of_text = isinstance(node, ScalarNode) and node.style in {"|", ">"}
        return len(self.text[node.start_mark.index : end].rstrip()) + node.start_mark.index if is_block_of_text else end

    def _start(self, index: int) -> int:
        return self.text.rfind("\n", 0, index) + 1

    def _gap(self, index: int) -> Iterator[tuple[int, int]]:
        """Give the blank lines and comments below a line, each as where it begins and ends."""
        start = self.next_line(index)
        while start < len(self.text):
            end = self.next_line(start)
            line = self.text[start:end].strip()
            if line and not line.startswith("#"):
                return
            yield start, end
            start = end


def _indentation(line: str) -> int:
    return len(line) - len(line.lstrip(" "))
