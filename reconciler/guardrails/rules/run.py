"""Running the built-in checks: their notices become findings, less what a waiver allows."""

from __future__ import annotations

import importlib
from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from reconciler.diagnostics import Span
from reconciler.guardrails import rules
from reconciler.model.finding import Finding
from reconciler.model.rules import RULES, Rule
from reconciler.model.selection import EVERY_APP

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from reconciler.guardrails.rules.rule import Notice, RuleInput
    from reconciler.model.guardrail import Waiver
    from reconciler.model.names import AppRef
    from reconciler.model.selection import AppSelection

MOST_FINDINGS = 500
"""How many findings of one rule are kept; one more says how many were left out."""


class RuleReport(NamedTuple):
    """The findings, sorted by rule and place, and how many others each waiver, by its name, held back."""

    findings: tuple[Finding, ...]
    waived: Mapping[str, int]


def run_rules(given: RuleInput, only: Sequence[Rule] = RULES) -> RuleReport:
    """Give the findings of rules, and say what waivers held back.

    A waiver whose `guardrail` is the code of a rule is about that rule. What goes wrong inside a rule is a defect of
    ours and not a finding: it is raised, with a note that names the rule, and no report is made that would look
    complete and is not.
    """
    findings: list[Finding] = []
    waived: Counter[str] = Counter()
    for rule in only:
        try:
            notices = list(_notices(rule, given, waived))
        except Exception as defect:
            defect.add_note(f"in the built-in check {rule.code}")
            raise
        findings += _findings(rule, notices)
    return RuleReport(tuple(findings), waived)


def _notices(rule: Rule, given: RuleInput, waived: Counter[str]) -> Iterator[Notice]:
    """Give the notices of a rule that no waiver allows, and count those that they allow."""
    waivers = [
        waiver for waiver in given.bundle.waivers if waiver.guardrail == rule.code and waiver.until >= given.today
    ]
    for notice in importlib.import_module(_module(rule)).check(given):
        allowing = [waiver.name for waiver in waivers if _allows(waiver, notice, given)]
        waived.update(allowing)
        if not allowing:
            yield notice


def _module(rule: Rule) -> str:
    return f"{rules.__name__}.{rule.code.replace('-', '_')}"


def _allows(waiver: Waiver, notice: Notice, given: RuleInput) -> bool:
    return _means(waiver.match.source, notice.source, given) and _means(
        waiver.match.destination, notice.destination, given
    )


def _means(selection: AppSelection, app: AppRef | None, given: RuleInput) -> bool:
    """Say whether a selection covers an end. An end that the notice does not have is only left open, never named."""
    if app is None:
        return selection == EVERY_APP
    return selection.matches(app, given.network.facts(app))


def _findings(rule: Rule, notices: Iterable[Notice]) -> list[Finding]:
    severity, code = rule.level, rule.code
    ordered = sorted(notices, key=lambda notice: (notice.origin or Span("", 0, 0), notice.message))
    found = [
        Finding(severity, code, item.message, item.origin, item.hint, subject=_subject(item))
        for item in ordered[:MOST_FINDINGS]
    ]
    if left := len(ordered) - len(found):
        message = f"{left} more of these; the first {MOST_FINDINGS} are listed"
        found.append(Finding(severity, code, message, hint="settle those that are listed and run again"))
    return found


def _subject(notice: Notice) -> str | None:
    """Name the one app that a notice is about: it stays the same while others come and go in the message."""
    ends = [app for app in (notice.source, notice.destination) if app is not None]
    return str(ends[0]) if len(ends) == 1 else None
