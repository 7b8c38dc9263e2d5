"""`c2c rollback` plans the exact inverse of an apply: what it did, where it still is as it left it."""

from __future__ import annotations

import pytest
from support.site import site_at


@pytest.fixture
def site(tmp_path):
    with site_at(tmp_path) as site:
        yield site


@pytest.fixture
def applied(site):
    """Apply the example, and give what was there before."""
    before = site.cloud.world()
    assert site.c2c("apply", "--yes", "--journal", "first.journal").code == 0
    return before


def test_it_brings_the_world_back_and_can_be_undone_itself(site, applied):
    after = site.cloud.world()
    assert after != applied

    refused = site.c2c("rollback", "first.journal", "-o", "undo.json")
    assert refused.code == 3
    assert "Rollback of first.journal for http://" in refused.out
    words = "if that is meant, add "
    option = refused.out[refused.out.index(words) + len(words) :].splitlines()[0].split()
    assert option[0] == "--max-revokes"

    planned = site.c2c("rollback", "first.journal", "-o", "undo.json", "--format", "json", *option)
    assert planned.code == 0
    assert planned.json["options"]["rollback_of"] == "first.journal"
    assert {change["reason"] for change in planned.json["changes"]} == {"rolled_back"}
    detailed = site.c2c("rollback", "first.journal", "--detailed-exitcode", *option)
    assert detailed.code == 2
    assert site.cloud.world() == after, "a plan changes nothing"

    unsaid = site.c2c("apply", "undo.json", "--yes")
    assert unsaid.code == 3
    undone = site.c2c("apply", "undo.json", "--yes", *option)
    assert undone.code == 0, undone.err
    assert "the live state is as before that apply" in undone.out
    assert site.cloud.world() == applied

    again = site.c2c("rollback", "first.journal", "--detailed-exitcode")
    assert again.code == 0, "nothing is left to undo"

    assert site.c2c("rollback", "undo.json.journal", "-o", "redo.json", "--max-revokes", "99").code == 0
    assert site.c2c("apply", "redo.json", "--yes", "--max-revokes", "99").code == 0
    assert site.cloud.world() == after
    assert site.changes() == []


@pytest.mark.usefixtures("applied")
def test_what_somebody_has_changed_since_stays_and_is_told(site):
    site.cloud.set("checkout", "SSL_CERT_FILE", "/mine.pem")
    site.cloud.forbid("frontend", "accounts", 61443)
    site.cloud.allow("debug-shell", "ledger", 1)
    site.cloud.delete("settlement")
    planned = site.c2c("rollback", "first.journal", "-o", "undo.json", "--max-revokes", "99")
    assert planned.code == 0, planned.err
    assert "acme/payments/checkout SSL_CERT_FILE has been changed since, so it stays as it is" in planned.out
    assert "- frontend -> accounts tcp/61443" not in planned.out
    assert site.c2c("apply", "undo.json", "--yes", "--max-revokes", "99").code == 0
    assert site.cloud.setting("checkout", "SSL_CERT_FILE") == "/mine.pem"
    assert site.cloud.setting("checkout", "REQUESTS_CA_BUNDLE") is None
    allowed = site.cloud.allowed()
    assert "frontend -> accounts tcp/61443-61443" not in allowed
    assert "frontend -> accounts tcp/8080-8080" in allowed
    assert "debug-shell -> ledger tcp/1-1" in allowed


@pytest.mark.usefixtures("applied")
def test_a_saved_rollback_binds_as_any_plan_does(site):
    site.c2c("rollback", "first.journal", "-o", "undo.json", "--max-revokes", "99")
    site.cloud.allow("debug-shell", "ledger", 1)
    moved = site.c2c("apply", "undo.json", "--yes", "--max-revokes", "99")
    assert moved.code == 4
    assert "the live state has changed" in moved.err


@pytest.mark.usefixtures("applied")
def test_a_journal_of_another_foundation_is_not_rolled_back_here(site):
    elsewhere = site.c2c("rollback", "first.journal", CF_API="http://127.0.0.1:1")
    assert elsewhere.code == 1
    assert f"CF_API says http://127.0.0.1:1, but {site.env['CF_API']} is named by the journal first.j" in elsewhere.err
