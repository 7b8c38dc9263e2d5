"""Guardrails made ready: every limit of every guardrail is a check, and every check is one bit."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import date

    from reconciler.guardrails.limits.kinds import Limit
    from reconciler.model.guardrail import Guardrail

_L = TypeVar("_L", bound="Limit")


class Check(NamedTuple):
    """One limit of one guardrail, with its bit."""

    guardrail: Guardrail
    limit: Limit
    bit: int


def compile_checks(guardrails: Iterable[Guardrail], today: date) -> tuple[Check, ...]:
    """Make all limits ready, in the order of the guardrails' names."""
    ordered = sorted(guardrails, key=lambda item: (item.name, item.origin))
    if not ordered:
        return ()
    from reconciler.guardrails.limits.compiling import compile_limits  # noqa: PLC0415 - a dozen modules

    pairs = [(guardrail, limit) for guardrail in ordered for limit in compile_limits(guardrail.limits, today)]
    return tuple(Check(guardrail, limit, 1 << number) for number, (guardrail, limit) in enumerate(pairs))


def of_kind(checks: Iterable[Check], kind: type[_L]) -> tuple[tuple[int, _L], ...]:
    """Pick the checks with limits of one kind, each as its bit and its limit."""
    return tuple((check.bit, check.limit) for check in checks if isinstance(check.limit, kind))


def bits_of(mask: int) -> Iterator[int]:
    """Take a number apart into its bits, the lowest first."""
    while mask:
        bit = mask & -mask
        yield bit
        mask ^= bit


def mask_of(checks: Sequence[tuple[int, Limit]]) -> int:
    """Join the bits of checks."""
    mask = 0
    for bit, _ in checks:
        mask |= bit
    return mask
