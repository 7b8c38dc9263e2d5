"""An apply that was cut off - killed, interrupted, left by the network - is finished by `c2c apply --resume`."""

from __future__ import annotations

import signal
import time
from random import Random

import pytest
from support.command import simulated
from support.site import end, site_at, wait_for

from reconciler.cli.applying.interrupts import GRACE_SECONDS
from reconciler.cli.main import run

POLICIES = "path: '*/policies'"
ONE_BY_ONE = ("--yes", "--batch-size", "1")
RESUME = ("apply", "--resume", *ONE_BY_ONE)


def kill_somewhere(site, random: Random, *arguments: str) -> None:
    """Kill a command at some point after its first step has begun."""
    process = site.start(*arguments)
    for _ in range(random.randint(1, 8)):
        wait_for("[", process)
    time.sleep(random.random() * 0.1)
    code, _, _ = end(process)
    assert code == -signal.SIGKILL


@pytest.mark.parametrize("seed", [1, 2])
def test_killed_again_and_again_it_is_finished_and_can_be_undone(tmp_path, seed):
    random = Random(seed)  # noqa: S311 - to be repeatable
    with site_at(tmp_path, f"{{effect: slow, method: POST, {POLICIES}, seconds: 0.03}}") as site:
        before = site.cloud.world()
        kill_somewhere(site, random, "apply", *ONE_BY_ONE)
        for _ in range(2):
            kill_somewhere(site, random, *RESUME)
        resumed = site.c2c(*RESUME)
        assert resumed.code == 0, resumed.err
        assert site.changes() == []
        foreign = {"gateway -> order-archive tcp/5432-5432", "checkout -> gateway tcp/8443-8443"}
        assert site.cloud.allowed() >= foreign

        (journal,) = (tmp_path / ".c2c/journals").iterdir()
        undo = site.c2c("rollback", journal, "-o", "undo.json", "--max-revokes", "99")
        assert undo.code == 0, undo.err
        assert site.c2c("apply", "undo.json", "--yes", "--max-revokes", "99").code == 0
        assert site.cloud.world() == before


def test_killed_once_it_can_be_undone_at_once(tmp_path):
    random = Random(3)  # noqa: S311 - to be repeatable
    with site_at(tmp_path, f"{{effect: slow, method: POST, {POLICIES}, seconds: 0.03}}") as site:
        before = site.cloud.world()
        site.c2c("plan", "-o", "plan.json")
        kill_somewhere(site, random, "apply", "plan.json", *ONE_BY_ONE)
        assert site.cloud.world() != before
        site.c2c("rollback", "plan.json.journal", "-o", "undo.json", "--max-revokes", "99")
        assert site.c2c("apply", "undo.json", "--yes", "--max-revokes", "99").code == 0
        assert site.cloud.world() == before


def test_only_the_rest_of_what_was_begun_is_resumed(tmp_path):
    with site_at(tmp_path, f"{{effect: slow, method: POST, {POLICIES}, seconds: 0.03}}") as site:
        site.c2c("plan", "-o", "plan.json")
        process = site.start("apply", "plan.json", *ONE_BY_ONE)
        wait_for("[6/", process)
        end(process)
        resume = ("apply", "plan.json", "--resume", "--yes")

        site.cloud.allow("loadtest", "ledger", 9100)
        more = site.c2c(*resume)
        assert more.code == 4
        assert "more to do by now than that apply set out to do" in more.err
        assert "delete acme/sandbox/loadtest -> acme/payments/ledger tcp/9100" in more.err
        site.cloud.forbid("loadtest", "ledger", 9100)

        site.edit("policies/acme/monitoring.yml", "from: dashboards", "from: alertmanager")
        other = site.c2c(*resume)
        assert other.code == 4
        assert "the manifests have changed since that apply began" in other.err
        site.edit("policies/acme/monitoring.yml", "from: alertmanager", "from: dashboards")

        with simulated(cwd=tmp_path) as url:
            elsewhere = site.c2c(*resume, CF_API=url)
        assert elsewhere.code == 4
        assert "hint: name that one with CF_API or --api: http://127.0.0.1:" in elsewhere.err

        bound = site.c2c(*resume, "--digest", "sha256:" + "0" * 64)
        assert bound.code == 1
        assert "leave out --digest" in bound.err

        assert site.c2c(*resume).code == 0
        assert site.changes() == []
        again = site.c2c(*resume)
        assert again.code == 1
        assert "nothing to resume: the apply of plan.json.journal was finished" in again.err


