"""Imports with the installed command: what is written, what is listed, what is never overwritten."""

from __future__ import annotations

import json

import pytest
from support.command import ROOT, c2c, environment, served, signed_in

LIST = """\
Listing network policies in org acme / space web as admin...

source     destination   protocol   ports   destination space   destination org
frontend   ledger        tcp        61443   payments            acme
frontend   ledger        tcp        2222    payments            acme
"""
SEED = """\
apiVersion: c2c/v1
kind: Snapshot
organizations:
  - name: acme
    spaces:
      - {name: web, apps: [{name: frontend, guid: g1}]}
      - {name: payments, apps: [{name: ledger, guid: g2}]}
"""


def state_of(*ends: tuple[str, str]) -> str:
    policies = [{"source_app": a, "destination_app": b, "port": "8080", "protocol": "tcp"} for a, b in ends]
    instances = [{"attributes": {"id": "x", "policy": policies}}]
    resource = {"mode": "managed", "type": "cloudfoundry_network_policy", "name": "p", "instances": instances}
    secret = {"mode": "managed", "type": "cloudfoundry_app", "instances": [{"attributes": {"environment": "hunter2"}}]}
    return json.dumps({"version": 4, "resources": [resource, secret]})


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "list.txt").write_text(LIST, encoding="utf-8")
    (tmp_path / "live.yml").write_text(SEED, encoding="utf-8")
    (tmp_path / "s.tfstate").write_text(state_of(("g1", "g2"), ("gone", "g2")), encoding="utf-8")
    return tmp_path


def test_an_import_adds_and_the_plan_of_it_takes_nothing_away(folder):
    done = c2c("import", "list.txt", "-o", "policies", "--format", "json", cwd=folder)
    assert done.code == 0, done.err
    assert done.json["files"] == ["policies/acme/payments.yml"]
    assert [(item["origin"]["line"], "2222" in item["what"]) for item in done.json["not_imported"]] == [(5, True)]
    plan = c2c("plan", "--live", "live.yml", "--format", "json", cwd=folder).json
    assert [item["address"] for item in plan["changes"]] == ["acme/web/frontend -> acme/payments/ledger tcp/61443"]
    again = c2c("import", "list.txt", "-o", "policies", "--format", "json", cwd=folder)
    assert (again.code, again.json["files"]) == (0, [])


def test_nothing_is_overwritten_and_merge_adds(folder):
    assert c2c("import", "list.txt", "-o", "policies", cwd=folder).code == 0
    file = folder / "policies/acme/payments.yml"
    before = file.read_text(encoding="utf-8")
    arguments = ("import", "s.tfstate", "--live", "live.yml", "-o", "policies")
    refused = c2c(*arguments, cwd=folder)
    assert (refused.code, file.read_text(encoding="utf-8")) == (1, before)
    assert "--merge" in refused.err
    merged = c2c(*arguments, "--merge", cwd=folder)
    assert merged.code == 0, merged.err
    after = file.read_text(encoding="utf-8")
    assert all(line in after.splitlines() for line in before.splitlines() if "TODO" not in line)
    assert "port: 8080" in after
    assert c2c(*arguments, "--merge", "--format", "json", cwd=folder).json["files"] == []


def test_nothing_is_written_through_a_link_out_of_the_folder(folder):
    (folder / "policies/acme").mkdir(parents=True)
    (folder / "policies/acme/payments.yml").symlink_to("../../not-there-yet.yml")
    refused = c2c("import", "list.txt", "-o", "policies", cwd=folder)
    assert refused.code == 1
    assert "a link leads out of it: nothing was written" in refused.err
    assert not (folder / "not-there-yet.yml").exists()


def test_a_guid_without_a_name_is_listed_with_its_place_and_no_secret_is_shown(folder):
    done = c2c("import", "s.tfstate", "--live", "live.yml", "-o", "policies", cwd=folder)
    assert done.code == 0, done.err
    assert "s.tfstate:1:" in done.out
    text = (folder / "policies/acme/payments.yml").read_text(encoding="utf-8")
    assert "# Not imported, s.tfstate:1:" in text
    assert "(app gone)" in text
    assert "hunter2" not in done.out + done.err + text
    alone = c2c("import", "s.tfstate", "-o", "elsewhere", cwd=folder)
    assert alone.code == 0
    assert "--live" in alone.err
    assert "2 not imported" in alone.out
    assert not (folder / "elsewhere").exists() or not list((folder / "elsewhere").iterdir())


def test_the_foundation_names_guids_where_there_is_one(folder):
    with served(folder / "live.yml") as url:
        done = c2c("import", "s.tfstate", "-o", "policies", cwd=folder, env=signed_in(folder, url))
    assert done.code == 0, done.err
    assert "1 file written for 1 space, 1 app, 1 policy; 1 not imported." in done.out


