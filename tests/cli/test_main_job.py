"""The main job with the installed command against `c2c simulate`, the way a pipeline runs it."""

from __future__ import annotations

import os
import pty
import shlex
import shutil
import subprocess

import pytest
from support.command import C2C, ROOT, c2c, environment, signed_in, simulated

DAY = ("--as-of", "2026-11-20")


@pytest.fixture
def workplace(tmp_path):
    shutil.copytree(ROOT / "policies", tmp_path / "policies")
    shutil.copytree(ROOT / "demo", tmp_path / "demo")
    return tmp_path


@pytest.fixture
def foundation(workplace):
    with simulated("--seed", "demo/foundation.yml", cwd=workplace) as url:
        yield url


def test_plan_apply_and_the_next_plan_is_empty(workplace, foundation):
    env = signed_in(workplace, foundation)
    plan = c2c("plan", *DAY, "--detailed-exitcode", "--format", "json", cwd=workplace, env=env)
    assert plan.code == 2
    assert plan.json["summary"]["delete"] == 4
    applied = c2c("apply", "--yes", "--format", "json", cwd=workplace, env=env)
    assert applied.code == 0, applied.err
    assert applied.json["result"]["matches"] is True
    again = c2c("plan", "--detailed-exitcode", "--format", "json", cwd=workplace, env=env)
    assert again.code == 0
    assert again.json["changes"] == []
    assert again.json["summary"]["foreign"] == plan.json["summary"]["foreign"]


def test_the_plan_has_the_documented_shape(workplace, foundation):
    plan = c2c("plan", *DAY, "--format", "json", cwd=workplace, env=signed_in(workplace, foundation)).json
    assert list(plan) == [
        "format_version",
        "tool_version",
        "foundation",
        "digest",
        "manifests",
        "live",
        "options",
        "summary",
        "changes",
        "pending",
        "blocked",
        "stale",
        "findings",
        "waivers",
        "connectivity",
    ]
    assert plan["foundation"] == foundation
    (change,) = (
        item
        for item in plan["changes"]
        if item["address"] == "acme/payments/checkout -> acme/payments/refunds tcp/61443"
    )
    assert change == {
        "action": "create",
        "kind": "network_policy",
        "address": "acme/payments/checkout -> acme/payments/refunds tcp/61443",
        "before": None,
        "after": {
            "source": "acme/payments/checkout",
            "destination": "acme/payments/refunds",
            "protocol": "tcp",
            "start": 61443,
            "end": 61443,
            "tls": "auto",
        },
        "reason": "declared",
        "origin": [{"file": "policies/acme/payments.yml", "line": 58, "column": 9}],
    }
    assert {item["kind"] for item in plan["changes"]} == {
        "network_policy",
        "internal_route",
        "route_destination",
        "environment",
    }
    assert {item["reason"] for item in plan["changes"]} >= {"declared", "undeclared", "expired", "app_recreated"}


def test_a_live_plan_and_a_snapshot_plan_agree(workplace, foundation):
    arguments = ("plan", *DAY, "--all-environments", "--format", "json")
    live = c2c(*arguments, cwd=workplace, env=signed_in(workplace, foundation)).json
    offline = c2c("plan", *DAY, "--live", "demo/foundation.yml", "--format", "json", cwd=workplace).json
    for key in ("summary", "changes", "pending", "stale", "findings"):
        assert live[key] == offline[key]


def test_the_same_input_gives_the_same_bytes(workplace):
    arguments = ("plan", *DAY, "--live", "demo/foundation.yml", "--format", "json")
    assert c2c(*arguments, cwd=workplace).out == c2c(*arguments, cwd=workplace).out


def test_without_a_terminal_and_without_yes_nothing_is_applied(workplace, foundation):
    env = signed_in(workplace, foundation)
    before = c2c("plan", *DAY, "--format", "json", cwd=workplace, env=env).json["summary"]
    refused = c2c("apply", cwd=workplace, env=env)
    assert refused.code == 1
    assert "--yes" in refused.err
    assert c2c("plan", *DAY, "--format", "json", cwd=workplace, env=env).json["summary"] == before


@pytest.mark.parametrize(("answer", "code"), [(b"yes\n", 0), (b"y\n", 1), (b"\n", 1), (b"\x04", 1)])
def test_on_a_terminal_only_yes_makes_the_changes(workplace, foundation, answer, code):
    env = signed_in(workplace, foundation)
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [C2C, "apply"], cwd=workplace, env=env, stdin=theirs, stdout=subprocess.PIPE, stderr=theirs, close_fds=True
    )
    os.close(theirs)
    os.write(ours, answer)
    out, _ = process.communicate(timeout=60)
    os.close(ours)
    assert process.returncode == code
    assert (b"Applied" in out) is (code == 0)


def test_a_plan_that_revokes_too_much_is_refused(workplace, foundation):
    env = signed_in(workplace, foundation)
    (workplace / "policies/acme/payments.yml").unlink()
    (workplace / "policies/acme/payments.yml").write_text(
        "apiVersion: c2c/v1\nkind: Space\norg: acme\nspace: payments\nmanages: space\n", encoding="utf-8"
    )
    plan = c2c("plan", *DAY, "--detailed-exitcode", cwd=workplace, env=env)
    assert plan.code == 3
    assert "--max-revokes" in plan.out
    assert c2c("apply", "--yes", cwd=workplace, env=env).code == 3
    assert c2c("apply", "--yes", "--max-revokes", "99", cwd=workplace, env=env).code == 0


def test_a_saved_plan_is_the_printed_one(workplace):
    printed = c2c("plan", *DAY, "--live", "demo/foundation.yml", "--format", "json", "-o", "plan.json", cwd=workplace)
    assert (workplace / "plan.json").read_text(encoding="utf-8") == printed.out


def test_the_demo_runs_the_whole_job_quickly(tmp_path):
    demo = c2c("demo", cwd=tmp_path)
    assert demo.code == 0
    assert "Applied: the live state matches the manifests, 2 still pending (9 calls made)." in demo.out
    assert "Nothing to change" in demo.out
    assert c2c("demo", "--format", "json", cwd=tmp_path).json["result"]["matches"] is True


def test_what_the_demo_names_next_can_be_typed(tmp_path):
    after = c2c("demo", cwd=tmp_path).out.partition("Next, ")[2]
    commands = [shlex.split(line, comments=True)[1:] for line in after.splitlines()[1:]]
    assert [arguments[0] for arguments in commands] == ["plan", "explain", "init"]
    for arguments in commands:
        assert c2c(*arguments, cwd=tmp_path).code == 0
    assert (tmp_path / "plan.html").is_file()


def test_no_secret_appears_anywhere(workplace, foundation):
    env = environment(workplace, CF_API=foundation, CF_USERNAME="admin", CF_PASSWORD="s3cr3t-w0rd")
    outcome = c2c("plan", cwd=workplace, env=env)
    assert outcome.code == 1
    assert "s3cr3t-w0rd" not in outcome.out + outcome.err


def test_a_reader_that_goes_away_is_no_error(workplace):
    command = f"'{C2C}' plan {' '.join(DAY)} --live demo/foundation.yml | head -n 1"
    run = subprocess.run(
        ["bash", "-o", "pipefail", "-c", command],
        cwd=workplace,
        env=environment(workplace),
        capture_output=True,
        check=False,
    )
    assert run.stderr == b""
