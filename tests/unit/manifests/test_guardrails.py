"""Guardrails, waivers and expectations as values: what the documents mean, and where it stands."""

from __future__ import annotations

from datetime import date

import pytest

from reconciler.manifests.bundle import load_bundle
from reconciler.manifests.selectors import parse_selector
from reconciler.model.expectation import OnlyFrom, Reach
from reconciler.model.finding import Severity
from reconciler.model.guardrail import Limits, Match, Required, Waiver
from reconciler.model.names import AppRef
from reconciler.model.network import AppFacts
from reconciler.model.ports import PortRange, Protocol, TlsMode
from reconciler.model.scope import AppPattern
from reconciler.model.selection import EVERY_APP, AppSelection

GUARDRAIL = """\
apiVersion: c2c/v1
kind: Guardrail
name: cde-over-tls
description: Cardholder data is only reached over TLS
enforcement: deny
baseline: introduced
match:
  source: {org: acme, space: "*", zone: [web, cde], labels: "tier=web"}
  destination: {zone: cde}
  direction: ingress
limits:
  tls: [auto, manual]
  protocols: [tcp]
  ports: ["8080", 61443, 9000-9100]
  max_port_span: 1
  same_space: false
  same_org: true
  same_zone: true
  sources: ["acme/web/*"]
  deny_sources: ["acme/sand%2Fbox/*"]
  max_sources: 0
  max_destinations: 10
  require: [why, until, owner]
  max_days: 90
  template: [private]
  routes: ["*.apps.internal"]
  expression: "source.org == destination.org || grant.why != ''"
---
apiVersion: c2c/v1
kind: Template
name: private
app: {ports: [{name: a, tls: auto}]}
"""
PLAIN = "apiVersion: c2c/v1\nkind: Guardrail\nname: g\nenforcement: audit\nlimits: {sources: [], routes: []}\n"


@pytest.fixture
def load(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    def load(text):
        (tmp_path / "x.yml").write_text(text)
        loaded = load_bundle(["x.yml"], today=date(2026, 11, 20))
        assert loaded.diagnostics == ()
        return loaded.bundle

    return load


def test_a_guardrail_with_everything(load):
    (guardrail,) = load(GUARDRAIL).guardrails
    assert (guardrail.name, guardrail.description, guardrail.enforcement, guardrail.introduced) == (
        "cde-over-tls",
        "Cardholder data is only reached over TLS",
        Severity.DENY,
        True,
    )
    source = AppSelection(org=("acme",), space=("*",), zone=("web", "cde"), labels=(parse_selector("tier=web"),))
    assert guardrail.match == Match(source, AppSelection(zone=("cde",)))
    assert guardrail.limits == Limits(
        tls=(TlsMode.AUTO, TlsMode.MANUAL),
        protocols=(Protocol.TCP,),
        ports=(PortRange(8080, 8080), PortRange(61443, 61443), PortRange(9000, 9100)),
        max_port_span=1,
        same_space=False,
        same_org=True,
        same_zone=True,
        sources=(AppPattern("acme", "web", "*"),),
        deny_sources=(AppPattern("acme", "sand/box", "*"),),
        max_sources=0,
        max_destinations=10,
        require=(Required.WHY, Required.UNTIL, Required.OWNER),
        max_days=90,
        template=("private",),
        routes=("*.apps.internal",),
        expression="source.org == destination.org || grant.why != ''",
    )
    assert str(guardrail.origin) == "x.yml:3:7"
    assert str(guardrail.place("expression")) == "x.yml:27:15"
    assert len(guardrail.places) == 16


def test_a_guardrail_that_says_little_means_every_policy_old_and_new(load):
    (guardrail,) = load(PLAIN).guardrails
    assert (guardrail.match, guardrail.introduced) == (Match(EVERY_APP, EVERY_APP), False)
    assert guardrail.limits == Limits(sources=(), routes=())


def test_a_waiver(load):
    text = "---\napiVersion: c2c/v1\nkind: Waiver\nname: w\nguardrail: g\nmatch: {source: {app: [batch, old]}}\n"
    (waiver,) = load(PLAIN + text + "why: RISK-88\nowner: us\nuntil: 2027-03-31\n").waivers
    match = Match(AppSelection(app=("batch", "old")))
    assert waiver == Waiver("w", "g", match, "RISK-88", date(2027, 3, 31), waiver.origin, "us")
    assert str(waiver.origin) == "x.yml:9:7"


def test_a_waiver_for_the_limits_of_a_template(load):
    template = GUARDRAIL.partition("---\n")[2] + "limits: {tls: [auto]}\n"
    text = "---\napiVersion: c2c/v1\nkind: Waiver\nname: w\nguardrail: template private\nwhy: x\nuntil: 2027-03-31\n"
    bundle = load(template + text)
    assert bundle.waivers[0].guardrail == bundle.guardrails[0].name


EXPECTATION = """\
apiVersion: c2c/v1
kind: Expectation
name: ledger-is-private
description: nobody else
expect:
  - {from: acme/web/frontend, to: acme/payments/ledger, port: 61443, protocol: tcp, allowed: true}
  - {from: [acme/web/*, {zone: public}], to: {zone: cde}, allowed: false, via: any}
  - {to: acme/payments/ledger, only_from: [acme/web/frontend, {org: acme, app: checkout}]}
  - {to: acme/payments/vault, only_from: [], port: 1-65535}
"""


def test_an_expectation_with_everything(load):
    (expectation,) = load(EXPECTATION).expectations
    assert (expectation.name, expectation.description, str(expectation.origin)) == (
        "ledger-is-private",
        "nobody else",
        "x.yml:3:7",
    )
    frontend, ledger = (
        AppSelection(("acme",), ("web",), ("frontend",)),
        AppSelection(("acme",), ("payments",), ("ledger",)),
    )
    several = AppSelection(("acme",), ("web",), ("*",), others=(AppSelection(zone=("public",)),))
    checkout, vault = AppSelection(org=("acme",), app=("checkout",)), AppSelection(("acme",), ("payments",), ("vault",))
    spans = [clause.origin for clause in expectation.expect]
    assert [(span.line, span.column) for span in spans] == [(6, 5), (7, 5), (8, 5), (9, 5)]
    assert expectation.expect == (
        Reach(frontend, ledger, True, spans[0], PortRange(61443, 61443), Protocol.TCP),
        Reach(several, AppSelection(zone=("cde",)), False, spans[1], through=True),
        OnlyFrom(ledger, (frontend, checkout), spans[2]),
        OnlyFrom(vault, (), spans[3], PortRange(1, 65535)),
    )


@pytest.mark.parametrize(
    ("org", "zone", "meant"),
    [("acme", None, True), ("globex", "public", True), ("globex", "cde", False), ("globex", None, False)],
)
def test_of_a_list_of_selections_any_counts(org, zone, meant):
    selection = AppSelection(org=("acme",), others=(AppSelection(zone=("public",)),))
    assert selection.matches(AppRef(org, "s", "a"), AppFacts(zone=zone)) is meant
