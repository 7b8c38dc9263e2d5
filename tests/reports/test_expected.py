"""Reports of three plans are what `expected/` holds. Set C2C_WRITE_EXPECTED=1 to write what they are now.

Of five thousand changes the files hold the beginning and a digest of the whole; the Markdown is whole, at a budget
that a person can read.
"""

from __future__ import annotations

import os
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest
from support.three_plans import empty_plan, five_thousand_changes, forty_changes

from reconciler.cli.plan_formats import Look, render_plan
from reconciler.planning.digest import plan_digest

EXPECTED = Path(__file__).with_name("expected")
WRITE = bool(os.environ.get("C2C_WRITE_EXPECTED"))
FILES = {
    "text": "txt",
    "json": "json",
    "markdown": "md",
    "sarif": "sarif",
    "junit": "xml",
    "github": "github",
    "dot": "dot",
}
FIRST_LINES = 40


def check(name: str, text: str) -> None:
    path = EXPECTED / name
    if WRITE:
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")


def beginning(text: str) -> str:
    lines = text.splitlines()
    digest = sha256(text.encode()).hexdigest()
    return "\n".join([*lines[:FIRST_LINES], f"[... {len(lines):,} lines, sha256 {digest}]", ""])


@pytest.mark.parametrize("output_format", FILES)
@pytest.mark.parametrize("plan", [empty_plan, forty_changes], ids=lambda plan: plan.__name__)
def test_reports_of_small_plans(plan, output_format):
    check(f"{plan.__name__}.{FILES[output_format]}", render_plan(plan(), output_format, Look()))


@pytest.mark.parametrize("output_format", sorted(FILES.keys() - {"markdown"}))
def test_reports_of_five_thousand_changes(output_format):
    text = render_plan(five_thousand_changes(), output_format, Look())
    check(f"five_thousand_changes.{FILES[output_format]}", beginning(text))


def test_a_plan_against_a_snapshot_names_no_command_that_would_be_refused():
    plan = replace(forty_changes(), findings=())
    assert f"c2c apply --yes --digest {plan_digest(plan)}" in render_plan(plan, "markdown", Look())
    text = render_plan(replace(plan, foundation="snapshot"), "markdown", Look())
    assert "Plan against the foundation to apply it." in text
    assert "c2c apply" not in text


def test_markdown_of_five_thousand_changes():
    check("five_thousand_changes.md", render_plan(five_thousand_changes(), "markdown", Look(budget=12_000)))


@pytest.mark.parametrize("width", [60, 80, 100])
def test_text_for_narrow_terminals(width):
    check(f"forty_changes.{width}.txt", render_plan(forty_changes(), "text", Look(width=width)))
