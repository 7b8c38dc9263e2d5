"""What ships for CI systems: of the form that they ask for, safe by their own rules, and all saying the same."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from fnmatch import fnmatch
from pathlib import Path

import pytest
from support.ci_files import EXPRESSION, STARTER, WORKFLOWS, concourse_tasks, load, scripts, steps_of
from support.command import ROOT, c2c

from reconciler.cli.main import COMMANDS

CHECK = ["c2c validate policies", "c2c fmt policies --check --diff"]
DRIFT = "c2c plan policies --detailed-exitcode"
COMMAND = re.compile(r"^\s*(?:- |run: )*(c2c (?:[a-z]+).*?)(?:\s+(?:\|\| .*|#.*))?$", re.MULTILINE)


def schema(name, *arguments):
    command = [Path(sys.executable).with_name("check-jsonschema"), "--builtin-schema", name, *arguments]
    return subprocess.run(command, capture_output=True, check=False, text=True)


def _may_run_on_pull_requests(job, jobs):
    """Say whether a job may start for a pull request: whatever is needed and does not run keeps it from running."""
    if re.fullmatch("github.event_name == '(push|schedule)'", job.get("if", "")):
        return False
    needs = job.get("needs", [])
    return all(_may_run_on_pull_requests(jobs[name], jobs) for name in ([needs] if isinstance(needs, str) else needs))


class TestForms:
    @pytest.mark.parametrize("name", WORKFLOWS)
    def test_workflows_of_github(self, name):
        outcome = schema("vendor.github-workflows", STARTER / name)
        assert outcome.returncode == 0, outcome.stdout

    def test_the_action_of_github(self):
        outcome = schema("vendor.github-actions", ROOT / "action.yml")
        assert outcome.returncode == 0, outcome.stdout

    def test_the_jobs_of_gitlab(self):
        outcome = schema("vendor.gitlab-ci", "--data-transform", "gitlab-ci", STARTER / "gitlab.yml")
        assert outcome.returncode == 0, outcome.stdout

    def test_the_schemas_would_notice(self, tmp_path):
        (tmp_path / "bad.yml").write_text("on: push\njobs: {a: {runs-on: x, stepz: []}}\n", encoding="utf-8")
        assert schema("vendor.github-workflows", tmp_path / "bad.yml").returncode == 1

    def test_the_jobs_of_concourse(self):
        pipeline = load(STARTER / "concourse.yml")
        resources = {resource["name"] for resource in pipeline["resources"]}
        names = [job["name"] for job in pipeline["jobs"]]
        for job in pipeline["jobs"]:
            for step in job["plan"]:
                assert step.get("get", "repository") in resources
                assert set(step.get("passed", ())) <= set(names)
        for config in concourse_tasks().values():
            assert config["platform"] == "linux"
            assert {"run", "inputs", "image_resource"} <= set(config)


class TestOneVoice:
    @pytest.mark.parametrize(("shell", "script"), scripts().values(), ids=scripts().keys())
    def test_every_command_is_one_that_the_command_line_takes(self, shell, script, tmp_path):
        assert shell in {"sh", "bash"}
        for command in COMMAND.findall(script):
            words = command.replace('"${options[@]}"', "").split()
            assert words[1] in COMMANDS
            shown = c2c(words[1], "--help", cwd=tmp_path).out
            for option in [word for word in words[2:] if word.startswith("-") and word != "--"]:
                assert option in shown, command

    def test_all_check_the_same_way(self):
        jobs = load(STARTER / "github.yml")["jobs"]
        github = [step["run"] for step in jobs["check"]["steps"] if step.get("run", "").startswith("c2c")]
        gitlab = load(STARTER / "gitlab.yml")["network-policies-check"]["script"]
        concourse = COMMAND.findall(concourse_tasks()["plan"]["run"]["args"][1])[:2]
        assert github == gitlab == concourse == CHECK
        action = next(step for step in steps_of(load(ROOT / "action.yml")) if step.get("name") == "Check")["run"]
        assert [line.split(" -- ")[0].split()[:2] for line in action.splitlines()[1:]] == [c.split()[:2] for c in CHECK]

    def test_the_task_alone_is_that_of_the_pipeline(self):
        tasks = concourse_tasks()
        task, alone = tasks["plan"], tasks["alone"]
        assert {**task, "params": sorted(task["params"])} == {**alone, "params": sorted(alone["params"])}

    @pytest.mark.parametrize("path", sorted(STARTER.glob("*.yml")), ids=lambda path: path.stem)
    def test_what_is_installed_is_one_variable_that_says_whose_name_it_is(self, path):
        text = path.read_text(encoding="utf-8")
        assert set(re.findall(r"\bpip install .*", text)) == {'pip install "$C2C_PACKAGE"'}
        assert set(re.findall(r"C2C_PACKAGE: (.*)", text)) == {"c2c-reconciler==0"}
        comment = " ".join(
            line.strip().removeprefix("# ") for line in text.splitlines() if line.strip().startswith("#")
        )
        assert "Nobody vouches for this name on a public index" in comment
        assert "PIP_INDEX_URL" in comment
        assert "docs/installing.md" in comment

    @pytest.mark.parametrize("name", ["github", "gitlab", "concourse"])
    def test_the_scopes_are_those_that_a_pipeline_needs(self, name):
        needed = (ROOT / "docs/permissions.md").read_text(encoding="utf-8").split("## For a pipeline")[1]
        scopes = re.findall(r"`((?:network|cloud_controller)\.\w+)`", needed.split(".\n")[0].split("sees")[0])
        assert len(scopes) == 3
        text = (STARTER / f"{name}.yml").read_text(encoding="utf-8")
        assert all(scope in text for scope in scopes)

    def test_no_index_is_named(self):
        assert not re.search(
            r"PIP_(EXTRA_)?INDEX_URL *[:=]", "".join(path.read_text() for path in STARTER.glob("*.yml"))
        )

    def test_one_version_of_each_thing_is_used(self):
        texts = [path.read_text(encoding="utf-8") for path in [*STARTER.glob("*.yml"), ROOT / "action.yml"]]
        used = {name for text in texts for name in re.findall(r"uses: (\S+)", text)}
        assert len({name.partition("@")[0] for name in used}) == len(used)
        images = {name for text in texts for name in re.findall(r"python:(\S+)|tag: ([^,}\s]+)", text)}
        assert {a or b for a, b in images} == {"3.13-slim"}


class TestSafety:
    @pytest.mark.parametrize("name", WORKFLOWS)
    def test_every_workflow_says_what_its_token_may(self, name):
        workflow = load(STARTER / name)
        assert "permissions" in workflow
        allowed = [workflow["permissions"], *(job.get("permissions", {}) for job in workflow["jobs"].values())]
        writes = [item for granted in allowed for item in granted.items() if item[1] != "read"]
        assert writes == ([("pull-requests", "write")] if name == "github-comment.yml" else [])

    @pytest.mark.parametrize("name", ["../../action.yml", *WORKFLOWS])
    def test_nothing_is_pasted_into_a_script(self, name):
        for step in steps_of(load(STARTER / name)):
            assert not EXPRESSION.search(step.get("run", ""))

    @pytest.mark.parametrize("name", WORKFLOWS)
    def test_no_checkout_leaves_its_token_behind(self, name):
        for step in steps_of(load(STARTER / name)):
            if step.get("uses", "").startswith("actions/checkout@"):
                assert step["with"]["persist-credentials"] == "false"

    @pytest.mark.parametrize("name", WORKFLOWS)
    def test_no_secret_is_where_a_pull_request_decides_what_runs(self, name):
        workflow = load(STARTER / name)
        if "pull_request" not in workflow["on"]:
            return
        jobs = workflow["jobs"]
        open_jobs = [job for job in jobs.values() if _may_run_on_pull_requests(job, jobs)]
        assert open_jobs
        assert "secrets." not in str(open_jobs)

    def test_what_runs_at_night_only_plans(self):
        github = load(STARTER / "github.yml")
        assert github["on"]["schedule"]
        at_night = [job for job in github["jobs"].values() if "schedule" in job.get("if", "")]
        assert [step["run"] for job in at_night for step in job["steps"] if "c2c plan" in step.get("run", "")] == [
            DRIFT
        ]
        assert "c2c apply" not in str(at_night)

        gitlab = load(STARTER / "gitlab.yml")
        assert gitlab["network-policies-drift"]["script"] == [DRIFT]
        for name in ("network-policies-plan", "network-policies-apply"):
            assert '$CI_PIPELINE_SOURCE != "schedule"' in gitlab[name]["rules"][0]["if"]

        pipeline = load(STARTER / "concourse.yml")
        timers = {resource["name"] for resource in pipeline["resources"] if resource["type"] == "time"}
        nightly = [job for job in pipeline["jobs"] if any(step.get("get") in timers for step in job["plan"])]
        assert [job["name"] for job in nightly] == ["drift"]
        assert COMMAND.findall(concourse_tasks()["drift"]["run"]["args"][1]) == [DRIFT]

    def test_the_journal_of_an_apply_is_kept_also_when_it_fails(self):
        apply, keep = load(STARTER / "github.yml")["jobs"]["apply"]["steps"][-2:]
        assert apply["run"] == "c2c apply plan.json --yes"
        assert keep["if"] == "always()"
        assert fnmatch("plan.json.journal", keep["with"]["path"])

        kept = load(STARTER / "gitlab.yml")["network-policies-apply"]["artifacts"]
        assert kept["when"] == "always"
        assert fnmatch("plan.json.journal", kept["paths"][0])

        task = concourse_tasks()["apply"]
        assert f"--journal ../{task['outputs'][0]['name']}/" in task["run"]["args"][1]

    def test_a_night_is_in_nobodys_way(self):
        assert "github.event_name" in load(STARTER / "github.yml")["concurrency"]

    def test_pull_request_target_is_used_nowhere(self):
        for path in (*STARTER.glob("github*.yml"), ROOT / "action.yml"):
            assert "pull_request_target" not in path.read_text(encoding="utf-8")

    def test_the_job_that_may_comment_sees_nothing_of_the_pull_request_but_the_plan(self):
        jobs = load(STARTER / "github-comment.yml")["jobs"]
        may_write = jobs["comment"]
        assert [step["uses"].partition("@")[0] for step in may_write["steps"] if "uses" in step] == [
            "actions/setup-python",
            "actions/download-artifact",
        ]
        assert set(may_write["steps"][-2]["with"]) == {"name"}  # of this run, not of the one that started it
        assert "secrets." not in str(jobs)
        reading = jobs["plan"]
        assert set(reading["permissions"].values()) == {"read"}
        after = [step for step in reading["steps"] if "run" in step][1:]
        assert "pip" not in str(after)  # nothing is installed once files of the pull request are there

    def test_the_key_is_that_of_the_main_branch(self):
        steps = load(STARTER / "github-comment.yml")["jobs"]["plan"]["steps"]
        main = next(step for step in steps if step.get("with", {}).get("path") == "main")
        assert {"repository", "ref"}.isdisjoint(main["with"])
        plan = next(step for step in steps if step.get("name") == "Plan")
        assert "--snapshot-key ../main/snapshot.pub" in plan["run"]


@pytest.mark.skipif(shutil.which("shellcheck") is None, reason="shellcheck is not installed here")
@pytest.mark.parametrize(("shell", "script"), scripts().values(), ids=scripts().keys())
def test_shellcheck_has_nothing_to_say(shell, script):
    run = subprocess.run(["shellcheck", "-s", shell, "-"], input=script, capture_output=True, check=False, text=True)
    assert run.stdout == ""
