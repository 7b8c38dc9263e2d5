"""`same_space`, `same_org` and `same_zone`: what the two ends have in common."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from reconciler.guardrails.limits.kinds import PairLimit

if TYPE_CHECKING:
    from reconciler.guardrails.subjects import Case, Pair


@dataclass(frozen=True, slots=True)
class SameSpace(PairLimit):
    """Wants both ends in one space, or in two."""

    key: ClassVar[str] = "same_space"
    wanted: bool

    def allows(self, pair: Pair) -> bool:
        """Say whether they are as wanted."""
        return pair.same_space is self.wanted

    def fault(self, case: Case) -> str:  # noqa: ARG002 - the policy names the spaces
        """Say what is wrong with that."""
        return f"{_crossing(wanted=self.wanted)} a space"

    @property
    def hint(self) -> str:
        """Say what they should be."""
        return f"only apps of {'one space' if self.wanted else 'different spaces'} may speak here"


@dataclass(frozen=True, slots=True)
class SameOrg(PairLimit):
    """Wants both ends in one organization, or in two."""

    key: ClassVar[str] = "same_org"
    wanted: bool

    def allows(self, pair: Pair) -> bool:
        """Say whether they are as wanted."""
        return pair.same_org is self.wanted

    def fault(self, case: Case) -> str:  # noqa: ARG002 - the policy names the organizations
        """Say what is wrong with that."""
        return f"{_crossing(wanted=self.wanted)} an organization"

    @property
    def hint(self) -> str:
        """Say what they should be."""
        return f"only apps of {'one organization' if self.wanted else 'different organizations'} may speak here"


@dataclass(frozen=True, slots=True)
class SameZone(PairLimit):
    """Wants both ends in one zone, or in two. An end without a zone satisfies neither: nothing is known of it."""

    key: ClassVar[str] = "same_zone"
    wanted: bool

    def allows(self, pair: Pair) -> bool:
        """Say whether they are as wanted."""
        return pair.same_zone is self.wanted

    def fault(self, case: Case) -> str:
        """Name the zones."""
        return f"goes from {_zone(case.source.zone)} to {_zone(case.destination.zone)}"

    @property
    def hint(self) -> str:
        """Say what they should be."""
        zones = "one zone" if self.wanted else "different zones"
        return f"only apps of {zones} may speak here; `zone` stands in the Space document of each"


def _crossing(*, wanted: bool) -> str:
    return "leaves" if wanted else "stays within"


def _zone(zone: str | None) -> str:
    return "no zone" if zone is None else f"zone {zone}"
