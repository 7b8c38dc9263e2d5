"""What one pass over all policies of a network tells beside what breaks a limit."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from reconciler.model.names import AppRef
    from reconciler.model.policy import NetworkPolicy


class Traffic(NamedTuple):
    """How many policies each source has, and the notable ones.

    Notable are those that built-in checks look closer at: all ranges, and single ports that they know by number.
    """

    outgoing: Mapping[AppRef, int]
    notable: Sequence[NetworkPolicy]
