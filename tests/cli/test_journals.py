"""The journal of an apply: where it is, what is in it, and what happens where none can be written."""

from __future__ import annotations

import errno
import os

import pytest
from support.command import c2c, copy_example, served, signed_in
from support.embedded import client_of, embedded_foundation
from support.scenarios import TODAY, bundle_of
from support.site import SEED, USERS, site_at

from reconciler.cli.applying.carrying_out import Choices, carry_out
from reconciler.cli.applying.jobs import Job
from reconciler.cli.console import open_console
from reconciler.cli.files import journals
from reconciler.cli.files.journals import load_journal
from reconciler.flow.requests import PlanRequest


@pytest.fixture
def site(tmp_path):
    with site_at(tmp_path) as site:
        yield site


def test_it_is_beside_the_plan_and_tells_everything(site):
    plan = site.c2c("plan", "-o", "plan.json", "--format", "json").json
    applied = site.c2c("apply", "plan.json", "--yes", "--format", "json")
    assert applied.code == 0, applied.err
    assert applied.json["journal"] == "plan.json.journal"
    assert "the journal is plan.json.journal\nto undo this:  c2c rollback plan.json.journal\n" in applied.err
    assert not (site.folder / ".c2c").exists()
    opening, *events, ending = site.lines("plan.json.journal")
    assert opening["foundation"] == site.env["CF_API"]
    assert opening["plan"] == plan["digest"]
    assert opening["manifests"] == {"digest": plan["manifests"]["digest"], "paths": ["policies"]}
    assert len(opening["steps"]) == len(applied.json["result"]["done"])
    states = [(event["step"], event["state"]) for event in events]
    numbers = range(1, len(opening["steps"]) + 1)
    assert states == [(number, state) for number in numbers for state in ("started", "done")]
    assert ending["end"] == "finished"


def test_it_is_never_written_over_and_not_begun_for_nothing(site):
    site.c2c("plan", "-o", "plan.json")
    site.c2c("apply", "plan.json", "--yes", "--journal", "mine.log")
    first = (site.folder / "mine.log").read_bytes()
    nothing = site.c2c("apply", "plan.json", "--yes", "--format", "json")
    assert nothing.json["journal"] is None
    assert not (site.folder / "plan.json.journal").exists()

    site.cloud.allow("loadtest", "ledger", 9100)
    over = site.c2c("apply", "--yes", "--journal", "mine.log")
    assert over.code == 1
    assert "a journal is not written over mine.log" in over.err
    assert (site.folder / "mine.log").read_bytes() == first
    assert "loadtest -> ledger tcp/9100-9100" in site.cloud.allowed()

    (site.folder / "plan.json.journal").write_text("somebody's\n", encoding="utf-8")
    site.c2c("plan", "-o", "plan.json")
    applied = site.c2c("apply", "plan.json", "--yes", "--format", "json")
    assert applied.json["journal"] == "plan.json.2.journal"
    assert (site.folder / "plan.json.journal").read_text(encoding="utf-8") == "somebody's\n"


def test_without_a_saved_plan_it_is_in_a_folder_that_git_does_not_see(site):
    site.shell("git init --quiet")
    site.c2c("apply", "--yes")
    (journal,) = (site.folder / ".c2c/journals").iterdir()
    assert journal.suffix == ".journal"
    assert ".c2c" not in site.shell("git status --porcelain").stdout
    text = journal.read_text(encoding="utf-8")
    for foreign in ("LOG_LEVEL", "CF_PASSWORD", "bearer", '"admin"'):
        assert foreign not in text
    assert "/app/certs/bundle.pem" in text  # what an undo has to put back


def test_nothing_is_made_where_a_link_of_the_repository_leads(site):
    (site.folder / ".c2c").mkdir()
    (site.folder / ".c2c/.gitignore").symlink_to("../made")
    assert site.c2c("apply", "--yes").code == 0
    assert not (site.folder / "made").exists()


PLACES = {
    "below a file": ("--journal policies/foundation.yml/j", "Not a directory"),
    "a device": ("--journal /dev/full", "not written over /dev/full"),
    "no real folder": ("--journal /proc/c2c/j", "cannot be written"),
    "too long": (f"--journal {'j' * 300}", "File name too long"),
    "a name for plans": ("--journal j.json", "would be taken for a saved plan"),
    "a full disk": ("--journal j", "File too large"),
    "a full disk behind the usual place": ("", "File too large"),
    "a file in the usual place": ("", "cannot be written to .c2c/journals"),
}


