"""Whatever is typed wrong ends with words, a next step and exit code 1."""

from __future__ import annotations

import socket

import pytest
from support.command import c2c, environment

from reconciler import __version__


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("plna",), "Did you mean `plan`?"),
        (("plan", "--nonsense"), "No such option"),
        (("plan", "missing"), "missing"),
        (("plan", "--live", "missing.yml"), "missing.yml"),
        (("plan", "--as-of", "31.1.2027"), "2027-01-31"),
        (("plan", "--max-revokes", "-1"), "-1"),
        (("schema", "Policy"), "kinds: expectation, foundation"),
        (("simulate", "--listen", "8080"), "127.0.0.1:8080"),
        (("simulate", "--listen", "0.0.0.0:0"), "loopback"),
        (("simulate", "--seed", "missing.yml"), "missing.yml"),
        (("validate", "/dev/null"), "regular file"),
    ],
)
def test_wrong_usage_is_explained(tmp_path, arguments, words):
    policies = tmp_path / "policies"
    policies.mkdir()
    (policies / "web.yml").write_text("apiVersion: c2c/v1\nkind: Space\norg: a\nspace: b\napps: []\n", encoding="utf-8")
    outcome = c2c(*arguments, cwd=tmp_path)
    assert outcome.code == 1
    assert words in outcome.err + outcome.out


@pytest.mark.parametrize("command", [("validate",), ("plan",), ("audit",), ("fmt",), ("explain", "a", "b")])
def test_a_folder_without_manifests_is_where_one_begins(tmp_path, command):
    outcome = c2c(*command, cwd=tmp_path)
    assert outcome.code == 1
    assert outcome.err.splitlines() == [
        "error: no manifests are named, and there is no `policies` here",
        "    hint: name a file or folder, or begin with `c2c init` or `c2c export -o policies`",
    ]


READERS = [("validate",), ("plan",), ("audit",), ("apply", "--yes")]


@pytest.mark.parametrize("command", READERS, ids=[words[0] for words in READERS])
def test_a_journal_among_manifests_is_to_be_resumed_or_undone(tmp_path, command):
    (tmp_path / "an.journal").write_text("{}\n", encoding="utf-8")
    outcome = c2c(*command, "an.journal", cwd=tmp_path)
    assert outcome.code == 1
    assert "`c2c apply --resume an.journal`" in outcome.err
    assert "`c2c rollback an.journal`" in outcome.err


@pytest.mark.parametrize("command", ["validate", "plan", "audit"])
def test_a_saved_plan_among_manifests_is_to_be_shown_or_applied(tmp_path, command):
    (tmp_path / "my plan.json").write_text('{"format_version": "1.0", "changes": []}', encoding="utf-8")
    outcome = c2c(command, "my plan.json", cwd=tmp_path)
    assert outcome.code == 1
    assert "`c2c show 'my plan.json'`" in outcome.err
    assert "`c2c apply 'my plan.json'`" in outcome.err


@pytest.mark.parametrize("content", ['{"apiVersion": "c2c/v1"}', "[]", "{", ""])
def test_other_json_is_read_as_manifests(tmp_path, content):
    (tmp_path / "web.json").write_text(content, encoding="utf-8")
    outcome = c2c("plan", "web.json", cwd=tmp_path)
    assert outcome.code == 1
    assert "saved plan" not in outcome.err


def test_no_target_and_no_session_says_what_to_do(tmp_path):
    (tmp_path / "web.yml").write_text("apiVersion: c2c/v1\nkind: Space\norg: a\nspace: b\napps: []\n", encoding="utf-8")
    outcome = c2c("plan", "web.yml", cwd=tmp_path)
    assert outcome.code == 1
    assert "cf login" in outcome.err


def test_a_port_in_use_is_explained(tmp_path):
    (tmp_path / "seed.yml").write_text("apiVersion: c2c/v1\nkind: Snapshot\n", encoding="utf-8")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        outcome = c2c("simulate", "--seed", "seed.yml", "--listen", f"127.0.0.1:{taken.getsockname()[1]}", cwd=tmp_path)
    assert outcome.code == 1
    assert "port 0 picks a free one" in outcome.err


def test_errors_in_manifests_stop_a_plan_with_every_one_of_them(tmp_path):
    (tmp_path / "a.yml").write_text("apiVersion: c2c/v1\nkind: Space\norg: 1\nspace: b\nappps: []\n", encoding="utf-8")
    outcome = c2c("plan", "a.yml", cwd=tmp_path, env=environment(tmp_path, CF_API="http://127.0.0.1:1"))
    assert outcome.code == 1
    assert "a.yml:3:6: error[" in outcome.err
    assert "did you mean `apps`?" in outcome.err
    assert outcome.out == ""


def test_version(tmp_path):
    assert c2c("--version", cwd=tmp_path).out == f"c2c {__version__}\n"
