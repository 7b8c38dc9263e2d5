"""A team's first minute: what `c2c init` writes is valid, canonical, and never in the way of what is there."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from support.command import C2C, ROOT, c2c, environment

from reconciler import __version__
from reconciler.cli.main import run
from reconciler.manifests.parsing.source import parse_documents
from reconciler.manifests.starter import CI_FILES

GUARDRAILS = sorted(path.name for path in (ROOT / "policies/guardrails").glob("*.yml"))
MANIFESTS = [
    "policies/acme/web.yml",
    *(f"policies/guardrails/{name}" for name in GUARDRAILS),
    "policies/expectations.yml",
]
NAMES = [
    'say "hi"',
    "it's: 5 # no",
    "no",
    "null",
    "1.0",
    "2027-01-31",
    "-",
    "&a",
    "!x",
    "Straße/Süd",
    "日本",
    "a" * 255,
]
JOB = ".github/workflows/network-policies.yml"


def files_in(folder):
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def data_of(path):
    ((document,), problems) = parse_documents(str(path), path.read_bytes())
    assert problems == []
    return document.data


def session_in(home, **fields):
    (home / ".cf").mkdir()
    (home / ".cf/config.json").write_text(json.dumps({"ConfigVersion": 4, **fields}), encoding="utf-8")


@pytest.fixture
def folder(tmp_path):
    """Give a place to work in that is not the home."""
    work = tmp_path / "work"
    work.mkdir()
    return work


def init(folder, *arguments, env=None):
    return c2c("init", *arguments, cwd=folder, env=env or environment(folder.parent))


def test_it_says_what_it_wrote_and_writes_that(folder):
    outcome = init(folder, "--org", "acme", "--space", "web")
    assert outcome.code == 0
    assert files_in(folder) == sorted([*MANIFESTS, JOB])
    for path in (*MANIFESTS, JOB):
        assert f"  {path}\n" in outcome.out


@pytest.mark.parametrize("name", NAMES, ids=range(len(NAMES)))
def test_it_is_valid_and_canonical_whatever_the_names(folder, name, monkeypatch, capsys):
    written = init(folder, "--org", name, "--space", name, "--format", "json").json["written"]
    space, tests = (data_of(folder / path) for path in (written[0], "policies/expectations.yml"))
    assert (space["org"], space["space"]) == (name, name)
    assert tests["expect"][0]["to"] == {"org": name, "space": name, "app": "my-backend"}
    monkeypatch.chdir(folder)
    assert run(["validate", "--format", "json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["valid"], found["diagnostics"]) == (True, [])
    assert run(["fmt", "--check"]) == 0


@pytest.mark.parametrize("name", ["", "*", "a*", "line\nbreak", "\x1b[31m", "a" * 256, "\udcff"])
def test_a_name_that_no_manifest_can_hold_is_refused(folder, name):
    outcome = init(folder, "--org", name, "--space", "web")
    assert outcome.code == 1
    assert "cannot be the `org` of a manifest" in outcome.err
    assert files_in(folder) == []


@pytest.mark.parametrize("name", ["..", "../../etc", "/", ".hidden", "con:aux"])
def test_no_name_leads_out_of_the_folder(folder, name):
    written = init(folder, "--org", name, "--space", name, "--format", "json").json["written"]
    assert files_in(folder) == sorted(written)
    assert files_in(folder.parent) == sorted(f"work/{path}" for path in written)


def test_what_is_there_stays(folder):
    kept = folder / "policies/guardrails/fan-in.yml"
    kept.parent.mkdir(parents=True)
    kept.write_text("mine", encoding="utf-8")
    outcome = init(folder, "--format", "json").json
    assert outcome["left"] == ["policies/guardrails/fan-in.yml"]
    assert kept.read_text(encoding="utf-8") == "mine"
    again = init(folder, "--format", "json").json
    assert again["written"] == []
    assert sorted(again["left"]) == files_in(folder)


def test_a_link_that_leads_nowhere_stays_too(folder):
    (folder / "policies").mkdir()
    (folder / "policies/expectations.yml").symlink_to("elsewhere.yml")
    assert init(folder, "--format", "json").json["left"] == ["policies/expectations.yml"]
    assert not (folder / "policies/elsewhere.yml").exists()


@pytest.mark.parametrize("ci", [*CI_FILES, "none"])
def test_the_job_is_the_one_asked_for(folder, ci):
    written = init(folder, "--ci", ci, "--format", "json").json["written"]
    jobs = [path for path in written if not path.startswith("policies/")]
    assert jobs == ([CI_FILES[ci]] if ci != "none" else [])
    for job in jobs:
        text = (folder / job).read_text(encoding="utf-8")
        assert text.count(f"C2C_PACKAGE: c2c-reconciler=={__version__}\n") == text.count("C2C_PACKAGE:") > 0
        assert yaml.safe_load(text)


@pytest.mark.parametrize("ci", CI_FILES)
def test_every_command_in_a_job_is_one_that_the_command_line_takes(folder, ci):
    init(folder, "--ci", ci)
    lines = [line.strip(" -").removeprefix("run: ") for line in (folder / CI_FILES[ci]).read_text().splitlines()]
    commands = [line.partition(" #")[0].split() for line in lines if line.startswith("c2c ")]
    assert {command[1] for command in commands} >= {"validate", "fmt", "plan", "apply"}
    for _, name, *arguments in commands:
        options = [argument for argument in arguments if argument.startswith("-")]
        shown = c2c(name, "--help", cwd=folder).out
        assert all(option in shown for option in options)


def test_the_next_steps_work(folder):
    steps = init(folder, "a team's", "--org", "acme", "--space", "web", "--format", "json").json["next"]
    assert "a team's/policies/acme/web.yml" in steps[0]
    live = "apiVersion: c2c/v1\nkind: Snapshot\norganizations: [{name: acme, spaces: [{name: web}]}]\n"
    (folder / "live.yml").write_text(live, encoding="utf-8")
    env = environment(folder.parent) | {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    for step in (steps[1], steps[2].replace("plan", "plan --live live.yml", 1)):
        run = subprocess.run(["bash", "-c", step], cwd=folder, env=env, capture_output=True, check=False, text=True)
        assert run.returncode == 0, run.stderr
    job = "a team's/.github/workflows/network-policies.yml"
    assert steps[3] == f"say in {job} what it installs: `C2C_PACKAGE`, from an index or a server of yours"
    assert not init(folder, "bare", "--org", "acme", "--space", "web", "--ci", "none", "--format", "json").json["next"][
        3:
    ]


def test_a_job_below_the_top_of_a_repository_is_to_be_moved(folder):
    (folder / ".git").mkdir()
    options = ("--ci", "gitlab", "--org", "acme", "--space", "web", "--format", "json")
    assert not [step for step in init(folder, *options).json["next"] if step.startswith("move")]
    assert init(folder, "network", *options).json["next"][-1] == (
        f"move network/.gitlab-ci.yml to {folder.resolve()}/.gitlab-ci.yml, where it is looked for; "
        "write network/policies for policies in it"
    )


BOTH = {"OrganizationFields": {"Name": "acme"}, "SpaceFields": {"Name": "web"}}


class TestSession:
    def written(self, folder, *arguments):
        return init(folder, *arguments, "--format", "json").json["written"][0]

    def test_its_organization_and_space_are_the_default(self, folder):
        session_in(folder.parent, **BOTH)
        assert self.written(folder) == "policies/acme/web.yml"

    def test_options_come_first(self, folder):
        session_in(folder.parent, **BOTH)
        assert self.written(folder, "--space", "pay") == "policies/acme/pay.yml"
        assert self.written(folder, "--org", "globex") == "policies/globex/my-space.yml"
        assert self.written(folder, "--org", "ACME") == "policies/ACME/web.yml"

    @pytest.mark.parametrize(
        "fields",
        [
            {},
            {"OrganizationFields": {"Name": "acme"}, "SpaceFields": {"Name": ""}},
            {"OrganizationFields": "acme", "SpaceFields": None},
            {"OrganizationFields": {"Name": "a*"}, "SpaceFields": {"Name": "web"}},
            {"OrganizationFields": {"Name": 5}, "SpaceFields": {"Name": "web"}},
        ],
    )
    def test_one_without_a_usable_space_is_none(self, folder, fields):
        session_in(folder.parent, **fields)
        assert self.written(folder) == "policies/my-org/my-space.yml"

    def test_a_damaged_one_is_none(self, folder):
        (folder.parent / ".cf").mkdir()
        (folder.parent / ".cf/config.json").write_text("{", encoding="utf-8")
        assert self.written(folder) == "policies/my-org/my-space.yml"


class TestUnwritable:
    def test_a_file_in_the_place_of_a_folder_leaves_nothing_behind(self, folder):
        (folder / ".github").write_text("", encoding="utf-8")
        outcome = init(folder)
        assert outcome.code == 1
        assert "error: .github could not be written: File exists" in outcome.err
        assert files_in(folder) == [".github"]
        assert not (folder / "policies").exists()

    def test_what_was_there_before_survives(self, folder):
        (folder / "policies").mkdir()
        (folder / "policies/mine.yml").write_text("", encoding="utf-8")
        (folder / ".github").write_text("", encoding="utf-8")
        assert init(folder).code == 1
        assert files_in(folder) == [".github", "policies/mine.yml"]

    def test_a_disk_that_is_full_halfway_leaves_nothing_behind(self, folder):
        limited = ["bash", "-c", f"ulimit -f 1; exec '{C2C}' init"]  # KiB that one file may hold
        run = subprocess.run(
            limited, cwd=folder, env=environment(folder.parent), capture_output=True, check=False, text=True
        )
        assert run.returncode == 1
        assert "could not be written: File too large" in run.stderr
        assert list(folder.iterdir()) == []

    def test_a_folder_that_cannot_exist(self, folder):
        (folder / "file").write_text("", encoding="utf-8")
        outcome = init(folder, "file/below")
        assert outcome.code == 1
        assert "could not be written" in outcome.err


def test_a_folder_that_is_not_there_is_made(folder):
    assert init(folder, "new/one").code == 0
    assert (folder / "new/one/policies/expectations.yml").is_file()


WIDE = "udp, ports: 7000-7050"
LIVE = f"""\
apiVersion: c2c/v1
kind: Snapshot
domains: [{{name: apps.internal, internal: true}}]
organizations:
  - name: acme
    spaces:
      - {{name: team a, apps: [{{name: api}}, {{name: caller}}, {{name: other}}]}}
      - {{name: dev, apps: [{{name: toy}}]}}
