"""What a plan adds: all that a guardrail with `baseline: introduced` looks at."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.guardrails.ends import routes_of
from reconciler.guardrails.limits.kinds import RoutesLimit
from reconciler.guardrails.rails import of_kind

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from reconciler.guardrails.ends import Ends
    from reconciler.guardrails.rails import Rail
    from reconciler.model.names import AppRef
    from reconciler.model.network import Network
    from reconciler.model.policy import NetworkPolicy


class Additions:
    """Tells old from new. Without a world before, everything is new."""

    def __init__(self, rails: Sequence[Rail], ends: Ends, before: Network | None) -> None:
        introduced = [rail for rail in rails if rail.guardrail.introduced] if before is not None else []
        self.judged = 0
        """The bits of the rails that judge only what is new."""
        for rail in introduced:
            self.judged |= rail.bit
        self.before: Collection[NetworkPolicy] = before.policies if before is not None else ()
        self._routes = of_kind(introduced, RoutesLimit)
        self._after = ends.routes
        self._earlier = routes_of(before) if before is not None and self._routes else {}
        self._gained: dict[AppRef, int] = {}

    def excused(self, policy: NetworkPolicy) -> int:
        """Give the bits of the rails that have nothing to say of a policy, because what they mind is old.

        A policy that was there is judged all the same by a limit on routes whose destination has gained a bad one.
        """
        if policy not in self.before:
            return 0
        app = policy.destination
        if app not in self._gained:
            self._gained[app] = self._gains(app)
        return self.judged & ~self._gained[app]

    def _gains(self, app: AppRef) -> int:
        gained, earlier = 0, self._earlier.get(app, ())
        for bit, limit in self._routes:
            if set(limit.refused(self._after.get(app, ()))) - set(earlier):
                gained |= bit
        return gained