def test_where_it_cannot_be_written_nothing_is_changed(site):
    before = site.cloud.world()
    for name, (option, words) in PLACES.items():
        if name == "a file in the usual place":
            site.shell("rm -rf .c2c && touch .c2c")
        limit = "ulimit -f 8; " if "full disk" in name else ""
        run = site.shell(f"{limit}c2c apply --yes {option}")
        assert run.returncode == 1, name
        assert words in run.stderr, name
        assert "internal error" not in run.stderr, name
        assert not list(site.folder.rglob("*.journal")), name
        assert not (site.folder / "j").exists(), name
    assert site.cloud.world() == before


def test_a_plan_is_saved_whole_or_not_at_all(site):
    site.c2c("plan", "-o", "plan.json")
    whole = (site.folder / "plan.json").read_bytes()
    for line, words in (
        ("ulimit -f 2; c2c plan -o plan.json", "the plan could not be saved"),
        ("c2c plan -o policies/foundation.yml/x.json", "policies/foundation.yml is no folder"),
    ):
        run = site.shell(line)
        assert run.returncode == 1
        assert words in run.stderr
        assert (site.folder / "plan.json").read_bytes() == whole
    assert not list(site.folder.glob(".plan*"))
    piped = site.shell("c2c plan -o /dev/stderr")
    assert piped.returncode == 0
    assert '"format_version": "1.0"' in piped.stderr


MANIFEST = """
apps:
  - name: api
    routes: [api.apps.internal]
    ports: [{name: http, tls: none, port: 8080}]
    ingress: [{from: caller, ports: [http]}]
  - name: caller
"""
WORLD = {
    "organizations": [{"name": "acme", "spaces": [{"name": "web", "apps": [{"name": "api"}, {"name": "caller"}]}]}]
}
BEFOREHAND = 3
"""What is flushed before the first step: the announcement, the room behind it, the folder."""


@pytest.mark.parametrize(
    ("flushed", "code", "made"),
    [
        pytest.param(0, 1, 0, id="at the first step"),
        pytest.param(1, 5, 1, id="at its outcome"),
        pytest.param(2, 5, 1, id="at the second step"),
        pytest.param(5, 0, 3, id="at the last outcome"),
    ],
)
def test_a_disk_that_becomes_full_stops_an_apply_before_its_next_call(
    tmp_path, monkeypatch, capsys, flushed, code, made
):
    foundation = embedded_foundation(WORLD)
    (tmp_path / "policies").mkdir()
    request = PlanRequest(bundle_of(tmp_path / "policies", MANIFEST).bundle, TODAY)
    journal = tmp_path / "j"
    left = [BEFOREHAND + flushed]
    flush = os.fsync

    def fsync(descriptor: int) -> None:
        if left[0] == 0:
            raise OSError(errno.ENOSPC, "No space left on device")
        left[0] -= 1
        flush(descriptor)

    monkeypatch.setattr(journals.os, "fsync", fsync)
    choices = Choices("text", 1, 0, yes=True, settle=False, clean_up=False)
    with client_of(foundation) as platform:
        found = carry_out(Job(request, journal=journal), platform, open_console(), choices)
    captured = capsys.readouterr()
    assert found == code
    assert "can no longer be written: No space left on device" in captured.err
    world = foundation.world
    mapped = sum(len(route.destinations) for route in world.routes.values())
    assert len(world.routes) + mapped + len(world.policies) == made
    assert captured.out.count("not done  ") == 3 - made
    assert (f"c2c apply --resume {journal}" in captured.err) == (code == 5)
    assert len(load_journal(journal).journal.made) >= made


def test_where_the_quota_is_full_that_comes_first(tmp_path):
    copy_example(tmp_path)
    with (tmp_path / SEED).open("a", encoding="utf-8") as seed:
        seed.write(f"settings: {{max_policies_per_app_source: 3}}\n{USERS}")
    with served(tmp_path / SEED) as url:
        env = signed_in(tmp_path, url) | {"CF_USERNAME": "dana", "CF_PASSWORD": "dana"}
        applied = c2c("apply", "--yes", "--journal", "it", cwd=tmp_path, env=env)
    assert applied.code == 5, applied.err
    hints = applied.err.partition("hint: ")[2]
    assert hints.startswith("the quota is full, and the same again is refused again: first have it raised")
    assert "hint: to finish it:  c2c apply --resume it" in hints