network_policies:
  - {{source: acme/team a/caller, destination: acme/team a/api, protocol: {WIDE}}}
  - {{source: acme/dev/toy, destination: acme/team a/api, protocol: tcp, ports: 8080}}
"""
BY_LIVE = ("--live", "live.snapshot")


class TestAdopted:
    """A folder that an export has written: what is live breaks the starter guardrails, and stays as it is."""

    @pytest.fixture
    def adopted(self, folder):
        (folder / "live.snapshot").write_text(LIVE, encoding="utf-8")
        assert c2c("export", *BY_LIVE, "-o", "policies", cwd=folder).code == 0
        return folder

    def test_nothing_is_refused_that_was_there(self, adopted):
        outcome = init(adopted, "--org", "acme", "--space", "team a")
        assert "judge only what a plan adds: `baseline: introduced`" in outcome.out
        assert "c2c audit policies" in outcome.out
        assert c2c("validate", cwd=adopted).code == 0
        plan = c2c("plan", *BY_LIVE, cwd=adopted)
        assert plan.code == 0, plan.out
        assert "\nNothing to change: " in plan.out
        assert c2c("fmt", "--check", cwd=adopted).code == 0

    def test_nothing_new_gets_worse(self, adopted):
        init(adopted, "--org", "acme", "--space", "team a")
        file = adopted / "policies/acme/team%20a.yml"
        text = file.read_text(encoding="utf-8")
        file.write_text(text.replace("- from: caller\n", "- from: [caller, other]\n"), encoding="utf-8")
        plan = c2c("plan", *BY_LIVE, "--format", "json", cwd=adopted)
        assert plan.code == 3
        denied = [item for item in plan.json["findings"] if item["severity"] == "deny"]
        assert [(item["code"], item["subject"][:17]) for item in denied] == [("narrow-ranges", "acme/team a/other")]

    def test_an_audit_still_tells_of_the_old(self, adopted):
        init(adopted, "--org", "acme", "--space", "team a")
        audit = c2c("audit", *BY_LIVE, "--format", "json", cwd=adopted)
        denied = {item["code"] for item in audit.json["findings"] if item["severity"] == "deny"}
        assert denied == {"narrow-ranges", "temporary-grants-end"}

    def test_every_guardrail_is_of_that_kind_and_json_says_so(self, adopted):
        assert init(adopted, "--format", "json").json["baseline"] == "introduced"
        for name in GUARDRAILS:
            documents, _ = parse_documents(name, (adopted / "policies/guardrails" / name).read_bytes())
            assert [document.data["baseline"] for document in documents] == ["introduced"] * len(documents)

    @pytest.mark.parametrize("name", ["team a", "Team A"])
    def test_a_space_that_is_declared_gets_no_second_document(self, adopted, name):
        outcome = init(adopted, "--org", "ACME", "--space", name, "--ci", "none", "--format", "json").json
        assert outcome["written"] == [f"policies/guardrails/{name}" for name in GUARDRAILS]
        assert outcome["left"] == ["policies/acme/team%20a.yml"]
        assert outcome["next"][0] == "c2c validate policies"
        plan = c2c("plan", *BY_LIVE, "--format", "json", cwd=adopted).json
        assert (plan["summary"]["pending"], plan["changes"]) == (0, [])
        assert not [item for item in plan["findings"] if item["severity"] != "audit"]

    def test_it_may_be_declared_in_any_file(self, adopted):
        file = adopted / "policies/acme/team%20a.yml"
        file.rename(adopted / "policies/all.yaml")
        outcome = init(adopted, "--org", "acme", "--space", "team a", "--format", "json").json
        assert outcome["left"] == ["policies/all.yaml"]
        assert "policies/expectations.yml" not in outcome["written"]

    def test_another_space_is_written_where_an_export_would_write_it(self, adopted):
        outcome = init(adopted, "--org", "acme", "--space", "team b", "--format", "json").json
        assert outcome["written"][0] == "policies/acme/team%20b.yml"
        assert outcome["next"][0] == "list your apps in policies/acme/team%20b.yml"
        assert "policies/expectations.yml" in outcome["written"]

    def test_a_space_that_nobody_named_is_not_made_up(self, adopted):
        outcome = init(adopted, "--format", "json").json
        assert "policies/my-org/my-space.yml" not in outcome["written"]
        assert "policies/expectations.yml" not in outcome["written"]
        assert outcome["next"][0] == "c2c validate policies"

    def test_what_cannot_be_read_declares_nothing(self, adopted):
        (adopted / "policies/broken.yml").write_text("a: [", encoding="utf-8")
        (adopted / "policies/acme/team%20a.yml").write_text("kind: Space\norg: 5\n---\n- x\n", encoding="utf-8")
        assert init(adopted, "--org", "acme", "--space", "team a").code == 0

    def test_nothing_is_said_where_no_guardrail_was_written(self, adopted):
        init(adopted)
        assert "baseline" not in init(adopted).out


def test_in_a_fresh_folder_guardrails_judge_everything(folder):
    outcome = init(folder, "--format", "json")
    assert outcome.json["baseline"] is None
    narrow = data_of(folder / "policies/guardrails/narrow-ranges.yml")
    assert (narrow["enforcement"], narrow.get("baseline")) == ("deny", None)
