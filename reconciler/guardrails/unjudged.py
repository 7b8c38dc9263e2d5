"""Guardrails that manifests alone cannot judge, because they hang on labels."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.model.finding import Finding, Severity

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from reconciler.model.guardrail import Guardrail, Match, Waiver

NOT_JUDGED = "guardrail-not-judged"


def hanging_on_labels(guardrails: Iterable[Guardrail], waivers: Iterable[Waiver], today: date) -> tuple[Guardrail, ...]:
    """Give the guardrails that labels decide: in `match`, in the expression, or in a waiver that holds today."""
    waived = {item.guardrail for item in waivers if today <= item.until and _asks_for_labels(item.match)}
    return tuple(
        item
        for item in guardrails
        if item.name in waived or _asks_for_labels(item.match) or _reads_labels(item.limits.expression)
    )


def not_judged(guardrail: Guardrail) -> Finding:
    """Tell of a guardrail that only a platform can judge."""
    message = f"{guardrail.name}: not judged without a platform: it hangs on labels, which are known there only"
    return Finding(Severity.AUDIT, NOT_JUDGED, message, guardrail.origin)


def _asks_for_labels(match: Match) -> bool:
    return any(selection.labels for end in (match.source, match.destination) for selection in (end, *end.others))


def _reads_labels(expression: str | None) -> bool:
    if expression is None:
        return False
    from reconciler.guardrails.expression_syntax import ExpressionError, check_text  # noqa: PLC0415 - few use them

    try:
        fields = check_text(expression).fields
    except ExpressionError:
        return False
    return any("labels" in names for names in fields.values())