NO_JOURNALS = {
    "empty.journal": (b"", "the journal is empty"),
    "cut.journal": (b'{"journal_version":"1.0","steps":[', "the journal is empty"),
    "room.journal": (bytes(9000), "the journal is empty"),
    "version.journal": (b'{"journal_version":"9.0"}\n', "in version 9.0"),
    "less.journal": (b'{"journal_version":"1.0"}\n', "damaged"),
    "text.journal": (b"Dear diary\n", "damaged"),
    "bytes.journal": (b"\xff\xfe\n", "the journal is damaged"),
    "list.journal": (b"[1]\n", "not the journal of an apply"),
    "deep.journal": (b"[" * 100_000 + b"\n", "damaged"),
    "missing.journal": (None, "there is no journal at missing.journal"),
    "policies": (None, "policies cannot be read: Is a directory"),
    "j" * 300: (None, "File name too long"),
}


@pytest.mark.parametrize("command", [("apply", "--resume", "--yes"), ("rollback",)], ids=["resume", "rollback"])
@pytest.mark.parametrize("name", NO_JOURNALS)
def test_what_is_no_journal_is_said_in_words(tmp_path, monkeypatch, capsys, command, name):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "policies").mkdir()
    content, words = NO_JOURNALS[name]
    if content is not None:
        (tmp_path / name).write_bytes(content)
    assert run([*command, name]) == 1
    told = capsys.readouterr().err
    assert words in told
    assert "internal error" not in told


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("plan.json",), "there is no journal in ."),
        ((), "there is no journal in .c2c/journals"),
        (("a.journal", "b.journal"), "one journal, or one saved plan, is resumed at a time"),
        (("a.journal", "--journal", "b.journal"), "leave out --digest and --journal"),
    ],
)
def test_what_to_resume_has_to_be_clear(tmp_path, monkeypatch, capsys, arguments, words):
    monkeypatch.chdir(tmp_path)
    assert run(["apply", "--resume", "--yes", *arguments]) == 1
    assert words in capsys.readouterr().err


def test_an_apply_that_is_still_running_is_not_resumed(tmp_path):
    with site_at(tmp_path) as site:
        process = site.start("apply", "--yes", "--journal", "running", "--batch-size", "1")
        wait_for("[2/", process)
        process.send_signal(signal.SIGSTOP)
        second = site.c2c("apply", "running", "--resume", "--yes")
        assert second.code == 1
        assert "the apply that writes running is still running" in second.err
        code, _, _ = end(process, signal.SIGCONT)
        assert code == 0
        assert site.lines("running")[-1]["end"] == "finished"


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_ends_an_apply_soon_however_slow_the_platform_is(tmp_path, number, code):
    slow = "{effect: slow, method: PATCH, path: '*/environment_variables', seconds: 12, times: 1}"
    with site_at(tmp_path, slow) as site:
        process = site.start("apply", "--yes")
        wait_for("change REQUESTS_CA_BUNDLE", process)
        time.sleep(0.7)  # a step is announced before its call is made
        begun = time.monotonic()
        found, _, err = end(process, number)
        assert time.monotonic() - begun < GRACE_SECONDS + 5, "the call itself takes longer than that"
        assert found == code
        assert "nobody knows whether it was made" in err
        (journal,) = (tmp_path / ".c2c/journals").iterdir()
        assert f"c2c apply --resume {journal.relative_to(tmp_path)}" in err
        assert site.lines(str(journal))[-1]["state"] == "started"
        assert site.c2c("apply", "--resume", "--yes").code == 0
        assert site.changes() == []
