"""`protocols`, `ports` and `max_port_span`: what may be opened."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from reconciler.guardrails.limits.kinds import OpeningLimit
from reconciler.guardrails.words import either
from reconciler.model.port_set import PortSet, covers
from reconciler.model.ports import PortRange

if TYPE_CHECKING:
    from reconciler.guardrails.subjects import Case
    from reconciler.model.policy import Opening
    from reconciler.model.ports import Protocol


@dataclass(frozen=True, slots=True)
class Protocols(OpeningLimit):
    """Allows some protocols."""

    key: ClassVar[str] = "protocols"
    protocols: tuple[Protocol, ...]

    def allows(self, opening: Opening) -> bool:
        """Say whether the protocol is among them."""
        return opening.protocol in self.protocols

    def fault(self, case: Case) -> str:
        """Name the protocol."""
        return f"opens {case.policy.protocol}"

    @property
    def hint(self) -> str:
        """Name those allowed."""
        return f"open {either(self.protocols)} only"


@dataclass(frozen=True, slots=True)
class Ports(OpeningLimit):
    """Allows ports: every one that is opened lies in one of the ranges, which may be taken together."""

    key: ClassVar[str] = "ports"
    ranges: PortSet

    def allows(self, opening: Opening) -> bool:
        """Say whether every port is inside."""
        return covers(self.ranges, PortRange(opening.start, opening.end))

    def fault(self, case: Case) -> str:
        """Name the ports."""
        return f"opens {case.policy.ports}, not all of it allowed"

    @property
    def hint(self) -> str:
        """Name those allowed."""
        return f"open ports within {either(self.ranges)}"


@dataclass(frozen=True, slots=True)
class MaxPortSpan(OpeningLimit):
    """Bounds how many ports one policy opens."""

    key: ClassVar[str] = "max_port_span"
    most: int

    def allows(self, opening: Opening) -> bool:
        """Say whether there are few enough."""
        return opening.end - opening.start < self.most

    def fault(self, case: Case) -> str:
        """Say how many there are."""
        return f"opens {case.policy.end - case.policy.start + 1} ports at once"

    @property
    def hint(self) -> str:
        """Say how many there may be."""
        return f"open ranges of at most {self.most} port{'' if self.most == 1 else 's'}"
