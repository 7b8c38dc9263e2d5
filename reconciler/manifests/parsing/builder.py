"""One YAML document from parser events: data, the tree of marks beside it, and what the language forbids."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import yaml

from reconciler.diagnostics import Diagnostic, Span, error
from reconciler.manifests.parsing import marks
from reconciler.manifests.parsing.scalars import resolve, tagged
from reconciler.manifests.text import shown

if TYPE_CHECKING:
    from collections.abc import Callable

    Event = Any

MAX_DEPTH = 64
"""How deep lists and mappings may nest, aliases written out. A manifest needs fewer than ten levels."""

MAX_ALIASED_NODES = 100_000
"""How many values aliases may add to one document. Without a bound, ten lines can stand for billions."""

_CHARACTERS_PER_NODE = 16
"""Long texts count as more than one value: a repeated text costs memory where the schema is checked."""

_CORE = "tag:yaml.org,2002:"
_SCALAR_TAGS = {f"{_CORE}{kind}": kind for kind in ("str", "int", "bool", "null", "float")}
_LONGEST_KEPT = 64
_MOST_KEPT = 100_000
_KNOWN: dict[str, Any] = {}
"""Plain words with their values. A word that stands in many places is one object in memory."""

_UNKNOWN = object()
_DROPPED = object()
"""Stands for a key that was refused: its value is read, so that problems in it are found, and thrown away."""


class AbandonDocumentError(Exception):
    """The rest of a document is not worth reading, or not safe to read."""

    def __init__(self, diagnostic: Diagnostic, line: int) -> None:
        super().__init__(diagnostic.message)
        self.diagnostic = diagnostic
        self.line = line


class _Anchored(NamedTuple):
    """A value with a name: what an alias repeats, where its parts stand, how many that is, and how deep they nest."""

    value: Any
    parts: list[int]
    size: int
    height: int = 0


class _Frame:
    """A mapping or list that is being filled. `key` is the key that waits for its value, None when none does.

    `first` is the index of its own position, `keys` are the positions of the keys so far.
    """

    __slots__ = ("anchor", "first", "height", "is_key", "is_list", "key", "keys", "size_before", "value")

    def __init__(self, value: Any, first: int, anchor: str | None, size_before: int, *, is_key: bool) -> None:  # noqa: ANN401
        self.value = value
        self.is_list = type(value) is list
        self.is_key = is_key
        self.first = first
        self.keys: dict[str, int] = {}
        self.anchor = anchor
        self.size_before = size_before
        self.height = 1
        self.key: Any = None


class DocumentBuilder:
    """Builds one document. `build` raises `AbandonDocumentError` or a `yaml.YAMLError` when it cannot go on."""

    def __init__(
        self, file: str, line: int, start: Event, get_event: Callable[[], Event], problems: list[Diagnostic]
    ) -> None:
        self.first_line: int = start.start_mark.line + line
        self.data: Any = None
        self.positions: list[int] = []
        """The positions of everything in `data`, as `reconciler.manifests.parsing.marks` has them."""
        self.is_empty = False
        self._file = file
        self._line = line
        self._get_event = get_event
        self._plain = _KNOWN
        self._problems = problems
        self._stack: list[_Frame] = []
        self._anchors: dict[str, _Anchored | None] = {}
        self._size = 0
        self._aliased = 0

    def build(self) -> None:
        """Read events until the document ends."""
        handlers: dict[type, Callable[[Event], None]] = {
            yaml.ScalarEvent: self._scalar,
            yaml.MappingStartEvent: self._open,
            yaml.SequenceStartEvent: self._open,
            yaml.MappingEndEvent: self._close,
            yaml.SequenceEndEvent: self._close,
            yaml.AliasEvent: self._alias,
        }
        get_event, plain, stack = self._get_event, self._plain, self._stack
        line, scalar, add_position = self._line, yaml.ScalarEvent, self.positions.append
        while True:
            event = get_event()
            kind = type(event)
            # Nearly all values are short plain words under a new key or in a list. They are dealt with here, without a
            # call: there are millions of them. Whatever is rare goes its own way below.
            if kind is scalar and stack and event.implicit[0] and event.anchor is None and event.tag is None:
                text = event.value
                value = plain.get(text, _UNKNOWN)
                if value is _UNKNOWN:
                    value = self._remember(text)
                start = event.start_mark
                position = start.line + line << marks.COLUMN_BITS | start.column
                frame = stack[-1]
                key = frame.key
                if value is _UNKNOWN:
                    pass
                elif key is None:
                    if frame.is_list:
                        self._size += 1 + len(text) // _CHARACTERS_PER_NODE
                        frame.value.append(value)
                        add_position(position)
                        continue
                    if type(value) is str and value not in frame.keys and value != "<<":
                        self._size += 1 + len(text) // _CHARACTERS_PER_NODE
                        frame.key = value
                        frame.keys[value] = position
                        add_position(position)
                        continue
                elif key is not _DROPPED:
                    self._size += 1 + len(text) // _CHARACTERS_PER_NODE
                    frame.value[key] = value
                    add_position(position)
                    frame.key = None
                    continue
            handler = handlers.get(kind)
            if handler is None:
                return
            handler(event)

    def _remember(self, text: str) -> Any:  # noqa: ANN401 - any scalar
        """Give the value of a plain word, and keep it for the next time: most words stand in a document many times."""
        try:
            value = resolve(text)
        except ValueError:
            return _UNKNOWN  # not a value: the slow way says why
        if len(text) <= _LONGEST_KEPT:
            if len(self._plain) >= _MOST_KEPT:
                self._plain.clear()
            self._plain[text] = value
        return value

    def _position(self, event: Event) -> int:
        mark = event.start_mark
        return marks.pack(mark.line + self._line, mark.column)

    def _problem(self, code: str, message: str, position: int, hint: str, *related: int) -> Diagnostic:
        spans = tuple(marks.unpack(self._file, place) for place in related)
        return error(code, message, self._span(position), hint=hint, related=spans)

    def _span(self, position: int) -> Span:
        return marks.unpack(self._file, position)

    def _report(self, code: str, message: str, position: int, hint: str, *related: int) -> None:
        self._problems.append(self._problem(code, message, position, hint, *related))

    # -- scalars

    def _scalar(self, event: Event) -> None:
        start = event.start_mark
        position = marks.pack(start.line + self._line, start.column)
        text: str = event.value
        value: Any = text
        if event.tag is not None:
            value = self._tagged_scalar(event, position)
        elif event.implicit[0]:
            if not text and not self._stack:
                self.is_empty = True
            try:
                value = resolve(text)
            except ValueError as problem:
                self._report("bad-number", f"{shown(text)}: {problem}", position, "put it in quotes if it is a name")
        self._size += 1 + len(text) // _CHARACTERS_PER_NODE
        if event.anchor:
            self._anchors[event.anchor] = _Anchored(value, [position], 1 + len(text) // _CHARACTERS_PER_NODE)
        stack = self._stack
        if stack and not stack[-1].is_list and stack[-1].key is None:
            self._key(stack[-1], value, text, position)
        else:
            self.positions.append(position)
            self._add(value, len(self.positions) - 1)

    def _tagged_scalar(self, event: Event, position: int) -> Any:  # noqa: ANN401 - any scalar
        if event.tag == "!":
            return event.value
        kind = _SCALAR_TAGS.get(event.tag)
        if kind is None:
            self._unknown_tag(event.tag, position)
            return event.value
        try:
            return tagged(kind, event.value)
        except ValueError as problem:
            self._report("bad-tag", f"{shown(event.value)}: {problem}", position, "leave the tag out")
            return event.value

    def _unknown_tag(self, tag: str, position: int) -> None:
        name = f"!!{tag.removeprefix(_CORE)}" if tag.startswith(_CORE) else tag
        hint = "leave the tag out; manifests are plain text, numbers, true and false, lists and mappings"
        if tag.startswith("!") and not tag.startswith("!!"):
            hint = "leave the tag out; put a text that begins with ! in quotes, such as a label selector"
        self._report("bad-tag", f"the tag {shown(name)} does not belong here", position, hint)

    # -- mappings and lists

    def _open(self, event: Event) -> None:
        position = self._position(event)
        is_mapping = type(event) is yaml.MappingStartEvent
        if event.tag is not None and event.tag not in ("!", _CORE + ("map" if is_mapping else "seq")):
            self._unknown_tag(event.tag, position)
        self._bound_depth(len(self._stack) + 1, position)
        if event.anchor:
            self._anchors[event.anchor] = None
        is_key = bool(self._stack) and not self._stack[-1].is_list and self._stack[-1].key is None
        if is_key:
            self._bad_key("a list or mapping", position)
        fresh: Any = {} if is_mapping else []
        self._stack.append(_Frame(fresh, len(self.positions), event.anchor, self._size, is_key=is_key))
        self.positions.append(position)

    def _close(self, _event: Event) -> None:
        frame = self._stack.pop()
        self._size += 1
        if frame.anchor:
            parts = self.positions[frame.first :]
            self._anchors[frame.anchor] = _Anchored(frame.value, parts, self._size - frame.size_before, frame.height)
        parent = self._stack[-1] if self._stack else None
        if parent and parent.height <= frame.height:
            parent.height = frame.height + 1
        if frame.is_key and parent:
            del self.positions[frame.first :]
            parent.key = _DROPPED  # its value is still to come
        else:
            self._add(frame.value, frame.first)

    def _bound_depth(self, depth: int, position: int) -> None:
        if depth > MAX_DEPTH:
            message = f"lists and mappings nest more than {MAX_DEPTH} deep"
            problem = self._problem("too-deep", message, position, "a manifest needs fewer than ten levels")
            raise AbandonDocumentError(problem, marks.line(position))

    def _add(self, value: Any, first: int) -> None:  # noqa: ANN401 - any value
        """Put a finished value where it belongs. Its positions begin at `first`; those of a refused one go."""
        if not self._stack:
            self.data = value
            return
        frame = self._stack[-1]
        if frame.is_list:
            frame.value.append(value)
            return
        if frame.key is _DROPPED:
            del self.positions[first:]
        else:
            frame.value[frame.key] = value
        frame.key = None

    # -- keys

    def _key(self, frame: _Frame, value: Any, text: str, position: int) -> None:  # noqa: ANN401 - any scalar
        frame.key = _DROPPED
        if type(value) is not str:
            self._bad_key(shown(text) if text else "an empty value", position, text)
        elif value == "<<":
            hint = "write the keys out, or repeat a whole value with an alias"
            self._report("merge-key", "`<<` does not merge mappings in YAML 1.2", position, hint)
        elif value in frame.keys:
            message = f"the key {shown(value)} stands twice in this mapping"
            self._report("duplicate-key", message, position, "keep one of the two", frame.keys[value])
        else:
            frame.key = value
            frame.keys[value] = position
            self.positions.append(position)

    def _bad_key(self, what: str, position: int, text: str = "") -> None:
        hint = f'write "{text}" in quotes' if text and text.isprintable() else "write a word as the key"
        self._report("bad-key", f"a key must be text; this is {what}", position, hint)

    # -- aliases

    def _alias(self, event: Event) -> None:
        position = self._position(event)
        anchored = self._anchored(event.anchor, position)
        self._aliased += anchored.size
        self._size += anchored.size
        if self._aliased > MAX_ALIASED_NODES:
            message = f"aliases repeat more than {MAX_ALIASED_NODES:,} values"
            problem = self._problem("too-many-aliases", message, position, "write the values out, in several files")
            raise AbandonDocumentError(problem, event.start_mark.line + self._line)
        self._bound_depth(len(self._stack) + anchored.height, position)
        frame = self._stack[-1] if self._stack else None
        if frame and frame.height <= anchored.height:
            frame.height = anchored.height + 1
        if frame and not frame.is_list and frame.key is None:
            if isinstance(anchored.value, str):
                self._key(frame, anchored.value, anchored.value, position)
            else:
                self._bad_key(f"what *{event.anchor} stands for", position)
                frame.key = _DROPPED
        else:
            first = len(self.positions)
            self.positions += anchored.parts
            self.positions[first] = position  # an alias stands where it is written, its parts where they are
            self._add(anchored.value, first)

    def _anchored(self, name: str, position: int) -> _Anchored:
        if name not in self._anchors:
            self._report("bad-alias", f"nothing above is named &{name}", position, _alias_hint(name))
        elif (anchored := self._anchors[name]) is None:
            self._report("bad-alias", f"&{name} would contain itself", position, "write the value out")
        else:
            return anchored
        return _Anchored(None, [position], 1)


def _alias_hint(name: str) -> str:
    return f"put a pattern that begins with * in quotes; to repeat a value, write &{name} before it"
