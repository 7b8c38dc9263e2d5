from datetime import date

import hypothesis.strategies as st
import pytest
from hypothesis import given

from reconciler.diagnostics import has_errors
from reconciler.manifests.bundle import load_bundle
from reconciler.manifests.codes import CODES
from reconciler.manifests.space import SELF, Manages, Source
from reconciler.model.ports import PortRange, Protocol, TlsMode
from reconciler.model.scope import SpacePattern

TODAY = date(2026, 11, 20)
GOOD = """\
# yaml-language-server: $schema=../../schemas/v1/space.schema.json
apiVersion: c2c/v1
kind: Space
org: acme
space: payments
owner: team-payments
zone: cde
manages: apps
apps:
  - name: ledger
    match: [ledger, ledger-green, "ledger-blue*"]
    routes: [ledger.apps.internal]
    ports:
      - {name: api, tls: auto, plaintext_until: 2027-06-30}
      - {name: admin, port: 8443, tls: manual}
      - {name: gossip, port: 7000-7010, protocol: udp, tls: none}
    ingress:
      - from: checkout
        ports: [api]
      - from: acme/web/frontend
        ports: [api, admin]
        why: checkout flow, NET-1201
        until: 2027-01-31
      - from: [self, {org: acme, space: monitoring, app: "prometheus*"}, {space: batch, labels: "tier=worker,!legacy"}]
        ports: [gossip]
  - name: checkout
    trust: system
---
apiVersion: c2c/v1
kind: Foundation
name: prod-eu
api: https://api.sys.example.com
spaces: ["acme/*"]
internal_domains: [apps.internal]
limits: {max_revokes: 50, max_revoke_percent: 30}
"""
HEAD = "apiVersion: c2c/v1\nkind: Space\norg: acme\nspace: web\n"
PORTS = "    ports: [{name: http, port: 8080, tls: none}]\n"


