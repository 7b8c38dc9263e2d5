"""`c2c doctor` as it is installed."""

from __future__ import annotations

import json
import shutil

import pytest
from support.command import ROOT, c2c, environment, served, signed_in, simulated


@pytest.fixture
def workplace(tmp_path):
    for name in ("policies", "demo"):
        shutil.copytree(ROOT / name, tmp_path / name)
    return tmp_path


def test_a_healthy_foundation_with_the_manifests_here(workplace):
    with simulated(cwd=workplace) as url:
        outcome = c2c("doctor", cwd=workplace, env=signed_in(workplace, url))
    assert (outcome.code, outcome.err) == (0, "")
    lines = outcome.out.splitlines()
    assert lines[0].startswith("ok       manifests         policies: 12 files, 4 Spaces; 0 errors")
    assert f"ok       target            {url}, from CF_API" in lines
    assert sum(line.startswith("ok       roles ") for line in lines) == 6
    assert lines[-1] == "Healthy: 19 ok, 0 warnings, 0 failed, 3 unknown."


def test_json_has_a_format_version_and_every_check(workplace):
    with served() as url:
        outcome = c2c("doctor", "--format", "json", cwd=workplace, env=signed_in(workplace, url))
    assert (outcome.code, outcome.json["format_version"], outcome.json["foundation"]) == (0, "1.0", url)
    assert outcome.json["healthy"] is True
    assert {tuple(check) for check in outcome.json["checks"]} == {("name", "status", "message", "hint")}


def test_a_wrong_password_fails_and_is_shown_nowhere(workplace):
    with served() as url:
        env = environment(workplace, CF_API=url, CF_USERNAME="admin", CF_PASSWORD="open-sesame-4711")
        for form in ("text", "json"):
            outcome = c2c("doctor", "--format", form, cwd=workplace, env=env)
            assert outcome.code == 1
            assert "does not accept the password" in outcome.out
            assert "CF_PASSWORD" in outcome.out
            assert "4711" not in outcome.out + outcome.err


def test_a_host_that_is_not_there(workplace):
    env = environment(workplace, CF_API="http://127.0.0.1:1", CF_ACCESS_TOKEN="t")
    outcome = c2c("doctor", cwd=workplace, env=env)
    assert outcome.code == 1
    assert "failed   reach             127.0.0.1 cannot be reached" in outcome.out
    assert "hint: check CF_API" in outcome.out
    assert outcome.out.splitlines()[-1].startswith("Not healthy: ")


def test_nothing_is_known_of_the_target(tmp_path):
    outcome = c2c("doctor", "--format=json", cwd=tmp_path)
    assert (outcome.code, outcome.json["foundation"], outcome.json["healthy"]) == (1, None, False)
    assert "cf login" in json.dumps(outcome.json["checks"])


def test_spaces_can_be_named_where_there_are_no_manifests(tmp_path):
    with served() as url:
        env = signed_in(tmp_path, url)
        outcome = c2c("doctor", "--space", "acme/web", "--space", "acme/gone", cwd=tmp_path, env=env)
        bare = c2c("doctor", cwd=tmp_path, env=env)
        wrong = c2c("doctor", "--space", "acme", cwd=tmp_path, env=env)
    assert outcome.code == 0
    assert "ok       roles             acme/web: " in outcome.out
    assert "warning  roles             acme/gone: does not exist" in outcome.out
    assert "hint: check the name, or have the space made" in outcome.out
    assert bare.code == 0
    assert "no space is named" in bare.out
    assert (wrong.code, wrong.out) == (1, "")
    assert "write it like acme/web" in wrong.err


def test_wrong_manifests_are_a_failed_check_and_the_rest_goes_on(tmp_path):
    (tmp_path / "a.yml").write_text("apiVersion: c2c/v1\nkind: Space\norg: 1\nspace: b\nappps: []\n", encoding="utf-8")
    with served() as url:
        outcome = c2c("doctor", "a.yml", cwd=tmp_path, env=signed_in(tmp_path, url))
    assert outcome.code == 1
    assert "failed   manifests         a.yml: " in outcome.out
    assert "`c2c validate a.yml`" in outcome.out
    assert "ok       policy-server " in outcome.out


def test_skipping_verification_says_so_each_time(workplace):
    with served() as url:
        outcome = c2c("doctor", "--skip-ssl-validation", cwd=workplace, env=signed_in(workplace, url))
    assert outcome.code == 0
    assert "TLS certificates are not verified" in outcome.err
