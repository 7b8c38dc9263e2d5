"""`require` and `max_days`: what an entry has to say for itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date  # noqa: TC003 - a field's type
from typing import TYPE_CHECKING, ClassVar

from reconciler.guardrails.limits.kinds import GrantLimit
from reconciler.guardrails.words import either
from reconciler.model.guardrail import Required

if TYPE_CHECKING:
    from reconciler.guardrails.subjects import Case, Statement

_UNDECLARED = "has no entry in any manifest"


@dataclass(frozen=True, slots=True)
class Require(GrantLimit):
    """Wants every entry to carry some fields. A policy without an entry carries none of them."""

    key: ClassVar[str] = "require"
    fields: tuple[Required, ...]

    def allows(self, statement: Statement) -> bool:
        """Say whether nothing is missing."""
        return not self._missing(statement)

    def fault(self, case: Case) -> str:
        """Name what is missing."""
        statement = next(said for said in case.statements if not self.allows(said))
        missing = self._missing(statement)
        return f"has no {either(missing)}" if statement.declared else _UNDECLARED

    @property
    def hint(self) -> str:
        """Say what to write."""
        where = ", `owner` in the Space document" if Required.OWNER in self.fields else ""
        return f"declare it with {' and '.join(f'`{name}`' for name in self.fields)}{where}"

    def _missing(self, statement: Statement) -> list[Required]:
        given = {
            Required.WHY: statement.explained,
            Required.UNTIL: statement.until is not None,
            Required.OWNER: statement.owned and statement.declared,
        }
        return [name for name in self.fields if not given[name]]


@dataclass(frozen=True, slots=True)
class MaxDays(GrantLimit):
    """Bounds how long an entry asks, counted from today. Without a last day it asks for ever."""

    key: ClassVar[str] = "max_days"
    most: int
    today: date

    def allows(self, statement: Statement) -> bool:
        """Say whether the last day is near enough."""
        return statement.until is not None and (statement.until - self.today).days <= self.most

    def fault(self, case: Case) -> str:
        """Say for how long it asks."""
        statement = next(said for said in case.statements if not self.allows(said))
        if statement.until is None:
            return "has no last day" if statement.declared else _UNDECLARED
        return f"is wanted until {statement.until}, {(statement.until - self.today).days:,} days from now"

    @property
    def hint(self) -> str:
        """Say how long it may ask."""
        return f"give it an `until` at most {self.most:,} days ahead"