def test_all_problems_of_all_files_are_told_and_nothing_is_written(folder):
    (folder / "bad.txt").write_text("hello\n", encoding="utf-8")
    (folder / "bad.tf").write_text('resource "x" {\n', encoding="utf-8")
    refused = c2c("import", "bad.txt", "bad.tf", "gone.txt", "list.txt", "-o", "policies", cwd=folder)
    assert refused.code == 1
    for code in ("unknown-format", "hcl-syntax", "path-not-found"):
        assert f"error[{code}]" in refused.err
    (folder / "empty").mkdir()
    assert "no *.tf file" in c2c("import", "empty", "-o", "policies", cwd=folder).err
    assert not (folder / "policies").exists()


def test_a_folder_is_a_terraform_module_and_standard_input_a_file(folder):
    (folder / "infra").mkdir()
    (folder / "infra/apps.tf").write_text(
        'resource "cloudfoundry_app" "a" {\n name = "a"\n space_name = "web"\n org_name = "acme"\n}\n', encoding="utf-8"
    )
    (folder / "infra/policies.tf").write_text(
        'resource "cloudfoundry_network_policy" "p" {\n policies = [{source_app = cloudfoundry_app.a.id, '
        "destination_app = cloudfoundry_app.a.id, port = 80}]\n}\n",
        encoding="utf-8",
    )
    done = c2c("import", "infra", "-o", "policies", cwd=folder)
    assert "1 policy; 0 not imported" in done.out, done.err
    with (folder / "list.txt").open("rb") as stream:
        piped = c2c("import", "-", "-o", "piped", cwd=folder, stdin=stream.fileno())
    assert "<stdin>:5:1: " in piped.out, piped.err


def test_app_manifests_go_out_and_come_back(folder):
    live = ROOT / "demo/foundation.yml"
    out = c2c("export", "--live", live, "--to", "rfc-0034", "-o", "rfc", "--format", "json", cwd=folder)
    assert out.code == 0, out.err
    assert "rfc/acme/payments.yml" in out.json["files"]
    assert any(item["left_out"] for item in out.json["spaces"])
    assert c2c("export", "--live", live, "--to", "rfc-0034", "-o", "rfc", cwd=folder).code == 0
    assert c2c("export", "--live", live, "--to", "rfc-0034", "--merge", "-o", "rfc", cwd=folder).code == 1
    for space in ("acme/payments", "acme/web"):
        done = c2c("import", "--space", space, "--live", live, f"rfc/{space}.yml", "-o", "back", cwd=folder)
        assert done.code == 0, done.err
        plan = c2c("plan", "back", "--live", live, "--format", "json", cwd=folder).json
        assert plan["changes"] == []


def test_app_manifests_of_several_spaces_are_imported_at_once(folder):
    live = ROOT / "demo/foundation.yml"
    assert c2c("export", "--live", live, "--to", "rfc-0034", "-o", "rfc", cwd=folder).code == 0
    files = ("rfc/acme/payments.yml", "rfc/acme/web.yml")
    done = c2c("import", *files, "--live", live, "-o", "back", "--format", "json", cwd=folder)
    assert [item["space"] for item in done.json["spaces"]] == ["acme/payments", "acme/web"], done.err
    assert c2c("plan", "back", "--live", live, "--format", "json", cwd=folder).json["changes"] == []
    wrong = c2c("import", *files, "--space", "ACME/web", "-o", "wrong", cwd=folder)
    assert wrong.code == 1
    assert wrong.err.count("error[contradicting-space]") == 1
    assert "says that it is for acme/payments, and --space says ACME/web" in wrong.err
    assert not (folder / "wrong").exists()


def test_files_of_which_nothing_could_be_imported_are_a_warning(folder):
    (folder / "gone.tfstate").write_text(state_of(("gone", "g2"), ("g1", "gone")), encoding="utf-8")
    arguments = ("import", "gone.tfstate", "--live", "live.yml", "-o", "policies")
    done = c2c(*arguments, cwd=folder)
    assert (done.code, (folder / "policies").exists()) == (0, False)
    assert "warning[nothing-to-import] nothing that these files declare could be imported: 2 not" in done.err
    assert "0 files written for 0 spaces, 0 apps, 0 policies; 2 not imported." in done.out
    told = c2c(*arguments, "--format", "json", cwd=folder).json["diagnostics"]
    assert [item["code"] for item in told] == ["nothing-to-import"]


def test_wrong_usage_is_told(folder):
    assert c2c("import", "list.txt", "-o", "x", "--space", "acme/*", cwd=folder).code == 1
    assert c2c("import", "list.txt", "-o", "x", "--from", "excel", cwd=folder).code == 1
    assert c2c("import", "-o", "x", cwd=folder, env=environment(folder)).code == 1
