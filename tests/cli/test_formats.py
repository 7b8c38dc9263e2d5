"""Several formats in one run, a saved plan shown again, and what happens where that cannot be."""

from __future__ import annotations

import json
from xml.etree import ElementTree as ET

import pytest
from support.command import c2c, copy_example

DEMO = ("--live", "demo/foundation.yml", "--as-of", "2026-11-20")
SUFFIXES = ("json", "md", "sarif", "xml", "dot", "txt", "html")
BROKEN = "apiVersion: c2c/v1\nkind: Space\norg: acme\nspace: web\napps:\n  - name: api\n    prots: []\n"


@pytest.fixture
def workplace(tmp_path):
    copy_example(tmp_path)
    return tmp_path


def written(folder, stem):
    return {suffix: (folder / f"{stem}.{suffix}").read_text(encoding="utf-8") for suffix in SUFFIXES}


def outputs(stem):
    return [word for suffix in SUFFIXES for word in ("-o", f"{stem}.{suffix}")]


def test_one_run_writes_every_format_and_show_writes_the_same(workplace):
    planned = c2c("plan", *DEMO, *outputs("plan"), cwd=workplace)
    assert planned.code == 0
    files = written(workplace, "plan")
    assert files["txt"] == planned.out
    assert files["md"].startswith("## Plan: ")
    assert json.loads(files["sarif"])["version"] == "2.1.0"
    assert ET.fromstring(files["xml"]).tag == "testsuites"  # noqa: S314 - our own output
    assert files["html"].lower().startswith("<!doctype html>")
    assert files["dot"].startswith("digraph")
    shown = c2c("show", "plan.json", *outputs("again"), cwd=workplace)
    assert (shown.code, shown.out) == (0, planned.out)
    again = written(workplace, "again")
    # The network around the changes, which the picture shows, is not saved.
    assert again.pop("html").startswith(files.pop("html")[:1000])
    assert again == files


def test_foreign_policies_are_listed_on_request(workplace):
    foreign = "acme/payments/checkout -> globex/partners/gateway tcp/8443"
    counted = c2c("plan", *DEMO, "-o", "plan.json", "-o", "plan.md", cwd=workplace)
    assert "2 foreign" in counted.out
    assert "foreign" not in json.loads((workplace / "plan.json").read_text(encoding="utf-8"))
    listed = c2c("plan", *DEMO, "--show-foreign", "-o", "more.json", "-o", "more.md", cwd=workplace)
    assert listed.code == 0
    told = json.loads((workplace / "more.json").read_text(encoding="utf-8"))
    assert foreign in told["foreign"]
    assert len(told["foreign"]) == told["summary"]["foreign"] == 2
    assert f"- `{foreign}`\n" in (workplace / "more.md").read_text(encoding="utf-8")
    assert c2c("show", "more.json", cwd=workplace).out == counted.out


@pytest.mark.parametrize("output_format", ["markdown", "sarif", "junit", "github", "dot", "json"])
def test_what_is_shown_is_what_is_saved(workplace, output_format):
    c2c("plan", *DEMO, "-o", "plan.json", cwd=workplace)
    suffix = {"markdown": "md", "junit": "xml", "github": None}.get(output_format, output_format)
    more = ("-o", f"shown.{suffix}") if suffix else ()
    shown = c2c("show", "plan.json", "--format", output_format, *more, cwd=workplace)
    assert shown.code == 0
    assert c2c("plan", *DEMO, "--format", output_format, cwd=workplace).out == shown.out
    if suffix:
        assert (workplace / f"shown.{suffix}").read_text(encoding="utf-8") == shown.out


@pytest.mark.parametrize(
    ("command", "named"),
    [
        (("plan", "nowhere", "-o", "plan.yaml"), "'plan.yaml' does not say a format; end it with one of .json .md"),
        (("plan", "nowhere", "-o", ".json"), "'.json' does not say a format"),
        (("plan", "nowhere", "-o", "a.md", "-o", "./a.md"), "'a.md' is named twice"),
        (("rollback", "nowhere", "-o", "plan"), "'plan' does not say a format"),
        (("show", "nowhere", "-o", "plan.pdf"), "'plan.pdf' does not say a format"),
        (
            ("audit", "nowhere", "-o", "audit.dot"),
            "'audit.dot' does not say a format; end it with one of .json .md .sarif",
        ),
        (("validate", "nowhere", "-o", "found.html"), "'found.html' does not say a format"),
        (("plan", "nowhere", "--budget", "100"), "--budget"),
    ],
)
def test_a_name_without_a_format_is_refused_before_anything_is_read(tmp_path, command, named):
    outcome = c2c(*command, cwd=tmp_path)
    assert outcome.code == 1
    assert named in outcome.err
    assert "nowhere" not in outcome.err
    assert list(tmp_path.iterdir()) == []


def test_the_suffix_of_code_scanning_wins_over_json(workplace):
    c2c("audit", *DEMO, "-o", "audit.sarif.json", "-o", "audit.json", cwd=workplace)
    assert "runs" in json.loads((workplace / "audit.sarif.json").read_text(encoding="utf-8"))
    assert "findings" in json.loads((workplace / "audit.json").read_text(encoding="utf-8"))


