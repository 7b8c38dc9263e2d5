"""`c2c validate` knows no labels: what they decide it neither passes nor refuses."""

import pytest
from support.command import c2c, environment

SPACE = """
apiVersion: c2c/v1
kind: Space
org: acme
space: web
apps:
  - name: api
    ports: [{name: http, port: 8080, tls: none}]
    ingress: [{from: caller, ports: [http]}, {from: {labels: tier=web}, ports: [http]}]
  - name: caller
  - name: other
"""
RULE = "---\napiVersion: c2c/v1\nkind: Guardrail\nname: rule\nenforcement: deny\n"
TLS = RULE + "limits: {tls: [auto]}\n"
WAIVER = "---\napiVersion: c2c/v1\nkind: Waiver\nname: excused\nguardrail: rule\nwhy: why\nowner: team\n"
EXPECTATION = "---\napiVersion: c2c/v1\nkind: Expectation\nname: rule\nexpect:\n"


def validate(folder, text):
    (folder / "web.yml").write_text(SPACE + text)
    return c2c("validate", "web.yml", "--as-of", "2026-11-20", cwd=folder, env=environment(folder))


@pytest.mark.parametrize(
    "text",
    [
        RULE + 'match: {source: {labels: "!legacy"}}\nlimits: {tls: [auto]}\n',
        RULE + "limits: {expression: \"'tier' in source.labels\"}\n",
        TLS + WAIVER + "match: {source: {labels: tier=web}}\nuntil: 2026-12-31\n",
        EXPECTATION + "  - {from: acme/web/other, to: acme/web/api, allowed: true}\n",
        EXPECTATION + "  - {from: acme/web/other, to: acme/web/api, allowed: false}\n",
        EXPECTATION + "  - {to: acme/web/api, only_from: [acme/web/caller]}\n",
    ],
)
def test_what_labels_decide_is_not_judged(tmp_path, text):
    found = validate(tmp_path, text)
    assert found.code == 0
    assert "-not-judged] rule: not judged without a platform: " in found.out
    assert "denied[" not in found.out


@pytest.mark.parametrize(
    "text",
    [
        TLS,
        TLS + WAIVER + "match: {source: {labels: tier=web}}\nuntil: 2026-11-10\n",
        EXPECTATION + "  - {from: acme/web/caller, to: acme/web/api, allowed: false}\n",
        EXPECTATION + "  - {from: acme/web/api, to: acme/web/other, allowed: true}\n",
    ],
)
def test_what_is_certain_is_refused(tmp_path, text):
    found = validate(tmp_path, text)
    assert found.code == 3
    assert "denied[rule]" in found.out


def test_what_is_shown_is_counted(tmp_path):
    found = validate(tmp_path, TLS)
    assert found.out.splitlines()[-1].startswith("Refused: 1 file, 1 space, 3 apps; 1 denied, 0 warnings, ")
