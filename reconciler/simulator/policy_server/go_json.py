r"""A JSON reader that fails in the words of Go's `encoding/json`.

The policy server puts these words into its 400 answers. Source: Go 1.23 `encoding/json/scanner.go`, `decode.go`.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass, field
from typing import NamedTuple

MAX_DEPTH = 10000
"""How deep containers may nest. Source: Go `encoding/json/scanner.go`."""

_SPACE = re.compile(rb"[ \t\r\n]*")
_PLAIN = re.compile(rb'[^"\\\x00-\x1f]*')
_ESCAPE = re.compile(rb"\\u([0-9a-fA-F]{4})|\\(.)", re.DOTALL)
_SHORT = {b"b": "\b", b"f": "\f", b"n": "\n", b"r": "\r", b"t": "\t"}
_LITERALS = {ord("t"): (b"true", True), ord("f"): (b"false", False), ord("n"): (b"null", None)}
_QUOTED = {7: "\\a", 8: "\\b", 12: "\\f", 10: "\\n", 13: "\\r", 9: "\\t", 11: "\\v", 92: "\\\\", 39: "\\'"}
_INVISIBLE = frozenset({0x7F, 0xA0, 0xAD}) | frozenset(range(0x20)) | frozenset(range(0x80, 0xA0))
_DIGITS = frozenset(b"0123456789")

codecs.register_error(
    "go-json",
    lambda error: (
        ("\N{REPLACEMENT CHARACTER}" * (error.end - error.start), error.end)
        if isinstance(error, UnicodeDecodeError)
        else ("", 0)
    ),
)


class GoSyntaxError(ValueError):
    """The text is not JSON; the message is Go's."""


class Node(NamedTuple):
    """One JSON value. `kind` is null, bool, number, string, array or object, as Go's messages name it.

    `value` holds None, a bool, the literal of a number, a str, a list of nodes, or a list of (key, node).
    """

    kind: str
    value: object


def unexpected(byte: int, context: str) -> GoSyntaxError:
    """Say that a byte has no place there."""
    return GoSyntaxError(f"invalid character {_quote(byte)} {context}")


def _quote(byte: int) -> str:
    if byte in _QUOTED:
        return f"'{_QUOTED[byte]}'"
    if byte in _INVISIBLE:
        return f"'\\x{byte:02x}'" if byte < 0x80 else f"'\\u{byte:04x}'"  # noqa: PLR2004  # ASCII ends there
    return f"'{chr(byte)}'"


def parse(data: bytes) -> Node:
    """Read one JSON text. Raise GoSyntaxError where Go would."""
    return _Parser(data).run()


