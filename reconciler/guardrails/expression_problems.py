"""Trying expressions at load, so that a broken one is an error with its line and never a rule that is skipped."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from reconciler.diagnostics import Span, error
from reconciler.guardrails.expression_syntax import ExpressionError
from reconciler.guardrails.expression_view import app_fields, as_map, grant_fields, picked, policy_fields
from reconciler.guardrails.expressions import Program
from reconciler.model.desired import Term
from reconciler.model.names import AppRef
from reconciler.model.network import UNKNOWN_APP, AppFacts
from reconciler.model.policy import NetworkPolicy
from reconciler.model.ports import TlsMode

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable

    from reconciler.diagnostics import Diagnostic
    from reconciler.model.guardrail import Expression


def expression_problems(expressions: Iterable[Expression]) -> list[Diagnostic]:
    """Compile every expression and ask it of made-up policies: some of which nothing is known, one complete."""
    found = []
    for expression in expressions:
        problem = _problem(expression.text)
        if problem is not None:
            code = "costly-expression" if problem.costly else "bad-expression"
            message = f"the expression of `{expression.guardrail}` cannot be used: {problem.reason}"
            found.append(error(code, message, expression.origin, hint=problem.hint))
    return found


def _problem(text: str) -> ExpressionError | None:
    try:
        program = Program(text)
        for sample in (_bare("acme"), _bare("globex"), _complete()):
            for name, names in program.fields.items():
                program.tell(name, as_map(names, picked(sample[name], names)))
            program.answer()
    except ExpressionError as problem:
        return problem
    return None


def _bare(org: str) -> dict[str, dict[str, Hashable]]:
    source, destination = AppRef(org, "web", "frontend"), AppRef("acme", "payments", "ledger")
    policy = NetworkPolicy(source, destination, "tcp", 8080, 8080)
    return _sample(policy, UNKNOWN_APP, None)


def _complete() -> dict[str, dict[str, Hashable]]:
    app = AppRef("acme", "payments", "ledger")
    facts = AppFacts(labels={"tier": "web"}, zone="cde", owner="team-payments", template="private-https-api")
    term = Term(Span("", 1, 1), TlsMode.MANUAL, "NET-1201", date(2027, 1, 31))
    return _sample(NetworkPolicy(app, app, "udp", 7000, 7010), facts, term)


def _sample(policy: NetworkPolicy, facts: AppFacts, term: Term | None) -> dict[str, dict[str, Hashable]]:
    return {
        "source": app_fields(policy.source, facts),
        "destination": app_fields(policy.destination, facts),
        "policy": policy_fields(policy, term),
        "grant": grant_fields(term),
    }
