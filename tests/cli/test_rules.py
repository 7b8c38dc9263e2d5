from __future__ import annotations

import pytest
from support.command import ROOT, c2c

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
