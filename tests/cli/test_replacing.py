"""What a command may write over: a file of its own kind. All else is refused, before anything is asked."""

from __future__ import annotations

import os

import pytest
from support.command import c2c, copy_example, environment

MANIFEST = "apiVersion: c2c/v1\nkind: Space\norg: acme\nspace: web\napps: []\n"
SNAPSHOT = "apiVersion: c2c/v1\nkind: Snapshot\norganizations: []\nnetwork_policies: []\n"
BASELINE = '{"format_version": "1.0", "baseline": []}'
JOURNAL = '{"journal_version":"1.0","steps":[]}\n{"step":1,"state":"sta'
PLAN = '{"format_version": "1.0", "changes": []}'
NOBODY = "http://127.0.0.1:1"
"""A foundation that does not answer: what is refused in time never gets there."""

CONTENTS = {
    "is a manifest": MANIFEST,
    "is a manifest, two of them": f"{SNAPSHOT}---\n{MANIFEST}",
    "is a manifest, as JSON": '{"apiVersion": "c2c/v1", "kind": "Space"}',
    "is a manifest, with a mistake": f"{MANIFEST}  - : [\n",
    "is a snapshot": SNAPSHOT,
    "is a snapshot, as JSON": '{"apiVersion": "c2c/v1", "kind": "Snapshot"}',
    "is a baseline": BASELINE,
    "is the journal of an apply": JOURNAL,
    "is a saved plan": PLAN,
    "is the report of an apply": '{"format_version": "1.0", "changes": [], "result": {}}',
    "is not": "Dear diary\n",
    "is not, though it looks so": "apiVersion: snapshots.example.com/v1\nkind: Snapshot\n",
}


@pytest.fixture
def env(tmp_path):
    return environment(tmp_path, CF_API=NOBODY, CF_USERNAME="admin", CF_PASSWORD="admin")


def refused(outcome, file, text, words):
    assert outcome.code == 1
    assert outcome.out == ""
    assert f"over {file.name}, which {words}" in outcome.err
    assert "hint: name another file, or delete this one first" in outcome.err
    assert file.read_text(encoding="utf-8") == text


def words_for(case, wanted):
    return f"is not {wanted}" if case.startswith("is not") else case.partition(",")[0]


@pytest.mark.parametrize("case", [case for case in CONTENTS if "a snapshot" not in case])
def test_a_snapshot_replaces_a_snapshot_only(tmp_path, env, case):
    file = tmp_path / ("live.json" if "JSON" in case else "live.yml")
    file.write_text(CONTENTS[case], encoding="utf-8")
    outcome = c2c("snapshot", "-o", file.name, cwd=tmp_path, env=env)
    refused(outcome, file, CONTENTS[case], words_for(case, "a snapshot"))


@pytest.mark.parametrize("content", [SNAPSHOT, CONTENTS["is a snapshot, as JSON"], ""])
def test_a_snapshot_of_before_or_an_empty_file_is_no_hindrance(tmp_path, env, content):
    (tmp_path / "live.yml").write_text(content, encoding="utf-8")
    outcome = c2c("snapshot", "-o", "live.yml", cwd=tmp_path, env=env)
    assert "127.0.0.1 cannot be reached" in outcome.err


def test_a_link_is_what_it_leads_to(tmp_path, env):
    file = tmp_path / "dev.yml"
    file.write_text(MANIFEST, encoding="utf-8")
    (tmp_path / "live.yml").symlink_to(file)
    outcome = c2c("snapshot", "-o", "live.yml", cwd=tmp_path, env=env)
    assert "over live.yml, which is a manifest" in outcome.err
    assert file.read_text(encoding="utf-8") == MANIFEST


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_what_cannot_be_read_stays(tmp_path, env):
    file = tmp_path / "live.yml"
    file.write_text(SNAPSHOT, encoding="utf-8")
    file.chmod(0)
    outcome = c2c("snapshot", "-o", "live.yml", cwd=tmp_path, env=env)
    assert "which cannot be read: Permission denied" in outcome.err


