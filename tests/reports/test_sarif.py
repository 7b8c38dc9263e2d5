"""SARIF as the standard and code scanning want it.

The standard's own schema is not ours to copy: C2C_SARIF_SCHEMA says where it is, and without it one test is skipped.
"""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path

import jsonschema_rs
import pytest
from hypothesis import given
from support.hostile_plans import hostile_plans
from support.three_plans import empty_plan, five_thousand_changes, forty_changes

from reconciler.diagnostics import Span
from reconciler.manifests.codes import CODES
from reconciler.report.remarks import Level, Remark, Remarks, remarks_of_plan
from reconciler.report.sarif import render_sarif

SCHEMA = os.environ.get("C2C_SARIF_SCHEMA", "")


def log_of(plan) -> dict:
    return json.loads(render_sarif(remarks_of_plan(plan)))


def results_of(plan) -> list[dict]:
    (run,) = log_of(plan)["runs"]
    return run["results"]


def marks_of(plan) -> list[str]:
    return [result["partialFingerprints"]["primaryLocationLineHash"] for result in results_of(plan)]


@pytest.fixture(scope="module")
def official():
    if not Path(SCHEMA).is_file():
        pytest.skip("C2C_SARIF_SCHEMA does not name the schema of SARIF 2.1.0")
    return jsonschema_rs.validator_for(json.loads(Path(SCHEMA).read_text(encoding="utf-8")))


@pytest.mark.parametrize("plan", [empty_plan, forty_changes, five_thousand_changes])
def test_the_official_schema_accepts_it(plan, official):
    assert [error.message for error in official.iter_errors(log_of(plan()))] == []


@given(plan=hostile_plans())
def test_the_official_schema_accepts_hostile_names(official, plan):
    assert [error.message for error in official.iter_errors(log_of(plan))] == []


def test_what_loading_finds_is_described_as_the_built_in_checks_are():
    found = [
        Remark(Level.WARNING, code, "", None, None) for code in ("expires-soon", "no-internal-route", "a-guardrail")
    ]
    (run,) = json.loads(render_sarif(Remarks("plan", "", ".", tuple(found))))["runs"]
    described = {rule["id"]: rule.get("shortDescription") for rule in run["tool"]["driver"]["rules"]}
    assert described["expires-soon"] == {"text": CODES["expires-soon"]}
    assert described["no-internal-route"]
    assert described["a-guardrail"] is None


def test_every_result_has_what_code_scanning_needs():
    (run,) = log_of(forty_changes())["runs"]
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    for result in run["results"]:
        assert rules[result["ruleIndex"]] == result["ruleId"]
        assert result["level"] in {"error", "warning", "note"}
        (place,) = result["locations"]
        assert place["physicalLocation"]["artifactLocation"]["uri"]
        assert place["physicalLocation"]["region"]["startLine"] >= 1
    assert [result["level"] for result in run["results"]] == ["error", "error", "warning", "warning", "note"]


def test_a_fingerprint_stays_when_lines_move_and_days_pass():
    plan = forty_changes()
    moved = replace(
        plan,
        findings=tuple(
            item._replace(
                origin=item.origin and Span(item.origin.file, item.origin.line + 7, 1),
                message=item.message.replace("in 10 days", "in 9 days"),
            )
            for item in plan.findings
        ),
    )
    assert marks_of(moved) == marks_of(plan)


def test_fingerprints_differ():
    marks = marks_of(five_thousand_changes())
    assert len(set(marks)) == len(marks) == 2001


def test_an_absolute_path_is_a_file_address():
    plan = forty_changes()
    there = replace(plan, findings=(plan.findings[0]._replace(origin=Span("/a b/c.yml", 3, 9)),))
    (result,) = results_of(there)
    assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "file:///a%20b/c.yml"
