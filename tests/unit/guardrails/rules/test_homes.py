"""A rule has a module, a test file and a page, each under its code; and every one of those belongs to a rule."""

from __future__ import annotations

import importlib
import re
from pathlib import Path

import pytest
from support.command import ROOT

from reconciler.manifests.codes import CODES
from reconciler.model.finding import Severity
from reconciler.model.rules import RULES

CODES_OF_RULES = [rule.code for rule in RULES]
SECTIONS = ["What it finds", "Why", "Example", "What to do", "When it is meant"]


def rule_modules():
    names = {path.stem for path in (ROOT / "reconciler/guardrails/rules").glob("*.py")}
    return names - {"__init__", "rule", "run"}


def test_the_three_homes_hold_the_same_rules():
    names = {code.replace("-", "_") for code in CODES_OF_RULES}
    tests = {path.stem.removeprefix("test_") for path in Path(__file__).parent.glob("test_*.py")}
    pages = {path.stem for path in (ROOT / "docs/rules").glob("*.md")}
    assert rule_modules() == names
    assert tests - {"homes", "run"} == names
    assert pages == set(CODES_OF_RULES)


def test_the_list_is_sorted_and_names_every_rule_once():
    assert sorted(set(CODES_OF_RULES)) == CODES_OF_RULES
    assert all(re.fullmatch("[a-z]+(-[a-z]+)*", code) for code in CODES_OF_RULES)


def test_no_code_means_something_else_already():
    assert not set(CODES_OF_RULES) & set(CODES)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_a_rule_never_refuses_and_has_a_function_of_one_name(rule):
    assert rule.level in (Severity.WARN, Severity.AUDIT)
    assert callable(importlib.import_module(f"reconciler.guardrails.rules.{rule.code.replace('-', '_')}").check)
    assert rule.meaning.endswith(".")
    assert len(rule.meaning) <= 90


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_a_page_says_what_why_and_what_to_do(rule):
    page = (ROOT / f"docs/rules/{rule.code}.md").read_text(encoding="utf-8")
    first, meaning = page.splitlines()[0], page.splitlines()[2]
    assert first == f"# `{rule.code}`"
    assert meaning == f"{rule.meaning} Level: {rule.level.value}."
    assert re.findall("^## (.*)$", page, re.MULTILINE) == SECTIONS


def test_the_index_lists_every_rule():
    index = (ROOT / "docs/rules.md").read_text(encoding="utf-8")
    listed = re.findall(r"^\| \[`([a-z-]+)`\]\(rules/\1\.md\) \| (\w+) \| (.*) \|$", index, re.MULTILINE)
    assert listed == [(rule.code, rule.level.value, rule.meaning) for rule in RULES]