class TestBaseline:
    @pytest.fixture
    def folder(self, tmp_path):
        copy_example(tmp_path)
        return tmp_path

    def write(self, folder, name, *more):
        return c2c("audit", "--live", "demo/foundation.yml", "--baseline", name, "--write-baseline", *more, cwd=folder)

    @pytest.mark.parametrize("case", [case for case in CONTENTS if "a baseline" not in case])
    def test_it_replaces_a_baseline_only(self, tmp_path, env, case):
        file = tmp_path / "known.json"
        file.write_text(CONTENTS[case], encoding="utf-8")
        outcome = c2c("audit", "--baseline", "known.json", "--write-baseline", cwd=tmp_path, env=env)
        refused(outcome, file, CONTENTS[case], words_for(case, "a baseline"))

    def test_a_manifest_of_the_folder_stays_a_manifest(self, folder):
        before = (folder / "policies/acme/payments.yml").read_bytes()
        outcome = self.write(folder, "policies/acme/payments.yml")
        assert outcome.code == 1
        assert "a baseline is not written over policies/acme/payments.yml, which is a manifest" in outcome.err
        assert (folder / "policies/acme/payments.yml").read_bytes() == before

    @pytest.mark.parametrize("before", [None, "", BASELINE])
    def test_its_own_kind_is_renewed(self, folder, before):
        if before is not None:
            (folder / "known.json").write_text(before, encoding="utf-8")
        assert self.write(folder, "known.json").code == 0
        assert self.write(folder, "known.json").code == 0
        assert '"baseline": [\n' in (folder / "known.json").read_text(encoding="utf-8")

    def test_the_audit_is_another_file(self, folder):
        outcome = self.write(folder, "known.json", "-o", "known.json")
        assert outcome.code == 1
        assert "named twice" in outcome.err
        assert not (folder / "known.json").exists()


REPORTS = [("plan", "missing"), ("audit", "missing"), ("validate", "missing"), ("rollback", "x"), ("show", "x")]


class TestReports:
    @pytest.mark.parametrize("command", REPORTS, ids=[words[0] for words in REPORTS])
    def test_no_report_takes_the_place_of_a_baseline(self, tmp_path, env, command):
        file = tmp_path / "it.json"
        file.write_text(BASELINE, encoding="utf-8")
        refused(c2c(*command, "-o", "it.json", cwd=tmp_path, env=env), file, BASELINE, "is a baseline")

    @pytest.mark.parametrize("case", ["is a manifest, as JSON", "is a snapshot, as JSON"])
    def test_no_report_takes_the_place_of_a_document(self, tmp_path, env, case):
        file = tmp_path / "it.json"
        file.write_text(CONTENTS[case], encoding="utf-8")
        outcome = c2c("plan", "-o", "it.json", cwd=tmp_path, env=env)
        refused(outcome, file, CONTENTS[case], words_for(case, "a report"))

    @pytest.mark.parametrize("name", ["it.json", "it.txt", "it.md"])
    def test_no_report_takes_the_place_of_a_journal(self, tmp_path, env, name):
        file = tmp_path / name
        file.write_text(JOURNAL, encoding="utf-8")
        refused(c2c("plan", "-o", name, cwd=tmp_path, env=env), file, JOURNAL, "is the journal of an apply")

    @pytest.mark.parametrize(
        ("name", "content"),
        [("it.json", PLAN), ("it.json", "{}"), ("it.md", f"# How to\n\n{MANIFEST}"), ("it.txt", "-")],
    )
    def test_what_reports_always_replaced_they_replace(self, tmp_path, name, content):
        (tmp_path / name).write_text(content, encoding="utf-8")
        (tmp_path / "web.yml").write_text(MANIFEST, encoding="utf-8")
        (tmp_path / "live.yml").write_text(SNAPSHOT, encoding="utf-8")
        outcome = c2c("plan", "web.yml", "--live", "live.yml", "-o", name, cwd=tmp_path)
        assert outcome.code == 0, outcome.err
        assert (tmp_path / name).read_text(encoding="utf-8") != content
