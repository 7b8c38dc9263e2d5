"""What comes of a plan: in full above everything else, and in short at the end, for who reads the end of a long log."""

from __future__ import annotations

from collections import Counter
from functools import partial
from typing import TYPE_CHECKING

from reconciler.model.finding import Severity
from reconciler.planning.digest import plan_digest
from reconciler.report.counts import waivers_used
from reconciler.report.escape import escape
from reconciler.report.style import PLAIN, Style

if TYPE_CHECKING:
    from collections.abc import Callable

    from reconciler.planning.plan import Plan

_MOST_CODES = 5
_LONGEST_CODE = 80
_LOOKS = {"Refused": "red", "Nothing to change": "green", "Plan": "bold"}


def render_verdict(plan: Plan, style: Style = PLAIN) -> str:
    """Write the verdict with every count and, of a refused plan, what denies it."""
    counts = f"{_rest(plan)}." if _is_done(plan) else summary_line(plan)
    verdict = f"{_word(plan, style)}: {counts}\n"
    if not plan.is_refused:
        return verdict
    by = deniers_of(plan, partial(escape, longest=_LONGEST_CODE), most=_MOST_CODES)
    return f"{verdict}Denied by {by}: nothing is applied while findings deny it.\n"


def render_closing(plan: Plan, style: Style = PLAIN) -> str:
    """Write the verdict with what would be done, and the digest."""
    todo = "" if _is_done(plan) else f": {_todo(plan)}"
    return f"{_word(plan, style)}{todo}.\nDigest: {plan_digest(plan)}\n"


def verdict_line(plan: Plan) -> str:
    """Say in one line what comes of the plan and what it holds, the waivers included that hold something back."""
    used = waivers_used(len(plan.waivers))
    return f"{_word(plan)}: {_todo(plan)}; {', '.join([_rest(plan), *used])}."


def summary_line(plan: Plan) -> str:
    """Say in one line what the plan holds."""
    return f"{_todo(plan)}; {_rest(plan)}."


def _word(plan: Plan, style: Style = PLAIN) -> str:
    word = "Nothing to change" if plan.is_empty else "Plan"
    word = "Refused" if plan.is_refused else word
    return style.paint(word, _LOOKS[word])


def _is_done(plan: Plan) -> bool:
    """Say whether the word alone tells that nothing is to be done."""
    return plan.is_empty and not plan.is_refused


def _todo(plan: Plan) -> str:
    counts = plan.summary
    return f"{counts.create} to create, {counts.replace} to replace, {counts.delete} to delete"


def _rest(plan: Plan) -> str:
    counts = plan.summary
    others = ("pending", "blocked", "foreign", "stale")
    rest = [f"{number} {name}" for name in others if (number := getattr(counts, name))]
    return ", ".join([f"{counts.unchanged} unchanged", *rest])


def deniers_of(plan: Plan, shown: Callable[[str], str], *, most: int) -> str:
    """Name what denies the plan, with the number of findings where there are several. `shown` makes a name safe."""
    codes = Counter(item.code for item in plan.findings if item.severity is Severity.DENY).most_common()
    named = [shown(code) + (f" ({number:,})" if number > 1 else "") for code, number in codes[:most]]
    more = f" and {len(codes) - most} more" if len(codes) > most else ""
    return ", ".join(named) + more
