"""Each starter guardrail lets its passing example through and refuses the failing one, by the command's exit code."""

from __future__ import annotations

import re
import shutil

import pytest
from support.command import ROOT, c2c

FOLDER = ROOT / "policies" / "guardrails"
EXAMPLES = ROOT / "tests" / "starter_guardrails"
STARTERS = sorted(path.stem for path in FOLDER.glob("*.yml"))
ENFORCEMENT = re.compile("^enforcement: (deny|warn|audit)$", re.MULTILINE)


def plan(folder, name, kind, enforcement="deny"):
    """Plan an example with one guardrail, enforced as the quickstart ends: with `deny`."""
    policies = folder / "policies"
    shutil.copytree(EXAMPLES / name / kind, policies)
    (policies / "live.yml").rename(folder / "live.yml")
    text = (FOLDER / f"{name}.yml").read_text(encoding="utf-8")
    (policies / "guardrail.yml").write_text(ENFORCEMENT.sub(f"enforcement: {enforcement}", text), encoding="utf-8")
    arguments = ("--live", "live.yml", "--as-of", "2026-11-20", "--format", "json")
    return c2c("plan", *arguments, cwd=folder), re.findall("^name: (.*)$", text, re.MULTILINE)


def test_every_starter_has_examples_and_every_example_a_starter():
    assert sorted(path.name for path in EXAMPLES.iterdir() if path.is_dir() and path.name != "__pycache__") == STARTERS


@pytest.mark.parametrize("name", STARTERS)
def test_the_passing_example_passes(tmp_path, name):
    outcome, codes = plan(tmp_path, name, "passing")
    assert outcome.code == 0, outcome.out + outcome.err
    assert outcome.json["summary"]["create"] > 0
    assert not {finding["code"] for finding in outcome.json["findings"]} & set(codes)


@pytest.mark.parametrize("name", STARTERS)
def test_the_failing_example_is_refused_by_each_guardrail_of_the_file(tmp_path, name):
    outcome, codes = plan(tmp_path, name, "failing")
    assert outcome.code == 3, outcome.out + outcome.err
    refusals = {finding["code"] for finding in outcome.json["findings"] if finding["severity"] == "deny"}
    assert refusals == set(codes)


@pytest.mark.parametrize("name", STARTERS)
@pytest.mark.parametrize("enforcement", ["warn", "audit"])
def test_what_only_asks_refuses_nothing(tmp_path, name, enforcement):
    outcome, codes = plan(tmp_path, name, "failing", enforcement)
    assert outcome.code == 0, outcome.out + outcome.err
    found = {finding["code"] for finding in outcome.json["findings"] if finding["severity"] == enforcement}
    assert found >= set(codes)


def test_the_example_organization_holds_them_all(tmp_path):
    shutil.copytree(ROOT / "policies", tmp_path / "policies")
    shutil.copytree(ROOT / "demo", tmp_path / "demo")
    arguments = ("--live", "demo/foundation.yml", "--as-of", "2026-11-20", "--format", "json")
    outcome = c2c("plan", *arguments, cwd=tmp_path)
    assert outcome.code == 0, outcome.out + outcome.err
    names = {
        name for path in FOLDER.glob("*.yml") for name in re.findall("^name: (.*)$", path.read_text(), re.MULTILINE)
    }
    broken = [finding for finding in outcome.json["findings"] if finding["code"] in names]
    assert broken == []
    waivers = re.findall("^name: (.*)$", (ROOT / "policies/waivers.yml").read_text(encoding="utf-8"), re.MULTILINE)
    assert sorted(waiver["name"] for waiver in outcome.json["waivers"]) == sorted(waivers)