@dataclass(slots=True)
class _Parser:
    """Walks over the bytes with its own stack, so that depth is limited by Go's rule and not by Python's."""

    data: bytes
    at: int = 0
    stack: list[Node] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)

    def run(self) -> Node:
        done = self.value("looking for beginning of value")
        while True:
            if done is not None and self.stack:
                done = self.attach(done)
            elif done is not None:
                self.end()
                return done
            else:
                done = self.inside()

    def peek(self) -> int:
        found = _SPACE.match(self.data, self.at)
        self.at = found.end() if found else self.at
        return self.byte()

    def byte(self) -> int:
        if self.at >= len(self.data):
            raise GoSyntaxError("unexpected end of JSON input")
        return self.data[self.at]

    def value(self, context: str) -> Node | None:
        """Read a scalar, or open a container and give None."""
        byte = self.peek()
        if byte in b"{[":
            self.at += 1
            self.open(Node("object" if byte == ord("{") else "array", []))
            return None
        if byte == ord('"'):
            return Node("string", self.string())
        if byte == ord("-") or byte in _DIGITS:
            return Node("number", self.number())
        if byte in _LITERALS:
            return self.literal(*_LITERALS[byte])
        raise unexpected(byte, context)

    def open(self, container: Node) -> None:
        self.stack.append(container)
        if len(self.stack) > MAX_DEPTH:
            raise GoSyntaxError("exceeded max depth")

    def inside(self) -> Node | None:
        """Read the first item of the container just opened, or close it."""
        container = self.stack[-1]
        byte = self.peek()
        if container.kind == "array":
            return self.close() if byte == ord("]") else self.value("looking for beginning of value")
        return self.close() if byte == ord("}") else self.member()

    def close(self) -> Node:
        self.at += 1
        return self.stack.pop()

    def member(self) -> Node | None:
        byte = self.peek()
        if byte != ord('"'):
            raise unexpected(byte, "looking for beginning of object key string")
        self.keys.append(self.string())
        byte = self.peek()
        if byte != ord(":"):
            raise unexpected(byte, "after object key")
        self.at += 1
        return self.value("looking for beginning of value")

    def attach(self, item: Node) -> Node | None:
        """Put a finished value into its container and read on to the next one."""
        container = self.stack[-1]
        items = container.value
        if not isinstance(items, list):
            raise TypeError(container.kind)
        items.append(item if container.kind == "array" else (self.keys.pop(), item))
        byte = self.peek()
        if container.kind == "array":
            return self.after(byte, "]", "after array element")
        return self.after(byte, "}", "after object key:value pair")

    def after(self, byte: int, closing: str, context: str) -> Node | None:
        if byte == ord(closing):
            return self.close()
        if byte != ord(","):
            raise unexpected(byte, context)
        self.at += 1
        return self.value("looking for beginning of value") if closing == "]" else self.member()

    def end(self) -> None:
        found = _SPACE.match(self.data, self.at)
        self.at = found.end() if found else self.at
        if self.at < len(self.data):
            raise unexpected(self.data[self.at], "after top-level value")

    def literal(self, text: bytes, meaning: object) -> Node:
        for expected in text:
            byte = self.byte()
            if byte != expected:
                raise unexpected(byte, f"in literal {text.decode()} (expecting {_quote(expected)})")
            self.at += 1
        return Node("null" if meaning is None else "bool", meaning)

    def number(self) -> str:
        start = self.at
        if self.byte() == ord("-"):
            self.at += 1
        if self.byte() == ord("0"):
            self.at += 1
        else:
            self.digits("in numeric literal")
        if self.next_is(b"."):
            self.digits("after decimal point in numeric literal")
        if self.next_is(b"eE"):
            self.next_is(b"+-")
            self.digits("in exponent of numeric literal")
        return self.data[start : self.at].decode()

    def next_is(self, choices: bytes) -> bool:
        if self.at < len(self.data) and self.data[self.at] in choices:
            self.at += 1
            return True
        return False

    def digits(self, context: str) -> None:
        if self.byte() not in _DIGITS:
            raise unexpected(self.byte(), context)
        while self.at < len(self.data) and self.data[self.at] in _DIGITS:
            self.at += 1

    def string(self) -> str:
        start = self.at + 1
        self.at = start
        while True:
            found = _PLAIN.match(self.data, self.at)
            self.at = found.end() if found else self.at
            byte = self.byte()
            if byte == ord('"'):
                self.at += 1
                return _unquote(self.data[start : self.at - 1])
            if byte != ord("\\"):
                raise unexpected(byte, "in string literal")
            self.escape()

    def escape(self) -> None:
        self.at += 1
        byte = self.byte()
        if byte not in b'bfnrt\\/"u':
            raise unexpected(byte, "in string escape code")
        self.at += 1
        for _ in range(4 if byte == ord("u") else 0):
            if self.byte() not in b"0123456789abcdefABCDEF":
                raise unexpected(self.byte(), "in \\u hexadecimal character escape")
            self.at += 1


def _unquote(raw: bytes) -> str:
    pieces: list[str] = []
    at = 0
    for found in _ESCAPE.finditer(raw):
        pieces.append(raw[at : found.start()].decode(errors="go-json"))
        unit, short = found.groups()
        pieces.append(chr(int(unit, 16)) if unit else _SHORT.get(short, short.decode(errors="go-json")))
        at = found.end()
    pieces.append(raw[at:].decode(errors="go-json"))
    text = "".join(pieces)
    # Two halves of a surrogate pair become one character; a lone half becomes U+FFFD, as in Go.
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace") if at else text
