"""`--wait`, `--settle`, `--cleanup` and `--batch-size`."""

from __future__ import annotations

import signal

import pytest
from support.site import USERS, end, finish, site_at, wait_for

from reconciler.cli.main import run

PENDING = "waiting for acme/payments/fraud-check"
STALE = 3


def test_waiting_for_an_app_that_is_not_pushed_yet(tmp_path):
    with site_at(tmp_path) as site:
        late = site.c2c("apply", "--yes", "--wait", "1s")
        assert late.code == 0, late.err
        assert "time is up; 2 things are still pending" in late.err

        process = site.start("apply", "--yes", "--wait", "10m")
        wait_for(PENDING, process)
        code, _, err = end(process, signal.SIGINT)
        assert code == 130
        assert "stopped waiting; 2 things are still pending" in err

        process = site.start("apply", "--yes", "--wait", "10m")
        wait_for(PENDING, process)
        site.cloud.allow("loadtest", "ledger", 9100)
        code, out, _ = finish(process)
        assert code == 4
        assert "while this apply was waiting, something else has changed" in out
        assert "loadtest -> ledger tcp/9100-9100" in site.cloud.allowed()
        site.cloud.forbid("loadtest", "ledger", 9100)

        process = site.start("apply", "--yes", "--wait", "10m", "--format", "json", "--journal", "waited")
        wait_for(PENDING, process)
        assert not (tmp_path / "waited").exists(), "nothing has been begun"
        site.cloud.push("fraud-check", beside="ledger")
        code, out, err = finish(process)
        assert code == 0, err
        assert '"pending": 0' in out
        assert "checkout -> fraud-check tcp/61443-61443" in site.cloud.allowed()
        assert site.lines("waited")[-1]["end"] == "finished"
        assert site.changes() == []


@pytest.mark.parametrize("written", ["10", "", "soon", "1d", "-5s", "5s5m", "1.5m", "\uff15s"])
def test_what_is_no_length_of_time_is_wrong_usage(capsys, written):
    assert run(["apply", "--yes", f"--wait={written}"]) == 1
    assert "is no length of time; write it like 90s, 10m or 1h30m" in capsys.readouterr().err


def test_settling_is_for_policies_that_have_changed(tmp_path):
    with site_at(tmp_path) as site:
        assert "cells have asked" in site.c2c("apply", "--yes", "--settle").err
        assert "cells have asked" not in site.c2c("apply", "--yes", "--settle").err


def test_the_server_cleans_up_after_deleted_apps(tmp_path):
    with site_at(tmp_path, more=USERS) as site:
        before = site.cloud.world()
        team = site.c2c("apply", "--yes", "--cleanup", CF_USERNAME="dana", CF_PASSWORD="dana")
        assert team.code == 1
        assert "--cleanup needs network.admin, so nothing was applied" in team.err
        assert site.cloud.world() == before

        cleaned = site.c2c("apply", "--yes", "--cleanup")
        assert cleaned.code == 0, cleaned.err
        assert f"the server removes the policies of deleted apps: {STALE} removed" in cleaned.err
        allowed = site.cloud.allowed()
        assert not any("5f1f2d0e" in policy or "0b7c7a6e" in policy for policy in allowed)
        assert allowed >= {"gateway -> order-archive tcp/5432-5432", "checkout -> gateway tcp/8443-8443"}

        nothing = site.c2c("apply", "--yes", "--cleanup")
        assert nothing.code == 0
        assert "Nothing to apply" in nothing.out


def test_each_call_is_in_whole_or_not_at_all(tmp_path):
    third = "{effect: database_down, method: POST, path: '*/policies', after: 2}"
    with site_at(tmp_path, third) as site:
        before = site.cloud.allowed()
        outcome = site.c2c("apply", "--yes", "--batch-size", "2", "--format", "json")
        assert outcome.code == 5
        assert "create 2 network policies" in outcome.err
        result = outcome.json["result"]
        assert result["done"].count("create 2 network policies") == 2
        assert result["failed"] == "create 2 network policies"
        assert result["error"]["exit_code"] == 1
        assert result["skipped"] == []
        assert result["halted"] is None
        assert result["not_done"][0] == "create 2 network policies"
        made = site.cloud.allowed() - before
        assert len(made) == 4
        assert before <= site.cloud.allowed(), "nothing is removed"


@pytest.mark.parametrize("written", ["0", "-1", "many", "50001"])
def test_a_batch_has_a_size(capsys, written):
    assert run(["apply", "--yes", f"--batch-size={written}"]) == 1
    assert "Invalid value for '--batch-size'" in capsys.readouterr().err
