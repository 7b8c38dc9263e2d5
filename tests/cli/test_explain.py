from __future__ import annotations

import pytest
from support.command import c2c, copy_example, served, signed_in

LIVE = ("--live", "demo/foundation.yml", "--as-of", "2026-11-20")


@pytest.fixture
def folder(tmp_path):
    copy_example(tmp_path)
    return tmp_path


def test_on_line_it_finds_apps_that_no_manifest_names_and_reads_their_routes(folder):
    with served(folder / "demo/foundation.yml") as url:
        env = signed_in(folder, url)
        answer = c2c("explain", "frontend", "ledger", "61443", "--format", "json", cwd=folder, env=env)
        assert answer.code == 0, answer.err
        assert answer.json["allowed"] is True
        assert [item["standing"] for item in answer.json["policies"]] == ["in_place"]
        assert [name["address"] for name in answer.json["names"]] == ["https://ledger.apps.internal:61443"]
        outside = c2c(
            "explain", "acme/web/frontend", "globex/partners/order-archive", "--format", "json", cwd=folder, env=env
        )
        assert outside.code == 0, outside.err
        assert [item["gap"] for item in outside.json["missing"]] == ["policy", "route"]
        again = c2c("explain", "frontend", "ledger", "61443", "--format", "json", cwd=folder, env=env)
        assert again.out == answer.out


def test_manifests_alone_need_no_account(folder):
    answer = c2c("explain", "frontend", "card-vault", "--declared", "--format", "json", cwd=folder)
    assert answer.code == 0
    assert (answer.json["basis"], answer.json["allowed"], answer.json["allowed_after_plan"]) == (
        "manifests",
        False,
        None,
    )
    assert answer.json["chain"][-1]["destination"] == "acme/payments/card-vault"


def test_an_answer_of_no_is_an_answer(folder):
    answer = c2c("explain", "debug-shell", "card-vault", *LIVE, cwd=folder)
    assert answer.code == 0
    assert answer.out.startswith("acme/web/debug-shell -> acme/payments/card-vault: not allowed\n")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("frontend", "ledgr", *LIVE), "did you mean acme/payments/ledger?"),
        (("frontend", "ledger", "0", *LIVE), "ports go from 1 to 65535"),
        (("frontend", "ledger", "sctp/5", *LIVE), "write it like 61443, tcp/8080 or udp/7000-7010"),
        (("frontend", "ledger", "--declared", *LIVE), "--live looks at a snapshot"),
        (("frontend", "ledger", "--path", "nowhere", *LIVE), "nowhere"),
        (("frontend",), "DESTINATION"),
    ],
)
def test_wrong_usage_is_told_in_words(folder, arguments, words):
    answer = c2c("explain", *arguments, cwd=folder)
    assert answer.code == 1
    assert words in answer.err
