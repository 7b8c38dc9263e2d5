"""A file of c2c in the place of another one: what it is, and which command takes it."""

from __future__ import annotations

import pytest

from reconciler.cli.main import run

CONTENTS = {
    "seed.yml": "apiVersion: c2c/v1\nkind: Snapshot\norganizations: []\n",
    "before.json": '{"apiVersion": "c2c/v1", "kind": "Snapshot", "organizations": []}',
    "web.yml": "apiVersion: c2c/v1\nkind: Space\norg: acme\nspace: web\napps: []\n",
    "known.json": '{"format_version": "1.0", "baseline": []}',
    "plan.json.journal": '{"journal_version":"1.0"}\n{"step":1}\n',
    "plan.json": '{"format_version": "1.0", "changes": []}',
    "done.json": '{"format_version": "1.0", "changes": [], "result": {}}',
    "other.json": "{}",
}
JOURNALS_WANTED = {
    "seed.yml": ("seed.yml is a snapshot, not the journal of an apply", "`c2c plan --live seed.yml`"),
    "before.json": ("before.json is a snapshot, not the journal of an apply", "`c2c diff before.json live:`"),
    "web.yml": ("web.yml is a manifest, not the journal of an apply", "`c2c plan web.yml`"),
    "known.json": ("known.json is a baseline, not the journal of an apply", "`c2c audit --baseline known.json`"),
    "plan.json": ("plan.json is a saved plan; the journal of its apply is plan.json.journal", ""),
    "done.json": ("done.json is the report of an apply, not the journal of an apply", "no command takes it"),
    "other.json": ("other.json is not the journal of an apply", "`c2c apply` says where it writes one"),
    "missing.json": ("there is no journal at missing.json", "`c2c apply` says where it writes one"),
}
PLANS_WANTED = {
    "seed.yml": ("seed.yml is a snapshot, not a saved plan", "`c2c plan --live seed.yml`"),
    "before.json": ("before.json is a snapshot, not a saved plan", "`c2c plan --live before.json`"),
    "web.yml": ("web.yml is a manifest, not a saved plan", "`c2c plan web.yml`"),
    "known.json": ("known.json is a baseline, not a saved plan", "`c2c audit --baseline known.json`"),
    "plan.json.journal": (
        "plan.json.journal is the journal of an apply, not a saved plan",
        "`c2c apply --resume plan.json.journal`",
    ),
    "done.json": ("this is the report of an apply, not a saved plan", "c2c plan -o plan.json"),
    "other.json": ("this is not a saved plan", "c2c plan -o plan.json"),
}


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name, content in CONTENTS.items():
        (tmp_path / name).write_text(content, encoding="utf-8")


@pytest.mark.parametrize("name", JOURNALS_WANTED)
def test_where_a_journal_is_wanted(capsys, name):
    assert run(["rollback", name]) == 1
    told = capsys.readouterr().err
    assert all(words in told for words in JOURNALS_WANTED[name]), told


@pytest.mark.parametrize("command", [("show",), ("comment", "--github")], ids=["show", "comment"])
@pytest.mark.parametrize("name", PLANS_WANTED)
def test_where_a_saved_plan_is_wanted(capsys, command, name):
    assert run([*command, name]) == 1
    told = capsys.readouterr().err
    assert all(words in told for words in PLANS_WANTED[name]), told


@pytest.mark.parametrize("name", [name for name in PLANS_WANTED if name.endswith(".json")])
def test_where_a_saved_plan_is_to_be_applied(capsys, name):
    assert run(["apply", "--yes", name]) == 1
    told = capsys.readouterr().err
    assert all(words in told for words in PLANS_WANTED[name]), told


@pytest.mark.parametrize("name", ["known.json", "done.json"])
def test_where_manifests_are_wanted(capsys, name):
    assert run(["validate", name]) == 1
    assert ", not manifests" in capsys.readouterr().err
