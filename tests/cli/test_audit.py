"""`c2c audit` as its users run it."""

import json

import pytest
from support.command import c2c, environment
from support.scenarios import HEADER, web

LIVE = "apiVersion: c2c/v1\nkind: Snapshot\n" + web(
    "shop",
    "old",
    policies=("old -> shop tcp/8080",),
    routes=("{host: shop, domain: apps.internal, destinations: [shop]}",),
)


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "policies").mkdir()
    (tmp_path / "policies" / "web.yml").write_text(HEADER + "apps:\n  - name: shop\n    routes: [shop.apps.internal]\n")
    (tmp_path / "live.yml").write_text(LIVE)
    return tmp_path


def audit(folder, *arguments: str):
    return c2c("audit", *arguments, cwd=folder, env=environment(folder))


def test_passes_where_nothing_is_forbidden(folder):
    found = audit(folder, "--live", "live.yml")
    assert (found.code, found.err) == (0, "")
    assert found.out.splitlines()[-1] == "Passed: 0 denied, 0 warnings, 0 notes; 1 policy looked at."


def test_names_a_guardrail_that_is_about_nothing(folder):
    rule = """apiVersion: c2c/v1
kind: Guardrail
name: closed
enforcement: audit
match: {destination: {space: wbe}}
limits: {sources: []}
"""
    (folder / "policies" / "closed.yml").write_text(rule)
    found = audit(folder, "--live", "live.yml")
    assert found.code == 0
    assert "the guardrail `closed` is about nothing: no app fits its `destination`" in " ".join(found.out.split())
    assert found.out.splitlines()[-1] == "Passed: 0 denied, 0 warnings, 1 note; 1 policy looked at."
    (folder / "policies" / "closed.yml").write_text(rule.replace("wbe", "web"))
    assert "is about nothing" not in audit(folder, "--live", "live.yml").out


def test_writes_json(folder):
    found = audit(folder, "--live", "live.yml", "--format", "json", "--as-of", "2026-11-20")
    assert found.code == 0
    assert found.json["foundation"] == "snapshot"
    assert found.json["summary"]["policies"] == 1
    assert audit(folder, "--live", "live.yml", "--format", "json", "--as-of", "2026-11-20").out == found.out


def test_writes_a_baseline_and_reads_it_again(folder):
    assert audit(folder, "--live", "live.yml", "--baseline", "known.json", "--write-baseline").code == 0
    assert json.loads((folder / "known.json").read_text()) == {"format_version": "1.0", "baseline": []}
    assert audit(folder, "--live", "live.yml", "--baseline", "known.json").code == 0


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--write-baseline",), "--write-baseline needs --baseline FILE"),
        (("--live", "live.yml", "--baseline", "none.json"), "none.json cannot be read"),
        (("--live", "live.yml", "--baseline", "live.yml"), "live.yml is not JSON"),
        (("--live", "live.yml", "--baseline", "/dev/zero"), "/dev/zero cannot be read: it is no regular file"),
        (("--live", "live.yml", "--baseline", "no/such/known.json", "--write-baseline"), "there is no folder no/such"),
        (("--live", "none.yml"), "none.yml"),
    ],
)  # fmt: skip
def test_tells_wrong_usage_in_words(folder, arguments, words):
    found = audit(folder, *arguments)
    assert (found.code, found.out) == (1, "")
    assert words in found.err
    assert "Traceback" not in found.err


MANY = 46
TLS_APPS = "\n".join(f"  - {{name: app{number}, ports: [{{name: api, tls: auto}}]}}" for number in range(MANY))
NEW = """apiVersion: c2c/v1
kind: Guardrail
name: closed
enforcement: deny
limits: {sources: []}
"""


class TestManyWarnings:
    """Warnings about the manifests enter no baseline, so every run tells them. They hide nothing that is new."""

    @pytest.fixture
    def many(self, folder):
        (folder / "policies" / "web.yml").write_text(f"{HEADER}apps:\n{TLS_APPS}\n")
        (folder / "policies" / "closed.yml").write_text(NEW)
        return folder

    def test_in_text_the_denial_comes_first_and_the_warnings_are_cut(self, many):
        found = audit(many, "--live", "live.yml")
        assert found.code == 3
        assert "denied[closed]" in found.out.split("\n\n")[1].splitlines()[0]
        warned = [line for line in found.out.splitlines() if "[auto-without-route]" in line]
        assert len(warned) == 21
        assert warned[-1] == f"warning[auto-without-route] {MANY - 20} more findings; --format json has them"

    def test_json_keeps_all_and_puts_the_worst_first(self, many):
        (many / "policies" / "idle.yml").write_text(
            NEW.replace("closed", "a").replace("limits", "match: {source: {app: nobody}}\nlimits")
        )
        found = audit(many, "--live", "live.yml", "--format", "json").json
        assert [item["code"] for item in found["notes"]].count("auto-without-route") == MANY
        order = ["deny", "warn", "audit"]
        for key in ("findings", "notes"):
            weights = [order.index(item["severity"]) for item in found[key]]
            assert weights == sorted(weights)

    @pytest.mark.parametrize("name", ["markdown", "github"])
    def test_elsewhere_the_denial_comes_first(self, many, name):
        text = audit(many, "--live", "live.yml", "--format", name).out
        assert text.index("closed") < text.index("auto-without-route")

    def test_a_plan_is_as_short(self, many):
        plan = c2c("plan", "--live", "live.yml", cwd=many, env=environment(many))
        assert plan.out.count("warning[auto-without-route]") == 21
        kept = c2c("plan", "--live", "live.yml", "--format", "json", cwd=many, env=environment(many)).json["findings"]
        assert [item["code"] for item in kept].count("auto-without-route") == MANY
