"""Guardrails that manifests alone cannot judge: they hang on labels, or on what a plan adds to the live world."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from reconciler.guardrails.subjects import Crowd
from reconciler.model.finding import Finding, Severity

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from datetime import date

    from reconciler.guardrails.judging import Breach
    from reconciler.guardrails.subjects import Subject
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
    return _note(guardrail, "it hangs on labels, which are known there only")


def not_compared(breaches: Iterable[Breach]) -> tuple[Finding, ...]:
    """Tell what would break each guardrail with `baseline: introduced` if all were new: one finding a guardrail."""
    subjects: dict[str, set[Subject]] = defaultdict(set)
    guardrails: dict[str, Guardrail] = {}
    for breach in breaches:
        guardrail = breach.rail.guardrail
        if guardrail.introduced:
            guardrails[guardrail.name] = guardrail
            subjects[guardrail.name].update(breach.subjects)
    return tuple(_not_compared(guardrail, subjects[name]) for name, guardrail in guardrails.items())


def _not_compared(guardrail: Guardrail, subjects: Collection[Subject]) -> Finding:
    apps = sum(isinstance(subject, Crowd) for subject in subjects)
    counts = ((len(subjects) - apps, "policy", "policies"), (apps, "app", "apps"))
    broken = " and ".join(f"{number:,} {one if number == 1 else many}" for number, one, many in counts if number)
    return _note(
        guardrail,
        f"it judges what a plan adds (`baseline: introduced`); {broken} would break it if new",
        hint="`c2c plan` knows what is live, and tells which are new",
    )


def _note(guardrail: Guardrail, why: str, hint: str | None = None) -> Finding:
    message = f"{guardrail.name}: not judged without a platform: {why}"
    return Finding(Severity.AUDIT, NOT_JUDGED, message, guardrail.origin, hint)


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
