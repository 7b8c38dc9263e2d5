"""Markdown fits its budget, gives up what weighs least, and counts it."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.hostile_plans import hostile_plans
from support.three_plans import empty_plan, five_thousand_changes, forty_changes

from reconciler.report.budget import BUDGET, LEAST_BUDGET, Section, fit
from reconciler.report.markdown import render_plan_markdown
from reconciler.report.remarks import remarks_of_plan
from reconciler.report.remarks_markdown import render_remarks_markdown

LINES = st.lists(st.text("aé\n", max_size=30), max_size=60)
SECTIONS = st.lists(
    st.builds(lambda lines: Section("## head\n", lines, "thing", "things", "end\n"), LINES), min_size=1, max_size=4
)


def size(text: str) -> int:
    return len(text.encode())


@pytest.mark.parametrize("budget", [LEAST_BUDGET, 7_000, 20_000, BUDGET, 300_000])
@pytest.mark.parametrize("plan", [empty_plan, forty_changes, five_thousand_changes])
def test_a_report_fits(plan, budget):
    text = render_plan_markdown(plan(), budget=budget)
    assert size(text) <= budget
    assert text.startswith("## ")
    assert "Digest: `sha256:" in text.splitlines()[-1]


@given(hostile_plans())
def test_a_report_of_long_hostile_names_fits(plan):
    long = replace(
        plan,
        foundation=plan.foundation * 400 + "\u202e" * 400,
        findings=tuple(item._replace(message=item.message * 400, code=item.code * 90) for item in plan.findings),
        options=replace(plan.options, rollback_of=plan.options.rollback_of and "\u202e`" * 300),
        manifests=replace(plan.manifests, paths=tuple("\u202e`" * 300 for _ in range(5))),
    )
    assert size(render_plan_markdown(long, budget=LEAST_BUDGET)) <= LEAST_BUDGET


@pytest.mark.parametrize("budget", [LEAST_BUDGET, 20_000, BUDGET])
def test_a_report_of_remarks_fits_and_counts_what_it_leaves_out(budget):
    remarks = remarks_of_plan(five_thousand_changes())
    many = replace(remarks, items=remarks.items * 20)
    text = render_remarks_markdown(many, budget=budget)
    assert size(text) <= budget
    left = sum(int(number.replace(",", "")) for number in re.findall(r"_([\d,]+) (?:more )?[a-z]+ left out", text))
    assert len(re.findall(r"^- \*\*(?:error|warning|note)\*\* ", text, re.MULTILINE)) + left == len(many.items)
    assert text.startswith("## ")


@given(hostile_plans())
def test_a_report_of_long_hostile_remarks_fits(plan):
    long = replace(plan, findings=tuple(item._replace(message=item.message * 400) for item in plan.findings))
    remarks = replace(remarks_of_plan(long), about=plan.foundation * 400, waivers=plan.waivers)
    assert size(render_remarks_markdown(remarks, budget=LEAST_BUDGET)) <= LEAST_BUDGET


def test_nothing_is_left_out_where_there_is_room():
    assert "left out" not in render_plan_markdown(forty_changes()).lower()


def test_what_is_left_out_is_counted_right():
    plan = five_thousand_changes()
    text = render_plan_markdown(plan)
    left = {
        words: int(number.replace(",", "")) for number, words in re.findall(r"_([\d,]+) more ([a-z ]+) left out", text)
    }
    assert text.count("- **denied**") + text.count("- **warning**") + left["findings"] == len(plan.findings)
    operations = re.search(r"```diff\n(.*?)```", text, re.DOTALL)[1]
    assert len(re.findall("^[+!-] ", operations, re.MULTILINE)) + left["operations"] == len(plan.changes)
    kept = re.findall(r"^- (?:\*\*\w+\*\* )?in `", text, re.MULTILINE)
    assert len(kept) + left["connectivity changes"] == len(plan.connectivity)


def test_the_riskiest_stay_longest():
    small = render_plan_markdown(five_thousand_changes(), budget=LEAST_BUDGET + 100)
    assert "- **high**" in small
    assert "- **medium**" not in small
    assert "- **denied**" in small
    assert "- **warning**" not in small
    assert "```diff" not in small


def test_a_budget_without_room_for_the_verdict_is_refused():
    with pytest.raises(ValueError, match="less than"):
        render_plan_markdown(empty_plan(), budget=LEAST_BUDGET - 1)


@given(SECTIONS, st.integers(0, 3000))
def test_sections_give_up_in_order_and_only_what_they_must(sections, budget):
    fitted = fit(sections, budget)
    total = sum(size(item.text) for item in fitted)
    assert total <= budget or all(item.kept == 0 for item in fitted)
    for item, section in zip(fitted, sections, strict=True):
        assert item.kept + item.left_out == len(section.entries)
    if sum(size(item._replace(kept=len(item.section.entries)).text) for item in fitted) <= budget:
        assert not any(item.left_out for item in fitted)


def test_the_lightest_section_gives_up_first():
    light, heavy = (Section("", ["x" * 100] * 5, "thing", "things", weight=weight) for weight in (1, 2))
    first, second = fit([heavy, light], 800)
    assert (first.left_out, second.left_out) == (0, 3)
