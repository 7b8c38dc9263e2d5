"""A plan tells at once what comes of it, and in few lines when nothing does."""

from __future__ import annotations

from dataclasses import replace

from support.three_plans import empty_plan, forty_changes

from reconciler.model.finding import Finding, Severity
from reconciler.planning.digest import plan_digest
from reconciler.report.markdown import render_plan_markdown
from reconciler.report.plan_text import render_plan_text
from reconciler.report.verdict import render_closing, render_verdict


def denied_by(*codes):
    return replace(empty_plan(), findings=tuple(Finding(Severity.DENY, code, "no") for code in codes))


def test_the_second_line_is_the_verdict_and_the_last_two_are_it_in_short():
    for plan, word in ((forty_changes(), "Refused: "), (empty_plan(), "Nothing to change: ")):
        lines = render_plan_text(plan).splitlines()
        assert lines[1].startswith(word)
        assert lines[-2].startswith(word[:-2])
        assert lines[-1] == f"Digest: {plan_digest(plan)}"


def test_a_refused_plan_names_what_denies_it_and_how_often():
    told = render_verdict(denied_by("a", "b", "b", "c\x1b[31m"))
    assert "Denied by b (2), a, c\\x1b[31m: " in told
    assert "Denied" not in render_verdict(empty_plan())


def test_however_many_deny_it_the_verdict_stays_short():
    told = render_verdict(denied_by(*(f"guardrail-{number}" for number in range(100))))
    assert "guardrail-4 and 95 more: " in told
    assert len(told.splitlines()) == 2


def test_a_refused_plan_without_changes_does_not_say_that_all_is_well():
    plan = denied_by("a")
    assert "Nothing" not in render_plan_text(plan)
    assert render_closing(plan).startswith("Refused: 0 to create")


def test_a_plan_that_changes_nothing_lists_what_asks_for_attention_and_counts_the_rest():
    full = forty_changes()
    text = render_plan_text(replace(full, changes=(), connectivity=()))
    assert "Not listed: 1 stale policy, 1 note, 1 waiver; `c2c plan --format markdown` has them\n" in text
    for item in full.findings:
        assert (f"[{item.code}]" in text) is (item.severity is not Severity.AUDIT)
    assert full.waivers[0].name not in text
    assert full.pending[0].address in text


def test_what_a_plan_that_changes_nothing_only_counts_is_folded_in_the_markdown():
    full = forty_changes()
    markdown = render_plan_markdown(replace(full, changes=(), connectivity=()))
    for name in (full.waivers[0].name, "wide-port-range", "0b7c7a6e"):
        assert name in markdown.partition("<details>")[2]


def test_nothing_is_said_of_what_is_not_there():
    assert "Not listed" not in render_plan_text(empty_plan())
