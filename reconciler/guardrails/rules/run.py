"""Running the built-in checks: their remarks become findings, less what a waiver allows."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, NamedTuple

from reconciler.diagnostics import Span
from reconciler.guardrails.rules import RULES, Rule
from reconciler.model.selection import EVERY_APP
from reconciler.planning.plan import Finding

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from reconciler.guardrails.rules.rule import Remark, RuleInput
    from reconciler.model.guardrail import Waiver
    from reconciler.model.names import AppRef
    from reconciler.model.selection import AppSelection

MOST_FINDINGS = 500
"""How many findings of one rule are kept; one more says how many were left out."""


class RuleReport(NamedTuple):
    """The findings, sorted by rule and place, and the names of the waivers that kept others back."""

    findings: tuple[Finding, ...]
    used_waivers: frozenset[str]


def run_rules(given: RuleInput) -> tuple[Finding, ...]:
    """Give the findings of every rule, sorted by rule and place, bounded for each rule."""
    return apply_rules(given).findings


def apply_rules(given: RuleInput, rules: Sequence[Rule] = RULES) -> RuleReport:
    """Give the findings of rules, and say which waivers were of use.

    A waiver whose `guardrail` is the code of a rule is about that rule. What goes wrong inside a rule is a defect of
    ours and not a finding: it is raised, with a note that names the rule, and no report is made that would look
    complete and is not.
    """
    findings: list[Finding] = []
    used: set[str] = set()
    for rule in rules:
        try:
            remarks = list(_remarks(rule, given, used))
        except Exception as defect:
            defect.add_note(f"in the built-in check {rule.code}")
            raise
        findings += _findings(rule, remarks)
    return RuleReport(tuple(findings), frozenset(used))


def _remarks(rule: Rule, given: RuleInput, used: set[str]) -> Iterator[Remark]:
    """Give the remarks of a rule that no waiver allows, and add the names of the waivers that allow some."""
    waivers = [
        waiver
        for waiver in (given.bundle.waivers if given.bundle else ())
        if waiver.guardrail == rule.code and waiver.until >= given.today
    ]
    for remark in importlib.import_module(rule.module).check(given):
        allowing = [waiver.name for waiver in waivers if _allows(waiver, remark, given)]
        used.update(allowing)
        if not allowing:
            yield remark


def _allows(waiver: Waiver, remark: Remark, given: RuleInput) -> bool:
    return _means(waiver.match.source, remark.source, given) and _means(
        waiver.match.destination, remark.destination, given
    )


def _means(selection: AppSelection, app: AppRef | None, given: RuleInput) -> bool:
    """Say whether a selection covers an end. An end that the remark does not have is only left open, never named."""
    if app is None:
        return selection == EVERY_APP
    return selection.matches(app, given.network.facts(app))


def _findings(rule: Rule, remarks: Iterable[Remark]) -> list[Finding]:
    ordered = sorted(remarks, key=lambda remark: (remark.origin or Span("", 0, 0), remark.message))
    found = [
        Finding(rule.level, rule.code, remark.message, remark.origin, remark.hint) for remark in ordered[:MOST_FINDINGS]
    ]
    if left := len(ordered) - len(found):
        message = f"{left} more of these; the first {MOST_FINDINGS} are listed"
        found.append(Finding(rule.level, rule.code, message, hint="settle those that are listed and run again"))
    return found
