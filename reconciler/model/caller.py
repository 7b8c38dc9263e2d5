"""Who reads and writes, and how far that reaches."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from reconciler.model.names import AppRef, SpaceRef
    from reconciler.model.policy import NetworkPolicy


@dataclass(frozen=True, slots=True)
class Caller:
    """What the platform lets the holder of the token see and change.

    `network_admin`: the policy server shows and accepts everything. Anybody else is shown, without a word about the
    rest, only policies with both ends in spaces where they are Space Developer, and may change only those.
    Source: policy-server `handlers/policy_filter.go`, `handlers/policy_guard.go`.

    `reads_every_app`: an app that Cloud Controller does not show is gone, not hidden. `edits_every_space`: routes and
    environments anywhere may be changed; otherwise those of the spaces in `developer_in` and `supporter_in`, and only
    with `may_write`, the scope for changes at Cloud Controller. Where `roles_known` is false the token does not say who
    its holder is: nothing is ruled out then, and the platform decides.
    """

    name: str
    network_admin: bool
    reads_every_app: bool
    edits_every_space: bool
    developer_in: frozenset[SpaceRef] = frozenset()
    supporter_in: frozenset[SpaceRef] = frozenset()
    may_write: bool = True
    roles_known: bool = True

    def closed_spaces(self, policy: NetworkPolicy) -> tuple[SpaceRef, ...]:
        """Name the spaces that keep the caller from seeing and changing a policy; none if it is in reach."""
        if self.network_admin or not self.roles_known:
            return ()
        ends: dict[SpaceRef, AppRef] = {end.space_ref: end for end in (policy.source, policy.destination)}
        return tuple(space for space in ends if space not in self.developer_in)

    def may_edit(self, space: SpaceRef) -> bool:
        """Say whether the caller may change routes and environments in a space."""
        in_reach = self.edits_every_space or space in self.developer_in or space in self.supporter_in
        return not self.roles_known or (self.may_write and in_reach)
