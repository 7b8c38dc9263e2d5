"""Guardrails made ready: every limit of every guardrail is a rail, and every rail is one bit."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import date

    from reconciler.guardrails.limits.kinds import Limit
    from reconciler.model.guardrail import Guardrail

_L = TypeVar("_L", bound="Limit")


class Rail(NamedTuple):
    """One limit of one guardrail, with its bit."""

    guardrail: Guardrail
    limit: Limit
    bit: int


def compile_rails(guardrails: Iterable[Guardrail], today: date) -> tuple[Rail, ...]:
    """Make all limits ready, in the order of the guardrails' names."""
    ordered = sorted(guardrails, key=lambda item: (item.name, item.origin))
    if not ordered:
        return ()
    from reconciler.guardrails.limits.compiling import compile_limits  # noqa: PLC0415 - a dozen modules

    pairs = [(guardrail, limit) for guardrail in ordered for limit in compile_limits(guardrail.limits, today)]
    return tuple(Rail(guardrail, limit, 1 << number) for number, (guardrail, limit) in enumerate(pairs))


def of_kind(rails: Iterable[Rail], kind: type[_L]) -> tuple[tuple[int, _L], ...]:
    """Pick the rails with limits of one kind, each as its bit and its limit."""
    return tuple((rail.bit, rail.limit) for rail in rails if isinstance(rail.limit, kind))


def bits_of(mask: int) -> Iterator[int]:
    """Take a number apart into its bits, the lowest first."""
    while mask:
        bit = mask & -mask
        yield bit
        mask ^= bit


def mask_of(rails: Sequence[tuple[int, Limit]]) -> int:
    """Join the bits of rails."""
    mask = 0
    for bit, _ in rails:
        mask |= bit
    return mask
