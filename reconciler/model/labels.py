"""Label selectors as values, in the language of Cloud Controller's `label_selector` (`docs/platform.md`)."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping


class Operator(StrEnum):
    """What a requirement asks of one label."""

    EXISTS = "exists"
    ABSENT = "absent"
    IN = "in"
    NOT_IN = "notin"


class Requirement(NamedTuple):
    """One condition. `values` are empty for the operators that only ask whether the label is there."""

    key: str
    operator: Operator
    values: frozenset[str] = frozenset()

    def __str__(self) -> str:
        """Give the canonical form, which Cloud Controller takes too."""
        if self.operator in (Operator.EXISTS, Operator.ABSENT):
            return self.key if self.operator is Operator.EXISTS else f"!{self.key}"
        if len(self.values) == 1:
            return f"{self.key}{'=' if self.operator is Operator.IN else '!='}{''.join(self.values)}"
        return f"{self.key} {self.operator} ({','.join(sorted(self.values))})"

    def holds(self, labels: Mapping[str, str]) -> bool:
        """Say whether labels meet the condition. A label that is absent differs from every value."""
        present = self.key in labels
        if self.operator is Operator.EXISTS:
            return present
        if self.operator is Operator.ABSENT:
            return not present
        found = present and labels[self.key] in self.values
        return found if self.operator is Operator.IN else not found


class LabelSelector(NamedTuple):
    """A selector: all its requirements must hold."""

    requirements: tuple[Requirement, ...]

    def __str__(self) -> str:
        """Give the canonical form."""
        return ",".join(map(str, self.requirements))

    def matches(self, labels: Mapping[str, str]) -> bool:
        """Say whether something with these labels is selected."""
        return all(requirement.holds(labels) for requirement in self.requirements)
