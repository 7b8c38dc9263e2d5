"""`max_sources` and `max_destinations`: how many apps one app may have on a side."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from reconciler.guardrails.limits.kinds import CountLimit


@dataclass(frozen=True, slots=True)
class MaxSources(CountLimit):
    """Bounds how many apps call one app."""

    key: ClassVar[str] = "max_sources"
    callers: ClassVar[bool] = True
    most: int

    def fault(self, count: int) -> str:
        """Say how many there are."""
        return f"is called by {count:,} apps"

    @property
    def hint(self) -> str:
        """Say how many there may be."""
        return f"at most {self.most:,} may call it"


@dataclass(frozen=True, slots=True)
class MaxDestinations(CountLimit):
    """Bounds how many apps one app calls."""

    key: ClassVar[str] = "max_destinations"
    callers: ClassVar[bool] = False
    most: int

    def fault(self, count: int) -> str:
        """Say how many there are."""
        return f"may call {count:,} apps"

    @property
    def hint(self) -> str:
        """Say how many there may be."""
        return f"it may call at most {self.most:,}"