def test_a_budget_is_kept(workplace):
    small = c2c("plan", *DEMO, "--format", "markdown", "--budget", "5000", cwd=workplace)
    assert len(small.out.encode()) <= 5000
    assert "Shortened to fit 5,000 bytes" in small.out


def test_annotations_of_wrong_manifests(tmp_path):
    (tmp_path / "web.yml").write_text(BROKEN, encoding="utf-8")
    place = "file=web.yml,line=7,col=5,title=unknown-key"
    for command in (("validate", "web.yml"), ("plan", "web.yml", "--live", "live.yml")):
        outcome = c2c(*command, "--format", "github", cwd=tmp_path)
        assert outcome.code == 1
        assert outcome.out.startswith(f"::error {place}::")


@pytest.mark.parametrize("output_format", ["sarif", "junit", "github"])
def test_what_stops_a_plan_is_told_in_the_format_that_was_asked_for(tmp_path, output_format):
    (tmp_path / "web.yml").write_text(BROKEN, encoding="utf-8")
    wrong = c2c("plan", "web.yml", "--live", "live.yml", "--format", output_format, cwd=tmp_path)
    assert "unknown-key" in wrong.out
    absent = c2c("show", "absent.json", "--format", output_format, cwd=tmp_path)
    assert absent.code == 1
    assert "absent.json cannot be read" in absent.out


def test_validate_tells_what_it_found_in_formats_for_programs(workplace):
    sarif = json.loads(c2c("validate", "--as-of", "2026-11-20", "--format", "sarif", cwd=workplace).out)
    found = c2c("validate", "--as-of", "2026-11-20", "--format", "json", "-o", "found.xml", cwd=workplace).json
    (run,) = sarif["runs"]
    assert len(run["results"]) == len(found["diagnostics"]) + len(found["findings"]) > 0
    (suite,) = ET.parse(workplace / "found.xml").getroot()  # noqa: S314 - our own output
    assert len(suite) == len(run["results"]) + 1
    assert [case.find("failure") for case in suite] == [None] * len(suite)


def test_more_policies_than_anybody_could_hold_are_an_error_with_no_platform_too(tmp_path):
    ports = ", ".join(f"{{name: p{port}, tls: none, port: {port}}}" for port in range(3000, 3100))
    names = ", ".join(f"p{port}" for port in range(3000, 3100))
    app = f"ports: [{ports}], ingress: [{{from: '*', ports: [{names}]}}]"
    apps = "".join(f"  - {{name: a{number}, {app}}}\n" for number in range(150))
    text = f"apiVersion: c2c/v1\nkind: Space\norg: acme\nspace: web\napps:\n{apps}"
    (tmp_path / "web.yml").write_text(text, encoding="utf-8")
    found = c2c("validate", "web.yml", "--format", "json", cwd=tmp_path)
    assert (found.code, found.json["valid"]) == (1, False)
    assert [item["code"] for item in found.json["diagnostics"] if item["severity"] == "error"] == ["too-many-policies"]
    compared = c2c("diff", "web.yml", "web.yml", cwd=tmp_path)
    assert compared.code == 1
    assert compared.err.startswith("web.yml:139:")
    assert "error[too-many-policies]" in compared.err


def test_waived_findings_are_in_no_upload(workplace):
    live = ("--live", "demo/foundation.yml", "--as-of", "2026-11-20")
    audit = c2c("audit", *live, "--format", "json", "-o", "audit.sarif", cwd=workplace).json
    (run,) = json.loads((workplace / "audit.sarif").read_text(encoding="utf-8"))["runs"]
    assert audit["summary"]["waived"] > 0
    assert len(run["results"]) == len(audit["findings"]) + len(audit["notes"])


def test_a_plan_file_that_was_changed_or_damaged_is_not_shown(workplace):
    c2c("plan", *DEMO, "-o", "plan.json", cwd=workplace)
    text = (workplace / "plan.json").read_text(encoding="utf-8")
    for damage, code, words in (
        (("tcp/61443", "tcp/61444"), 4, "do not fit its digest"),
        (('"create": ', '"create": 1'), 1, "damaged"),
        (('{\n  "format_version"', '{\n "format_version'), 1, "is not JSON"),
    ):
        (workplace / "bad.json").write_text(text.replace(*damage), encoding="utf-8")
        outcome = c2c("show", "bad.json", cwd=workplace)
        assert (outcome.code, outcome.out) == (code, "")
        assert words in outcome.err


def test_a_file_in_a_folder_that_is_not_there_is_said_before_anything_is_read(workplace):
    for source in (DEMO, ("--api", "http://127.0.0.1:1", "--access-token", "x.x.x")):
        outcome = c2c("plan", *source, "-o", "no/plan.md", cwd=workplace)
        assert outcome.code == 1
        assert outcome.err.startswith("error: no/plan.md cannot be written: there is no folder no\n")
        assert outcome.out == ""
