"""Who takes part in the policies of a network: what one pass over all of them tells beside what breaks a limit."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from reconciler.model.desired import Term
    from reconciler.model.names import AppRef
    from reconciler.model.policies import PolicyMap
    from reconciler.model.policy import NetworkPolicy


class Traffic(NamedTuple):
    """The policies, how many each source has, and the notable ones.

    Notable are those that built-in checks look closer at: all ranges, and single ports that they know by number.
    """

    policies: PolicyMap[tuple[Term, ...]]
    outgoing: Mapping[AppRef, int]
    notable: Sequence[NetworkPolicy]
