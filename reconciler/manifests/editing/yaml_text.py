"""Data as YAML text that reads back as the same data, here and in tools that still follow YAML 1.1."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from reconciler.manifests.parsing.scalars import resolve

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_./-]*")
_DIGITS_FIRST = re.compile(r"[0-9]{1,5}-[0-9]{1,5}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_OLD_WORDS = frozenset({"y", "n", "yes", "no", "on", "off", "true", "false", "null"})
"""What YAML 1.1 took for true, false or nothing, in any case."""

_ESCAPES = {'"': '\\"', "\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"}
_LAST_SHORT = 0xFFFF


def scalar(value: str | int | bool) -> str:  # noqa: FBT001 - a value, not a switch
    """Write one value. Text that could be read as anything else, or not be seen, is quoted and escaped."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if _is_plain(value):
        return value
    return '"' + "".join(map(_escaped, value)) + '"'


def _is_plain(text: str) -> bool:
    if _WORD.fullmatch(text):
        return text.lower() not in _OLD_WORDS
    return _DIGITS_FIRST.fullmatch(text) is not None and resolve(text) == text


def _escaped(char: str) -> str:
    if char in _ESCAPES:
        return _ESCAPES[char]
    if char.isprintable():
        return char
    return f"\\u{ord(char):04x}" if ord(char) <= _LAST_SHORT else f"\\U{ord(char):08x}"


def flow(value: Any) -> str:  # noqa: ANN401 - any plain data
    """Write a value on one line."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{scalar(key)}: {flow(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(flow, value)) + "]"
    return scalar(value)


def block(mapping: Mapping[str, Any]) -> str:
    """Write a mapping over several lines: a line for each entry of a list that holds no further lists of mappings."""
    return "".join(f"{line}\n" for line in _mapping(mapping))


def _mapping(mapping: Mapping[str, Any]) -> Iterator[str]:
    for key, value in mapping.items():
        if _is_deep(value):
            yield f"{scalar(key)}:"
            yield from (f"  {line}" for line in _items(value))
        else:
            yield f"{scalar(key)}: {flow(value)}"


def _items(values: Sequence[Any]) -> Iterator[str]:
    for value in values:
        if isinstance(value, Mapping) and any(map(_is_deep, value.values())):
            first, *rest = _mapping(value)
            yield f"- {first}"
            yield from (f"  {line}" for line in rest)
        else:
            yield f"- {flow(value)}"


def _is_deep(value: object) -> bool:
    """Say whether a value is a list with a mapping in it."""
    return isinstance(value, list | tuple) and any(isinstance(item, Mapping) for item in value)
