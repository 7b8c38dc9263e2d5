"""`expression`: a rule in CEL, for what the other limits cannot say."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from reconciler.guardrails.expression_syntax import ExpressionError
from reconciler.guardrails.expression_view import app_view, grant_view, policy_view
from reconciler.guardrails.expressions import Program
from reconciler.guardrails.limits.kinds import PolicyLimit

if TYPE_CHECKING:
    from collections.abc import Hashable

    from reconciler.guardrails.subjects import Case
    from reconciler.model.desired import Term
    from reconciler.model.network import Network
    from reconciler.model.policy import NetworkPolicy

_LONGEST_SHOWN = 200


@dataclass(frozen=True, slots=True)
class Expression(PolicyLimit):
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
    """One expression, asked of many policies of one network. What it does not read is not asked twice."""

    def __init__(self, limit: Expression, network: Network) -> None:
        self._network = network
        self._told: dict[str, Hashable] = {}
        self._answers: dict[tuple[Hashable, ...], bool | ExpressionError] = {}
        self._program: Program | None = None
        self._broken: ExpressionError | None = None
        try:
            self._program = Program(limit.text)
        except ExpressionError as problem:
            self._broken = problem

    def ask(self, policy: NetworkPolicy, terms: tuple[Term, ...]) -> bool | ExpressionError:
        """Say whether the policy, with each of its entries, satisfies the expression, or why that cannot be said."""
        answers = [self._answer(policy, term) for term in terms or (None,)]
        failed = next((answer for answer in answers if isinstance(answer, ExpressionError)), None)
        return failed or all(answer is True for answer in answers)

    def _answer(self, policy: NetworkPolicy, term: Term | None) -> bool | ExpressionError:
        if self._program is None:
            return self._broken or ExpressionError("it could not be compiled")
        tls = policy.known_tls if term is None else term.tls
        asked = term and (term.why, term.until)
        keys: dict[str, Hashable] = {
            "source": policy.source,
            "destination": policy.destination,
            "policy": (policy.protocol, policy.start, policy.end, tls),
            "grant": asked,
        }
        key = tuple(keys[name] for name in sorted(self._program.uses))
        found = self._answers.get(key)
        if found is None:
            for name in self._program.uses:
                if name not in self._told or self._told[name] != keys[name]:
                    self._told[name] = keys[name]
                    self._program.tell(name, self._view(name, policy, term))
            try:
                found = self._program.answer()
            except ExpressionError as problem:
                found = problem
            self._answers[key] = found
        return found

    def _view(self, name: str, policy: NetworkPolicy, term: Term | None) -> dict[str, object]:
        if name == "source":
            return app_view(policy.source, self._network.facts(policy.source))
        if name == "destination":
            return app_view(policy.destination, self._network.facts(policy.destination))
        if name == "policy":
            return policy_view(policy, policy.known_tls if term is None else term.tls)
        return grant_view(term)
