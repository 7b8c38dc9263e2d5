"""No text from manifests or the platform makes structure: every report is parsed back and looked at."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from urllib.parse import urlsplit
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from markdown_it import MarkdownIt
from support.hostile_plans import ATTACKS, hostile_plans
from support.three_plans import forty_changes

from reconciler.model.finding import Finding, Severity
from reconciler.report.dot import render_plan_dot
from reconciler.report.github import render_github
from reconciler.report.junit import render_junit
from reconciler.report.markdown import render_plan_markdown
from reconciler.report.markdown_text import code, prose
from reconciler.report.plan_text import render_plan_text
from reconciler.report.remarks import remarks_of_plan
from reconciler.report.remarks_markdown import render_remarks_markdown
from reconciler.report.sarif import render_sarif

PARSER = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
OUR_HTML = re.compile(
    r"<details><summary>[A-Za-z0-9 ,.:;'()-]*(?:<code>[+!-]</code>[a-z ,)]*)*</summary>\n|</details>\n?"
)
OUR_TEXT = re.compile(r"[A-Za-z0-9 ,.;:()'-]*")
OBEYED = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\u200b-\u200f]")
COMMANDED = re.compile(r"^\s*::|##\w*\[", re.MULTILINE)
LABEL = r'"(?:[\w /+,=-]|#\d+;)*"'
MERMAID = re.compile(
    rf"flowchart LR|  subgraph s\d+\[{LABEL}\]|    a\d+\[{LABEL}\]|  end"
    rf"|  a\d+ (?:-- {LABEL} -->|-\. {LABEL} \.->) a\d+|  linkStyle \d+ stroke:#[0-9a-f]{{6}}"
)
DOT = re.compile(
    r'digraph c2c \{|  rankdir=LR;|  node \[shape=box\];|  subgraph cluster_\d+ \{|    label="(?:[^"\\]|\\.)*";'
    r'|    a\d+ \[label="(?:[^"\\]|\\.)*"\];|  \}|\}'
    r'|  a\d+ -> a\d+ \[label="(?:[^"\\]|\\.)*", color="#[0-9a-f]{6}"(?:, style=dashed)?\];'
)
ANNOTATION = re.compile(r"::(error|warning|notice) (?:file=[^:,]*,line=\d+,col=\d+,)?title=[^:,]*::.*")


def inline(tokens):
    return [child for token in tokens if token.type == "inline" for child in token.children]


def tokens_of_our_structure(text, *more_kinds):
    """Parse Markdown back, and check that nothing in it makes structure but what reports write."""
    assert not OBEYED.search(text)
    tokens = PARSER.parse(text)
    assert {token.type for token in tokens} <= {
        "heading_open", "heading_close", "paragraph_open", "paragraph_close", "inline", "html_block",
        "bullet_list_open", "bullet_list_close", "list_item_open", "list_item_close", *more_kinds,
    }  # fmt: skip
    assert {child.type for child in inline(tokens)} <= {
        "text", "hardbreak", "code_inline", "strong_open", "strong_close",
    }  # fmt: skip
    assert all(OUR_TEXT.fullmatch(child.content) for child in inline(tokens) if child.type == "text")
    assert all(OUR_HTML.fullmatch(token.content) for token in tokens if token.type == "html_block")
    return tokens


@given(hostile_plans())
def test_markdown_holds_only_our_structure(plan):
    tokens = tokens_of_our_structure(render_plan_markdown(plan), "fence")
    assert sum(token.type == "heading_open" for token in tokens) == 5
    # 3 connectivity changes, 2 findings, a waiver, a restart, one blocked, pending, stale, and 3 that stay.
    assert sum(token.type == "list_item_open" for token in tokens) == 13
    fences = {token.info: token.content.splitlines() for token in tokens if token.type == "fence"}
    assert set(fences) == {"mermaid", "diff"} | (set() if plan.is_refused else {"sh"})
    assert all(MERMAID.fullmatch(line) for line in fences["mermaid"])
    operations = [line for line in fences["diff"] if not line.startswith(("@@ ", "    "))]
    assert [line[:2] for line in operations] == ["+ ", "! ", "- ", "+ ", "+ ", "! "]


@given(hostile_plans())
def test_markdown_of_remarks_holds_only_our_structure(plan):
    remarks = replace(remarks_of_plan(plan), about=plan.foundation, waivers=plan.waivers)
    tokens = tokens_of_our_structure(render_remarks_markdown(remarks))
    assert sum(token.type == "list_item_open" for token in tokens) == len(plan.findings) + len(plan.waivers)


@pytest.mark.parametrize("attack", ATTACKS)
def test_code_and_prose_show_the_attack_and_obey_none_of_it(attack):
    for text in (code(attack), prose(attack), f"- x {code(attack)} y", f"{prose(attack)}"):
        tokens = PARSER.parse(text)
        assert {child.type for child in inline(tokens)} <= {"text", "code_inline"}
        assert all(OUR_TEXT.fullmatch(child.content) for child in inline(tokens) if child.type == "text")


def test_a_sentence_stays_one():
    assert prose("`tls`: acme/a -> acme/b tcp/9000 is plaintext, until 2026-11-30.") == (
        "`tls`: `acme/a -> acme/b tcp/9000` is plaintext, until 2026-11-30."
    )
    assert prose("give `tls: auto`, and say why; 1,000 ports") == "give `tls: auto`, and say why; 1,000 ports"
    assert prose("did you mean `api`? If not, nothing is wrong; or both?") == (
        "did you mean `api`? If not, nothing is wrong; or both?"
    )


@given(hostile_plans())
def test_sarif_holds_only_our_structure(plan):
    (run,) = json.loads(render_sarif(remarks_of_plan(plan)))["runs"]
    assert len(run["results"]) == len(plan.findings)
    for result in run["results"]:
        text = result["message"]["text"]
        assert not re.search(r"(?<!\\)(?:\\\\)*[\[\]]", text)
        assert not OBEYED.search(text)
        for place in (*result["locations"], *result.get("relatedLocations", ())):
            uri = place["physicalLocation"]["artifactLocation"]["uri"]
            assert re.fullmatch(r"(?:[A-Za-z0-9._~/-]|%[0-9A-F]{2}|file://)*", uri)
            assert urlsplit(uri).scheme in {"", "file"}


@given(hostile_plans())
def test_junit_holds_only_our_structure(plan):
    suites = ET.fromstring(render_junit(remarks_of_plan(plan)))  # noqa: S314 - our own output
    (suite,) = suites
    assert len(suite) == len(plan.findings) + 1 == int(suite.get("tests"))
    assert {case.tag for case in suite} == {"testcase"}
    assert {child.tag for case in suite for child in case} <= {"failure", "system-out"}
    names = [(case.get("classname"), case.get("name")) for case in suite]
    assert len(set(names)) == len(names)


@given(hostile_plans())
def test_annotations_are_one_a_line(plan):
    lines = render_github(remarks_of_plan(plan)).split("\n")
    assert lines.pop() == ""
    assert len(lines) == len(plan.findings) + 1
    for line in lines:
        assert ANNOTATION.fullmatch(line)
        assert "%" not in re.sub("%25|%3A|%2C", "", line)


@given(hostile_plans())
def test_dot_holds_only_our_structure(plan):
    lines = render_plan_dot(plan).split("\n")
    assert lines.pop() == ""
    assert all(DOT.fullmatch(line) for line in lines)
    assert sum("->" in re.sub(r'"(?:[^"\\]|\\.)*"', "", line) for line in lines) == 2


@given(hostile_plans())
def test_text_obeys_nothing(plan):
    for width in (None, 60):
        assert not OBEYED.search(render_plan_text(plan, width=width))


@given(hostile_plans())
def test_text_in_the_log_of_a_job_is_no_command_to_its_runner(plan):
    assert not COMMANDED.search(render_plan_text(plan))


def test_two_findings_about_one_thing_stay_two():
    twice = replace(forty_changes(), findings=(Finding(Severity.WARN, "x", "y"),) * 2)
    (run,) = json.loads(render_sarif(remarks_of_plan(twice)))["runs"]
    marks = [result["partialFingerprints"]["primaryLocationLineHash"] for result in run["results"]]
    assert [mark[-2:] for mark in marks] == [":1", ":2"]
    assert 'name="y (2)"' in render_junit(remarks_of_plan(twice))
