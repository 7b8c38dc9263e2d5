"""`c2c validate` knows nothing of what is live, so a guardrail with `baseline: introduced` refuses nothing there."""

import pytest
from support.command import c2c, environment

SPACE = """
apiVersion: c2c/v1
kind: Space
org: acme
space: web
apps:
  - name: api
    ports: [{name: http, port: 8080, tls: none}, {name: more, port: 9100, tls: none}]
    ingress: [{from: [caller, other], ports: [http]}, {from: caller, ports: [more]}]
  - name: caller
  - name: other
"""
RULE = "---\napiVersion: c2c/v1\nkind: Guardrail\nname: rule\nenforcement: deny\nbaseline: introduced\n"
TLS = RULE + "limits: {tls: [auto], protocols: [udp]}\n"
WAIVER = "---\napiVersion: c2c/v1\nkind: Waiver\nname: excused\nguardrail: rule\nwhy: y\nowner: a\nuntil: 2026-12-31\n"
LIVE = """
apiVersion: c2c/v1
kind: Snapshot
organizations: [{name: acme, spaces: [{name: web, apps: [{name: api}, {name: caller}, {name: other}]}]}]
network_policies:
  - {source: acme/web/caller, destination: acme/web/api, protocol: tcp, ports: 8080}
  - {source: acme/web/other, destination: acme/web/api, protocol: tcp, ports: 8080}
  - {source: acme/web/caller, destination: acme/web/api, protocol: tcp, ports: 9100}
"""


def run(folder, text, *command):
    (folder / "web.yml").write_text(SPACE + text, encoding="utf-8")
    (folder / "foundation.snapshot").write_text(LIVE, encoding="utf-8")
    return c2c(*command, "web.yml", "--as-of", "2026-11-20", cwd=folder, env=environment(folder))


@pytest.mark.parametrize(
    ("limits", "counted"),
    [
        ("{tls: [auto], protocols: [udp]}", "3 policies"),
        ("{max_sources: 1}", "1 app"),
        ("{max_sources: 1, ports: ['8080']}", "1 policy and 1 app"),
        ("{expression: 'false'}", "3 policies"),
    ],
)
def test_one_note_says_how_much_would_break_it_if_it_were_new(tmp_path, limits, counted):
    found = run(tmp_path, f"{RULE}limits: {limits}\n", "validate")
    assert found.code == 0, found.out
    assert found.out.count("[rule]") == 0
    (note,) = [line for line in found.out.splitlines() if "note[guardrail-not-judged]" in line]
    assert f"; {counted} would break it if new" in note
    assert note.startswith(f"web.yml:{SPACE.count(chr(10)) + 4}:7: ")
    assert "`c2c plan`" in found.out


def test_json_says_the_same(tmp_path):
    found = run(tmp_path, TLS, "validate", "--format", "json")
    assert found.code == 0
    (note,) = [item for item in found.json["findings"] if item["code"] == "guardrail-not-judged"]
    assert note["severity"] == "audit"
    assert "3 policies would break it if new" in note["message"]
    assert not [item for item in found.json["findings"] if item["code"] == "rule"]


def test_nothing_is_said_of_a_guardrail_that_nothing_breaks(tmp_path):
    assert "rule" not in run(tmp_path, RULE + "limits: {tls: [none]}\n", "validate").out


def test_labels_are_reason_enough(tmp_path):
    found = run(tmp_path, RULE + 'match: {source: {labels: "!legacy"}}\nlimits: {tls: [auto]}\n', "validate")
    assert found.out.count("guardrail-not-judged") == 1
    assert "it hangs on labels" in found.out


@pytest.mark.parametrize("match", ["match: {source: {app: caller}}\n", "match: {source: {app: nobody}}\n"])
def test_a_waiver_is_neither_used_nor_unused(tmp_path, match):
    found = run(tmp_path, TLS + WAIVER + match, "validate")
    assert found.code == 0
    assert "excused" not in found.out
    assert f"; {1 if 'caller' in match else 3} polic" in found.out


def test_a_plan_refuses_what_is_new_and_only_that(tmp_path):
    plan = ("plan", "--live", "foundation.snapshot")
    assert run(tmp_path, TLS, *plan).code == 0
    added = SPACE.replace("{from: caller, ports: [more]}", "{from: [caller, other], ports: [more]}")
    (tmp_path / "added.yml").write_text(added + TLS, encoding="utf-8")
    refused = c2c("plan", "added.yml", "--live", "foundation.snapshot", cwd=tmp_path, env=environment(tmp_path))
    assert refused.code == 3
    assert "acme/web/other -> acme/web/api tcp/9100" in refused.out
    assert "acme/web/caller -> acme/web/api tcp/9100 is" not in refused.out


def test_what_is_pending_is_new(tmp_path):
    waiting = SPACE.replace("[caller, other]", "[caller, other, to-come]")
    (tmp_path / "waiting.yml").write_text(waiting + TLS, encoding="utf-8")
    (tmp_path / "foundation.snapshot").write_text(LIVE, encoding="utf-8")
    refused = c2c("plan", "waiting.yml", "--live", "foundation.snapshot", cwd=tmp_path, env=environment(tmp_path))
    assert refused.code == 3
    assert "it waits for an app that is not there yet" in refused.out
