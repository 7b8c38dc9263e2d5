"""Filling Go structs from JSON: zero values, keys without regard to case, and type errors in Go's words.

Source: Go 1.23 `encoding/json/decode.go`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from reconciler.simulator.policy_server.go_json import Node, parse

if TYPE_CHECKING:
    from collections.abc import Mapping

_INTEGER = re.compile(r"-?[0-9]+")
_INT64 = 2**63


class GoTypeError(ValueError):
    """The JSON does not fit the struct; the message is Go's."""


@dataclass(frozen=True, slots=True)
class Scalar:
    """A Go `string` or `int`."""

    name: str
    zero: str | int


@dataclass(frozen=True, slots=True)
class Slice:
    """A Go slice."""

    element: Struct

    @property
    def name(self) -> str:
        """Name the type as Go does."""
        return f"[]{self.element.name}"


@dataclass(frozen=True, slots=True)
class Struct:
    """A Go struct with the JSON names of its fields."""

    name: str
    fields: Mapping[str, Scalar | Slice | Struct]

    @property
    def short(self) -> str:
        """The name without its package."""
        return self.name.rpartition(".")[2]


STRING = Scalar("string", "")
INT = Scalar("int", 0)
GoType = Scalar | Slice | Struct


def unmarshal(data: bytes, target: Struct) -> dict[str, Any]:
    """Read JSON into the struct, given as a dict of every field.

    Raise GoSyntaxError for text that is no JSON, GoTypeError for the first value that does not fit.
    """
    binder = _Binder()
    value: dict[str, Any] = binder.bind(parse(data), target, zero(target))
    if binder.problem is not None:
        raise GoTypeError(binder.problem)
    return value


def zero(kind: GoType) -> Any:  # noqa: ANN401  # the shape follows the type given
    """Give the zero value of a type; a nil slice is an empty list."""
    if isinstance(kind, Scalar):
        return kind.zero
    if isinstance(kind, Slice):
        return []
    return {name: zero(inner) for name, inner in kind.fields.items()}


@dataclass(slots=True)
class _Binder:
    """Goes on after a value that does not fit and remembers the first one, as Go does."""

    problem: str | None = None
    owner: Struct | None = None
    path: list[str] = field(default_factory=list)

    def bind(self, node: Node, kind: GoType, current: Any) -> Any:  # noqa: ANN401
        if node.kind == "null":
            return [] if isinstance(kind, Slice) else current
        if isinstance(kind, Scalar):
            return self.scalar(node, kind, current)
        if isinstance(kind, Slice):
            return self.slice(node, kind, current)
        return self.struct(node, kind, current)

    def refuse(self, what: str, kind: GoType) -> None:
        if self.problem is None:
            place = f"struct field {self.owner.short}.{'.'.join(self.path)}" if self.owner else "value"
            self.problem = f"json: cannot unmarshal {what} into Go {place} of type {kind.name}"

    def scalar(self, node: Node, kind: Scalar, current: str | int) -> str | int:
        wanted = "string" if kind is STRING else "number"
        if node.kind != wanted:
            self.refuse(node.kind, kind)
            return current
        text = str(node.value)
        if kind is STRING:
            return text
        if not _INTEGER.fullmatch(text) or not -_INT64 <= int(text) < _INT64:
            self.refuse(f"number {text}", kind)
            return current
        return int(text)

    def slice(self, node: Node, kind: Slice, current: list[Any]) -> list[Any]:
        if node.kind != "array" or not isinstance(node.value, list):
            self.refuse(node.kind, kind)
            return current
        # Go decodes into elements that are already there, so a repeated key merges element by element.
        known = [*current, *(zero(kind.element) for _ in range(len(node.value) - len(current)))]
        return [self.bind(item, kind.element, known[index]) for index, item in enumerate(node.value)]

    def struct(self, node: Node, kind: Struct, current: dict[str, Any]) -> dict[str, Any]:
        if node.kind != "object" or not isinstance(node.value, list):
            self.refuse(node.kind, kind)
            return current
        outer = self.owner
        for key, item in node.value:
            name = key if key in kind.fields else key.casefold()
            if name in kind.fields:
                self.owner = kind
                self.path.append(name)
                current[name] = self.bind(item, kind.fields[name], current[name])
                self.path.pop()
                self.owner = outer
        return current
