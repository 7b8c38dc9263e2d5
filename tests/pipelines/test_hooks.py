"""The hooks, run by pre-commit itself as a team's repository would, with nothing fetched."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from support.command import ROOT, environment

BIN = Path(sys.executable).parent


def run(folder, *command):
    who = {f"GIT_{role}_{what}": "a@x" for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    more = {"PRE_COMMIT_HOME": str(folder / ".store"), "GIT_CONFIG_NOSYSTEM": "1"}
    variables = environment(folder, **who, **more) | {"PATH": f"{BIN}:{os.environ['PATH']}"}
    return subprocess.run(command, cwd=folder, env=variables, capture_output=True, check=False, text=True, timeout=120)


def commit(folder):
    for command in (("git", "init", "-q"), ("git", "add", "-A"), ("git", "commit", "-qm", "x")):
        assert run(folder, *command).returncode == 0
    return run(folder, "git", "rev-parse", "HEAD").stdout.strip()


@pytest.fixture
def team(tmp_path):
    """A team's repository that uses the hooks of ours. The command is the one that is installed here already."""
    ours, team = tmp_path / "ours", tmp_path / "team"
    ours.mkdir()
    shutil.copy(ROOT / ".pre-commit-hooks.yaml", ours)
    revision = commit(ours)
    shutil.copytree(ROOT / "policies", team / "policies")
    hooks = "".join(f"      - {{id: {name}, language: system}}\n" for name in ("c2c-validate", "c2c-fmt"))
    config = f"repos:\n  - repo: {ours}\n    rev: {revision}\n    hooks:\n{hooks}"
    (team / ".pre-commit-config.yaml").write_text(config, encoding="utf-8")
    commit(team)
    return team


def hooked(team):
    run(team, "git", "add", "-A")
    return run(team, "pre-commit", "run", "--all-files", "--color", "never")


def test_good_manifests_pass(team):
    outcome = hooked(team)
    assert outcome.returncode == 0, outcome.stdout + outcome.stderr
    assert outcome.stdout.count("Passed") == 2


def test_a_problem_stops_the_commit_and_is_told(team):
    (team / "policies/acme/web.yml").write_text("apiVersion: c2c/v1\nkind: Spaces\n", encoding="utf-8")
    outcome = hooked(team)
    assert outcome.returncode == 1
    assert "policies/acme/web.yml:2:" in outcome.stdout


def test_a_file_out_of_form_is_put_right(team):
    path = team / "policies/acme/web.yml"
    canonical = path.read_text(encoding="utf-8")
    path.write_text(canonical.replace("apiVersion:", "apiVersion:  "), encoding="utf-8")
    outcome = hooked(team)
    assert outcome.returncode == 1
    assert "files were modified by this hook" in outcome.stdout
    assert path.read_text(encoding="utf-8") == canonical


def test_other_files_are_none_of_its_business(team):
    (team / "other.yml").write_text("a: [", encoding="utf-8")
    assert hooked(team).returncode == 0


def test_the_manifest_of_hooks_is_one():
    path = ROOT / ".pre-commit-hooks.yaml"
    assert run(path.parent, BIN / "pre-commit", "validate-manifest", path).returncode == 0
