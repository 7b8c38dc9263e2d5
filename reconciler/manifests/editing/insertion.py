"""Adding to YAML that people wrote: new lines go between theirs, and no line of theirs moves.

In brackets no comment can be given to what is added, so that it stands below the line instead.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import yaml
from yaml import CSafeLoader, MappingNode, Node, SequenceNode

from reconciler.diagnostics import Diagnostic, Span, error
from reconciler.manifests.discovery import printable
from reconciler.manifests.editing.key_order import ENTRY_KEYS
from reconciler.manifests.editing.lines import Lines
from reconciler.manifests.editing.writer import canonical
from reconciler.manifests.editing.yaml_text import flow
from reconciler.manifests.parsing.source import parse_documents

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

_STEP = 2
"""How much deeper the items of a list stand than its key, in canonical form."""


class _RareLayoutError(Exception):
    """The text is written in a way that nothing can be added to here."""


class Item(NamedTuple):
    """An item of a list, as the lines of a block, the first with its dash. `notes` are its comments for brackets."""

    lines: tuple[str, ...]
    notes: tuple[str, ...] = ()

    @property
    def data(self) -> Any:  # noqa: ANN401 - any plain data
        """What the item says."""
        return parse_documents("item", "\n".join(self.lines).encode())[0][0].data[0]


class Addition(NamedTuple):
    """Items for a list in a mapping, which is found by the number of its document and its path there.

    The list is made if it is not there; `in_brackets` says how. `apart` puts a blank line above each item.
    """

    document: int
    path: tuple[str | int, ...]
    key: str
    items: tuple[Item, ...]
    in_brackets: bool = False
    apart: bool = False


class Setting(NamedTuple):
    """A key for a mapping that does not have it, and its value as YAML."""

    document: int
    path: tuple[str | int, ...]
    key: str
    value: str


class _Edit(NamedTuple):
    """A piece of the text that becomes another. Edits of one place are made in the order of their ranks."""

    start: int
    end: int
    rank: tuple[bool, bool, int]
    text: str


def extended(file: str, content: bytes, additions: Iterable[Addition | Setting]) -> bytes | list[Diagnostic]:
    """Add something to a file in canonical form; all that is in it stays, byte for byte. Or say what is in the way.

    A file that has no canonical form, because it is written in a rare way, is taken as it is.
    """
    formatted = canonical(file, content)
    if isinstance(formatted, bytes) and formatted != content:
        message = "the file is not in canonical form, in which alone it is clear where something can be added"
        return [error("cannot-format", message, Span(printable(file), 1, 1), hint="run `c2c fmt` on it first")]
    try:
        return _with_additions(content.decode(), additions).encode()
    except _RareLayoutError:
        message = "nothing can be added to this file where it is needed: it is written in a rare way"
        hint = "write lists out in place of aliases and tags, and merge again"
        return [error("cannot-format", message, Span(printable(file), 1, 1), hint=hint)]


def _with_additions(text: str, additions: Iterable[Addition | Setting]) -> str:
    """Write all additions into a text of YAML documents. Raise _RareLayoutError if it would not mean just that."""
    listed = list(additions)
    documents = [document.data for document in parse_documents("text", text.encode())[0]]
    try:
        roots = [root for root in yaml.compose_all(text, Loader=CSafeLoader) if not _is_empty(root)]
    except yaml.YAMLError as problem:  # such as a name that is given twice, which YAML allows
        raise _RareLayoutError from problem
    if len(documents) != len(roots):
        raise _RareLayoutError
    lines = Lines(text)
    edits: list[_Edit] = []
    for addition in listed:
        edits += _Editor(lines, roots[addition.document], addition).edits()
        _add_to_data(documents[addition.document], addition)
    result = _applied(text, edits)
    again, problems = parse_documents("text", result.encode())
    if problems or [document.data for document in again] != documents:
        raise _RareLayoutError
    return result


def _is_empty(root: Node | None) -> bool:
    return root is None or (isinstance(root, yaml.ScalarNode) and root.value == "" and root.style is None)


def _applied(text: str, edits: Iterable[_Edit]) -> str:
    pieces, end = [], 0
    for edit in sorted(edits, key=lambda edit: (edit.start, edit.rank)):
        pieces += [text[end : edit.start], edit.text]
        end = max(end, edit.end)
    return "".join([*pieces, text[end:]])


def _add_to_data(data: Any, addition: Addition | Setting) -> None:  # noqa: ANN401 - any document
    mapping = data
    for step in addition.path:
        mapping = mapping[step]
    if isinstance(addition, Setting):
        mapping[addition.key] = addition.value
    else:
        mapping[addition.key] = [*mapping.get(addition.key, ()), *(item.data for item in addition.items)]


class _Editor:
    """One addition to one document."""

    def __init__(self, lines: Lines, root: Node, addition: Addition | Setting) -> None:
        self._lines = lines
        self._addition = addition
        self._nodes = [root]
        self._keys: list[Node | None] = [None]
        for step in addition.path:
            self._step(step)
        if not isinstance(self._nodes[-1], MappingNode):
            raise _RareLayoutError
        self._mapping: MappingNode = self._nodes[-1]

    def _step(self, step: str | int) -> None:
        """Go one step down, and remember the key of what is there."""
        parent = self._nodes[-1]
        if isinstance(parent, SequenceNode) and isinstance(step, int):
            key, child = None, parent.value[step]
        elif isinstance(parent, MappingNode) and (pair := _pair(parent, step)) is not None:
            key, child = pair
        else:
            raise _RareLayoutError
        self._nodes.append(child)
        self._keys.append(key)

    def edits(self) -> Iterator[_Edit]:
        """Say how the text changes."""
        pair = _pair(self._mapping, self._addition.key)
        if pair is None:
            yield from self._new_key()
        elif isinstance(self._addition, Setting):
            raise _RareLayoutError
        else:
            self._step(self._addition.key)
            yield from self._more_items(self._addition, pair[1])

    def _new_key(self) -> Iterator[_Edit]:
        addition = self._addition
        if self._mapping.flow_style:
            yield self._insert(self._before_in_order()[1].end_mark.index, f", {self._written_on_one_line()}")
            yield from self._notes()
            return
        if isinstance(addition, Setting) or addition.in_brackets:
            lines = [self._written_on_one_line()]
        else:
            lines = [f"{addition.key}:", *self._block(addition, _STEP, is_first=True)]
        yield self._insert_lines(self._place_of_key(), self._key_column, lines)

    def _more_items(self, addition: Addition, value: Node) -> Iterator[_Edit]:
        if not isinstance(value, SequenceNode):
            raise _RareLayoutError
        start = value.start_mark.index
        if not value.flow_style:
            column = self._lines.depth(value.value[0].start_mark.index)
            lines = self._block(addition, 0, is_first=False)
            yield self._insert_lines(self._lines.below(self._lines.end(value)), column, lines)
        elif value.value:
            yield self._insert(value.value[-1].end_mark.index, f", {_in_one_line(addition.items)[1:-1]}")
            yield from self._notes()
        elif self._mapping.flow_style or addition.in_brackets:
            yield self._insert(start + 1, _in_one_line(addition.items)[1:-1])
            yield from self._notes()
        else:
            end, lines = value.end_mark.index, self._block(addition, _STEP, is_first=True)
            yield _Edit(start - 1, end, self._rank, "")
            yield self._insert_lines(self._lines.below(end), self._key_column, lines)

    def _written_on_one_line(self) -> str:
        addition = self._addition
        if isinstance(addition, Setting):
            return f"{addition.key}: {addition.value}"
        return f"{addition.key}: {_in_one_line(addition.items)}"

    @staticmethod
    def _block(addition: Addition, indentation: int, *, is_first: bool) -> list[str]:
        """Write the items as lines, below a key or below other items."""
        lines = []
        for number, item in enumerate(addition.items):
            if addition.apart and not (is_first and number == 0):
                lines.append("")
            lines += [" " * indentation + line for line in _respelt(item.lines)]
        return lines

    def _notes(self) -> Iterator[_Edit]:
        """Write the comments of what is added in brackets below the line on which the outermost of them ends."""
        if isinstance(self._addition, Setting):
            return
        notes = [f"# {note}" for item in self._addition.items for note in item.notes]
        outermost = next(number for number, node in enumerate(self._nodes) if _in_brackets(node))
        node = self._nodes[outermost]
        column = self._lines.column((self._keys[outermost] or node).start_mark.index) if outermost else 0
        if notes:
            yield self._insert_lines(self._lines.next_line(node.end_mark.index), column, notes)

    def _place_of_key(self) -> int:
        """Find where a new key goes: in the order of keys, unless a comment there could belong to either side."""
        before, last = self._lines.end(self._before_in_order()[1]), self._lines.end(self._mapping)
        if before == last or self._lines.is_crowded(before):
            return self._lines.below(last)
        return self._lines.next_line(before)

    def _before_in_order(self) -> tuple[Node, Node]:
        """Give the last pair whose key comes before the new one."""
        order = {key: number for number, key in enumerate(ENTRY_KEYS)}
        rank = order.get(self._addition.key, len(order))
        pairs: list[tuple[Node, Node]] = self._mapping.value
        earlier = [pair for pair in pairs if order.get(pair[0].value, -1) < rank]
        return (earlier or pairs)[-1]

    @property
    def _rank(self) -> tuple[bool, bool, int]:
        """Order what goes to one place: more of what is there, then new keys, then new entries below them."""
        key = self._addition.key
        order = ENTRY_KEYS.index(key) if key in ENTRY_KEYS else len(ENTRY_KEYS)
        return (not self._addition.path, _pair(self._mapping, key) is None, order)

    def _insert(self, index: int, text: str) -> _Edit:
        return _Edit(index, index, self._rank, text)

    @property
    def _key_column(self) -> int:
        return self._lines.column(self._mapping.value[0][0].start_mark.index)

    def _insert_lines(self, index: int, column: int, lines: Iterable[str]) -> _Edit:
        text = "".join(f"{' ' * column}{line}".rstrip() + "\n" for line in lines)
        return self._insert(index, text if index == 0 or self._lines.text[index - 1] == "\n" else f"\n{text}")


def _pair(mapping: MappingNode, key: str | int) -> tuple[Node, Node] | None:
    return next((pair for pair in mapping.value if pair[0].value == key), None)


def _respelt(lines: Sequence[str]) -> Sequence[str]:
    """Spell what is added as the formatter does, which escapes fewer characters."""
    text = "".join(f"  {line}\n" for line in lines)
    if text.isascii() and "\\" not in text:
        return lines
    formatted = canonical("addition", f"added:\n{text}".encode())
    return lines if isinstance(formatted, list) else [line[_STEP:] for line in formatted.decode().split("\n")[1:-1]]


def _in_one_line(items: Iterable[Item]) -> str:
    """Write a list in brackets, spelt likewise."""
    written = flow([item.data for item in items])
    formatted = canonical("addition", f"added: {written}\n".encode())
    return written if isinstance(formatted, list) else formatted.decode().removeprefix("added: ").removesuffix("\n")


def _in_brackets(node: Node) -> bool:
    return isinstance(node, MappingNode | SequenceNode) and bool(node.flow_style)
