"""`expression`: a rule in CEL, for what the other limits cannot say."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from reconciler.guardrails.expression_syntax import ExpressionError
from reconciler.guardrails.expression_view import app_fields, as_map, grant_fields, picked, policy_fields
from reconciler.guardrails.expressions import Program
from reconciler.guardrails.limits.kinds import ExpressionLimit

if TYPE_CHECKING:
    from reconciler.guardrails.expression_view import Values
    from reconciler.guardrails.subjects import Case
    from reconciler.model.desired import Term
    from reconciler.model.names import AppRef
    from reconciler.model.network import Network
    from reconciler.model.policy import NetworkPolicy

_LONGEST_SHOWN = 200


@dataclass(frozen=True, slots=True)
class Expression(ExpressionLimit):
    """Wants the expression to be true of a policy and each entry that asks for it."""

    key: ClassVar[str] = "expression"
    text: str

    def fault(self, case: Case) -> str:  # noqa: ARG002 - the policy is named, the expression is the hint
        """Say that it is not."""
        return "does not satisfy the expression"

    @property
    def hint(self) -> str:
        """Show the expression."""
        shown = self.text if len(self.text) <= _LONGEST_SHOWN else f"{self.text[:_LONGEST_SHOWN]}..."
        return f"it has to be true that {' '.join(shown.split())}"


class Asking:
    """One expression, asked of many policies of one network. The same values are not asked about twice."""

    def __init__(self, limit: Expression, network: Network) -> None:
        self._network = network
        self._apps: dict[tuple[str, AppRef], Values] = {}
        self._told: dict[str, Values] = {}
        self._answers: dict[tuple[Values, ...], bool | ExpressionError] = {}
        self._program: Program | ExpressionError
        try:
            self._program = Program(limit.text)
        except ExpressionError as problem:
            self._program = problem

    def ask(self, policy: NetworkPolicy, terms: tuple[Term, ...]) -> bool | ExpressionError:
        """Say whether the policy, with each of its entries, satisfies the expression, or why that cannot be said."""
        program = self._program
        if isinstance(program, ExpressionError):
            return program
        answers = [self._answer(program, policy, term) for term in terms or (None,)]
        failed = next((answer for answer in answers if isinstance(answer, ExpressionError)), None)
        return failed or all(answer is True for answer in answers)

    def _answer(self, program: Program, policy: NetworkPolicy, term: Term | None) -> bool | ExpressionError:
        key = tuple([self._values(name, names, policy, term) for name, names in program.fields.items()])
        found = self._answers.get(key)
        if found is None:
            try:
                found = self._asked(program, key)
            except ExpressionError as problem:
                found = problem
            self._answers[key] = found
        return found

    def _asked(self, program: Program, key: tuple[Values, ...]) -> bool:
        for (name, names), values in zip(program.fields.items(), key, strict=True):
            if self._told.get(name) != values:
                self._told.pop(name, None)
                program.tell(name, as_map(names, values))
                self._told[name] = values
        return program.answer()

    def _values(self, name: str, names: tuple[str, ...], policy: NetworkPolicy, term: Term | None) -> Values:
        if name == "policy":
            return picked(policy_fields(policy, term), names)
        if name == "grant":
            return picked(grant_fields(term), names)
        app = policy.source if name == "source" else policy.destination
        values = self._apps.get((name, app))
        if values is None:
            values = self._apps[name, app] = picked(app_fields(app, self._network.facts(app)), names)
        return values