@pytest.fixture
def load(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    def load(*texts, today=TODAY):
        for number, text in enumerate(texts):
            (tmp_path / f"{number}.yml").write_text(text)
        return load_bundle([f"{number}.yml" for number in range(len(texts))], today=today)

    return load


def test_a_good_manifest_says_nothing_and_keeps_everything(load):
    loaded = load(GOOD)
    assert loaded.diagnostics == ()
    (item,) = loaded.bundle.spaces
    space, (ledger, checkout) = item.value, item.value.apps
    assert (space.org, space.space, space.owner, space.zone, space.manages) == (
        "acme", "payments", "team-payments", "cde", Manages.APPS,
    )  # fmt: skip
    assert ledger.live_names == ("ledger", "ledger-green", "ledger-blue*")
    assert [(port.tls, port.port, port.range, port.protocol) for port in ledger.ports] == [
        (TlsMode.AUTO, None, PortRange(61443, 61443), Protocol.TCP),
        (TlsMode.MANUAL, PortRange(8443, 8443), PortRange(8443, 8443), Protocol.TCP),
        (TlsMode.NONE, PortRange(7000, 7010), PortRange(7000, 7010), Protocol.UDP),
    ]
    assert ledger.ports[0].plaintext_until == date(2027, 6, 30)
    assert [grant.sources for grant in ledger.ingress] == [
        (Source(app="checkout"),),
        (Source("acme", "web", "frontend"),),
        (SELF, Source("acme", "monitoring", "prometheus*"), Source(space="batch", labels="tier=worker,!legacy")),
    ]
    assert ledger.ingress[1].until == date(2027, 1, 31)
    assert (checkout.live_names, checkout.trust) == (("checkout",), "system")
    foundation = loaded.bundle.foundation.value
    assert foundation.spaces == (SpacePattern("acme", "*"),)
    assert (foundation.limits.max_revokes, foundation.limits.max_revoke_percent) == (50, 30)


def test_values_know_their_places(load):
    document = load(GOOD).bundle.spaces[0].document
    assert str(document.span("apps", 0, "ingress", 0, "from")) == "0.yml:18:15"
    assert str(document.span("apps", 0, "ingress", 2, "from", 1)) == "0.yml:24:22"
    assert str(document.key_span("apps", 1, "trust")) == "0.yml:27:5"


@pytest.mark.parametrize(
    ("text", "source"),
    [
        ("app", Source(app="app")),
        ("space/app", Source(space="space", app="app")),
        ("org/space/app", Source("org", "space", "app")),
        ("web/self", Source(space="web", app="self")),
        ("a%2Fb/50%25", Source(space="a/b", app="50%")),
        ("100%", Source(app="100%")),
        ("*/*/api-*", Source("*", "*", "api-*")),
    ],
)
def test_the_text_form_of_a_source(load, text, source):
    loaded = load(f"{HEAD}apps:\n  - name: a\n{PORTS}    ingress: [{{from: '{text}', ports: [http]}}]\n")
    assert loaded.bundle.spaces[0].value.apps[0].ingress[0].sources == (source,)


@pytest.mark.parametrize(
    "text",
    [
        HEAD + "manages: space\n",
        HEAD + "apps: []\n",
        HEAD + "apps: [{name: a}]\n---\n" + HEAD + "apps: [{name: b}]\n",
        HEAD + "apps: [{name: a, match: [a, A, 'a*']}]\n",
        HEAD + "apps: [{name: a, match: ['a*']}, {name: b, match: ['*b']}]\n",
        HEAD + "apps: [{name: a, routes: [x.apps.internal]}, {name: b, routes: [x.apps.internal]}]\n",
        HEAD + "apps: [{name: a, routes: [x.a.b], ports: [{name: h, tls: auto, port: 8080, protocol: tcp}]}]\n",
        HEAD
        + "apps: [{name: a, ports: [{name: h, port: 53, tls: none}, {name: u, port: 53, protocol: udp, tls: none}]}]\n",
        HEAD + f"apps:\n  - name: web1\n{PORTS}    ingress: [{{from: [web2, other, web/elsewhere], ports: [http]}}]\n",
        HEAD + f"apps:\n  - name: a\n    match: ['shop*']\n{PORTS}    ingress: [{{from: shopp, ports: [http]}}]\n",
        HEAD + f"apps:\n  - name: a\n{PORTS}    ingress: [{{from: b, ports: [http], until: 2026-12-05}}]\n",
        "",
        "# nothing yet\n",
    ],
)
def test_what_is_right_is_not_complained_about(load, text):
    loaded = load(text)
    assert loaded.diagnostics == ()
    assert loaded.bundle is not None


def test_warnings_do_not_refuse(load):
    loaded = load(GOOD, today=date(2027, 7, 1))
    assert [problem.code for problem in loaded.diagnostics] == ["expired", "expired"]
    assert loaded.bundle is not None


def test_documents_of_several_files_are_held_together(load):
    loaded = load(HEAD + "apps: [{name: a}]\n", HEAD + "apps: [{name: A}]\n")
    (problem,) = loaded.diagnostics
    assert (str(problem.span), str(problem.related[0])) == ("1.yml:5:15", "0.yml:5:15")


def test_an_app_in_two_files_may_be_one_of_two_foundations(load):
    twice = [problem for problem in load(GOOD, GOOD).diagnostics if problem.code == "duplicate-app"]
    assert twice
    assert all("name the folder of one at a time" in problem.hint for problem in twice)
    assert all("in the space `acme/" in problem.message for problem in twice)


def test_nothing_is_concluded_from_what_could_not_be_read(load):
    grant = f"apps:\n  - name: shop\n{PORTS}    ingress: [{{from: shopp, ports: [http]}}]\n"
    assert [problem.code for problem in load(HEAD + grant).diagnostics] == ["misspelt-source"]
    assert [problem.code for problem in load(HEAD + grant, HEAD + "apps: [{nme: shopp}]\n").diagnostics] == [
        "unknown-key"
    ]


WAIVER = "apiVersion: c2c/v1\nkind: Waiver\nname: w\nguardrail: nowhere\nwhy: x\nuntil: 2027-01-01\n"
USER = HEAD.replace("web", "shop") + "apps:\n  - name: a\n    template: {name: nowhere}\n"


@pytest.mark.parametrize(
    ("broken", "known"),
    [
        (HEAD + "apps:\n  - name: api\n    prots: []\n", {"unknown-guardrail", "unknown-template"}),
        ("apiVersion: c2c/v1\nkind: Guardrail\n", {"unknown-template"}),
        ("apiVersion: c2c/v1\nkind: Template\n", set()),
        ("apiVersion: c2c/v1\nkind: Tmeplate\n", set()),
        ("apiVersion: c2c/v1\nname: nowhere\n", set()),
        ("- a list\n", set()),
        ("not: [yaml\n", set()),
    ],
)
def test_a_document_that_is_wrong_hides_no_name_but_those_of_its_kind(load, broken, known):
    codes = {problem.code for problem in load(broken, WAIVER, USER).diagnostics}
    assert codes & {"unknown-guardrail", "unknown-template"} == known


def test_the_digest_covers_contents_wherever_the_files_lie(load, tmp_path):
    first = load(GOOD).bundle.digest
    assert first == load(GOOD).bundle.digest
    assert first.startswith("sha256:")
    assert len(first) == 71
    assert first != load(GOOD + "\n").bundle.digest
    (tmp_path / "x.yml").write_text(GOOD)
    assert first == load_bundle([str(tmp_path / "x.yml")], today=TODAY).bundle.digest


def test_loading_twice_says_the_same(load):
    bad = GOOD.replace("tls: manual", "tls: manul").replace("self", "a//b")
    assert load(bad, bad).diagnostics == load(bad, bad).diagnostics


CUTS = st.tuples(st.integers(0, len(GOOD)), st.integers(0, 12), st.text("ab1:-[]{},&*!'\"#\n \t~%", max_size=5))


@given(st.lists(CUTS, min_size=1, max_size=4))
def test_a_damaged_manifest_is_loaded_or_explained(tmp_path_factory, cuts):
    text = GOOD
    for start, length, put in cuts:
        text = text[:start] + put + text[start + length :]
    file = tmp_path_factory.getbasetemp() / "damaged.yml"
    file.write_text(text)
    loaded = load_bundle([str(file)], today=TODAY)
    assert (loaded.bundle is None) == has_errors(loaded.diagnostics)
    assert {problem.code for problem in loaded.diagnostics} <= set(CODES)
    lines = text.split("\n")
    for problem in loaded.diagnostics:
        assert 1 <= problem.span.line <= len(lines) + 1
        if problem.code != "yaml-syntax":
            assert problem.span.column <= len(lines[problem.span.line - 1]) + 1
