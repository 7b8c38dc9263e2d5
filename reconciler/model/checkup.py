"""What a look at a foundation finds out: one check a line, and what the caller means to govern there."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from reconciler.model.scope import SpacePattern


class Status(StrEnum):
    """How a check ended. A warning is a limit to know about; unknown is what could not be asked or answered."""

    OK = "ok"
    WARNING = "warning"
    FAILED = "failed"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at. Several may have one name, such as one a space. `hint` says what to do."""

    name: str
    status: Status
    message: str
    hint: str | None = None


@dataclass(frozen=True, slots=True)
class Checkup:
    """Everything that was looked at, in order. `foundation` is None where no address was found."""

    foundation: str | None
    checks: tuple[Check, ...]

    @property
    def healthy(self) -> bool:
        """Say whether nothing failed. What is unknown or limited keeps nobody from planning."""
        return all(check.status is not Status.FAILED for check in self.checks)

    def count(self, status: Status) -> int:
        """Count the checks that ended so."""
        return sum(check.status is status for check in self.checks)


@dataclass(frozen=True, slots=True)
class Concern:
    """What the look is about.

    `governed`: spaces whose apps are to be governed. `sources`: spaces that only hold sources of grants to those.
    `routes`: the domains of declared routes, `domains`: those that the manifests call internal.
    """

    governed: frozenset[SpacePattern] = frozenset()
    sources: frozenset[SpacePattern] = frozenset()
    routes: frozenset[str] = frozenset()
    domains: frozenset[str] = frozenset()
