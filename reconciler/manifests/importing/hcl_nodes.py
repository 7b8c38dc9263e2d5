"""What HCL says: blocks, and expressions as far as they only name or hold things, each with its place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reconciler.diagnostics import Span


class Text(NamedTuple):
    """A quoted text or a number: what stands there, and the expressions that are put into it."""

    span: Span
    parts: tuple[str | Expression, ...]


class Reference(NamedTuple):
    """Names joined by dots; an index is a step of its own, brackets included."""

    span: Span
    steps: tuple[str, ...]

    def __str__(self) -> str:
        """Write it as it stands in the file."""
        return "".join(
            step if step.startswith("[") or not number else f".{step}" for number, step in enumerate(self.steps)
        )


class Items(NamedTuple):
    """A list in brackets."""

    span: Span
    items: tuple[Expression, ...]


class Fields(NamedTuple):
    """An object in braces."""

    span: Span
    fields: Mapping[str, Expression]


class Other(NamedTuple):
    """Any other expression, as its text; a long one is cut."""

    span: Span
    text: str


Expression = Text | Reference | Items | Fields | Other


@dataclass(frozen=True, slots=True)
class Block:
    """A block: its type, its labels, and what it holds, in the order of the file."""

    span: Span
    kind: str
    labels: tuple[str, ...]
    attributes: Mapping[str, Expression]
    blocks: tuple[Block, ...]
