"""`sources` and `deny_sources`: who may call, by address."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from reconciler.guardrails.limits.kinds import CallerLimit
from reconciler.guardrails.words import either
from reconciler.model.selection import AppSelection

if TYPE_CHECKING:
    from reconciler.guardrails.subjects import Case
    from reconciler.model.scope import AppPattern


@dataclass(frozen=True, slots=True)
class Sources(CallerLimit):
    """Allows these callers and nobody else."""

    key: ClassVar[str] = "sources"
    patterns: tuple[AppPattern, ...]

    @property
    def selections(self) -> tuple[AppSelection, ...]:
        """Give the apps that may call."""
        return tuple(map(_selection, self.patterns))

    def allows(self, *, named: bool) -> bool:
        """Allow those named."""
        return named

    def fault(self, case: Case) -> str:
        """Name the caller."""
        return f"lets {case.policy.source} call, which is not among the sources allowed"

    @property
    def hint(self) -> str:
        """Name those allowed."""
        return f"only {either(map('/'.join, self.patterns), nothing='nobody')} may call"


@dataclass(frozen=True, slots=True)
class DenySources(CallerLimit):
    """Allows everybody but these callers."""

    key: ClassVar[str] = "deny_sources"
    patterns: tuple[AppPattern, ...]

    @property
    def selections(self) -> tuple[AppSelection, ...]:
        """Give the apps that may not call."""
        return tuple(map(_selection, self.patterns))

    def allows(self, *, named: bool) -> bool:
        """Allow those not named."""
        return not named

    def fault(self, case: Case) -> str:
        """Name the caller."""
        return f"lets {case.policy.source} call, which is denied"

    @property
    def hint(self) -> str:
        """Name those denied."""
        return f"{either(map('/'.join, self.patterns), nothing='nobody')} may not call"


def _selection(pattern: AppPattern) -> AppSelection:
    return AppSelection(org=(pattern.org,), space=(pattern.space,), app=(pattern.app,))
