"""`template` and `routes`: what the app that is called has to be like."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from reconciler.guardrails.limits.kinds import CalleeLimit, RoutesLimit
from reconciler.guardrails.words import either
from reconciler.model.names import matches

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from reconciler.guardrails.subjects import Case
    from reconciler.model.network import AppFacts
    from reconciler.model.route import InternalRoute


@dataclass(frozen=True, slots=True)
class Template(CalleeLimit):
    """Wants the destination to use one of these templates."""

    key: ClassVar[str] = "template"
    names: tuple[str, ...]

    def allows(self, facts: AppFacts, routes: Sequence[InternalRoute]) -> bool:  # noqa: ARG002 - one signature for all
        """Say whether it does."""
        return facts.template in self.names

    def fault(self, case: Case) -> str:
        """Name the template that it uses."""
        used = f"the template {case.destination.template}" if case.destination.template else "no template"
        return f"goes to an app that uses {used}"

    @property
    def hint(self) -> str:
        """Name those allowed."""
        return f"declare {either(self.names)} as the `template` of the app that is called"


@dataclass(frozen=True, slots=True)
class Routes(RoutesLimit):
    """Wants every internal route of the destination to match one of the patterns."""

    key: ClassVar[str] = "routes"
    patterns: tuple[str, ...]

    def allows(self, facts: AppFacts, routes: Sequence[InternalRoute]) -> bool:  # noqa: ARG002 - one signature for all
        """Say whether all do."""
        return not self.refused(routes)

    def refused(self, routes: Iterable[InternalRoute]) -> list[InternalRoute]:
        """List the routes that match none of the patterns."""
        return [route for route in routes if not any(matches(pattern, str(route)) for pattern in self.patterns)]

    def fault(self, case: Case) -> str:
        """Name the first route that does not."""
        refused = self.refused(case.routes)
        more = f" and {len(refused) - 1:,} more" if len(refused) > 1 else ""
        return f"goes to an app with the route {refused[0]}{more}"

    @property
    def hint(self) -> str:
        """Name the patterns."""
        return f"its internal routes have to match {either(self.patterns)}"
