from __future__ import annotations

import pytest
from support.command import ROOT, c2c

from reconciler.cli.rules_command import SAID_OF_PLANS
from reconciler.model.rules import RULES


def test_every_rule_is_listed_with_its_level_and_meaning(tmp_path):
    listed = c2c("rules", cwd=tmp_path)
    assert listed.code == 0
    for rule in RULES:
        assert any(line.split(maxsplit=2) == [rule.code, rule.level, rule.meaning] for line in listed.out.splitlines())


def test_the_list_as_json(tmp_path):
    assert c2c("rules", "--format", "json", cwd=tmp_path).json == {
        "rules": [
            {"code": rule.code, "level": rule.level, "meaning": rule.meaning, "page": f"docs/rules/{rule.code}.md"}
            for rule in RULES
        ]
    }


@pytest.mark.parametrize("code", [rule.code for rule in RULES])
def test_a_code_shows_its_page(tmp_path, code):
    page = (ROOT / "docs/rules" / f"{code}.md").read_text(encoding="utf-8")
    assert c2c("rules", code.upper(), cwd=tmp_path).out == page


def test_a_page_as_json(tmp_path):
    about = c2c("rules", "covered-policy", "--format", "json", cwd=tmp_path).json
    assert about["text"].startswith("# `covered-policy`\n")
    assert about["level"] == "audit"


@pytest.mark.parametrize(
    ("code", "hint"), [("covered-polcy", "did you mean `covered-policy`?"), ("../../x", "`c2c rules` lists them")]
)
def test_an_unknown_code_is_an_error_with_a_hint(tmp_path, code, hint):
    wrong = c2c("rules", code, cwd=tmp_path)
    assert (wrong.code, wrong.out) == (1, "")
    assert hint in wrong.err


@pytest.mark.parametrize("code", ["auto-without-route", "Expired"])
def test_a_code_of_manifests_is_explained_elsewhere(tmp_path, code):
    outcome = c2c("rules", code, cwd=tmp_path)
    assert (outcome.code, outcome.out) == (1, "")
    assert f"{code.lower()} is no built-in check, but said of manifests: " in outcome.err
    assert f"docs/diagnostics.md#{code.lower()} says what to do" in outcome.err


def test_a_code_of_imports_is_explained_elsewhere(tmp_path):
    outcome = c2c("rules", "nothing-to-import", cwd=tmp_path)
    assert "nothing-to-import is no built-in check, but said by imports: " in outcome.err
    assert "docs/importing.md says what to do" in outcome.err


@pytest.mark.parametrize(("code", "page"), SAID_OF_PLANS.items())
def test_a_code_of_plans_is_explained_elsewhere(tmp_path, code, page):
    assert f"`{code}`" in (ROOT / page).read_text(encoding="utf-8")
    assert f"{page} explains it" in c2c("rules", code, cwd=tmp_path).err
