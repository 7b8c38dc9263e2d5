"""Guardrails in the whole flow: in plans, in audits, and on the command line."""

import json

import pytest
import yaml
from support.guarded import guardrail, waiver
from support.scenarios import TODAY, bundle_of, web

from reconciler.cli.plan_formats import PLAIN_LOOK, render_plan
from reconciler.errors import UsageError
from reconciler.flow.auditing import audit_live
from reconciler.flow.loading import checked_bundle
from reconciler.flow.plans import plan_against
from reconciler.flow.requests import PlanRequest
from reconciler.guardrails.audit import Audited, make_audit
from reconciler.guardrails.baseline import Known, decode_baseline, encode_baseline
from reconciler.guardrails.verdict import pass_verdict
from reconciler.manifests.snapshots.live import live_state_of
from reconciler.model.finding import Finding, Severity
from reconciler.model.guardrail import Required
from reconciler.model.network import Network
from reconciler.model.policies import PolicyMap
from reconciler.model.ports import TlsMode
from reconciler.planning.plan import ManifestsVersion
from reconciler.report.audit_json import render_audit_json
from reconciler.report.audit_text import render_audit_text
from reconciler.report.plan_json import render_plan_json
from reconciler.report.plan_text import render_plan_text

APPS = """\
apps:
  - name: ledger
    ports: [{name: metrics, port: 9100, tls: none}, {name: admin, port: 8443, tls: manual}]
    ingress:
      - {from: shop, ports: [metrics]}
      - {from: shop, ports: [admin], why: NET-1}
"""
TLS = guardrail("over-tls", tls=(TlsMode.AUTO, TlsMode.MANUAL))
LIVE = web(
    "ledger", "shop", "old", policies=("old -> ledger tcp/8080", "old -> shop tcp/8080", "shop -> ledger tcp/8443")
)


def given(folder, *guardrails, waivers=(), apps=APPS) -> PlanRequest:
    loaded = bundle_of(folder, apps)
    bundle = loaded.bundle._replace(guardrails=guardrails, waivers=waivers)
    return PlanRequest(bundle, TODAY, loaded.diagnostics)


def live(text: str = LIVE):
    return live_state_of(yaml.safe_load(text))


def test_a_plan_is_judged_by_the_world_it_leaves_behind(tmp_path):
    plan = plan_against(given(tmp_path, TLS), live())
    assert plan.is_refused
    assert [(item.code, item.subject) for item in plan.findings if item.limit] == [
        ("over-tls", "acme/web/shop -> acme/web/ledger tcp/9100"),  # to be created
        ("over-tls", "acme/web/old -> acme/web/shop tcp/8080"),  # foreign, and nobody knows what it speaks
    ]
    assert plan.findings[0].origin.line == 9


def test_introduced_leaves_the_old_world_alone(tmp_path):
    plan = plan_against(given(tmp_path, TLS._replace(introduced=True)), live())
    assert [item.subject for item in plan.findings if item.limit] == ["acme/web/shop -> acme/web/ledger tcp/9100"]


def test_a_wrong_expression_is_told_beside_whatever_else_is_wrong(tmp_path):
    (tmp_path / "rule.yml").write_text(
        "apiVersion: c2c/v1\nkind: Guardrail\nname: a\nenforcement: deny\n"
        "match: {source: {labels: '='}}\nlimits: {expression: 'soruce.org'}\n"
    )
    (tmp_path / "shape.yml").write_text(
        "apiVersion: c2c/v1\nkind: Template\nname: t\napp: {trust: system}\nlimits: {expression: 'soruce.org'}\n"
    )
    (tmp_path / "space.yml").write_text("apiVersion: c2c/v1\nkind: Space\norg: acme\nspace: web\nappps: []\n")
    found = checked_bundle((str(tmp_path),), today=TODAY).diagnostics
    assert [(item.span.line, item.code) for item in found] == [
        (5, "bad-selector"),
        (6, "bad-expression"),
        (5, "bad-expression"),
        (5, "unknown-key"),
    ]
    assert "`template t`" in found[2].message


@pytest.mark.parametrize(("enforcement", "refused"), [("warn", False), ("audit", False), ("deny", True)])
def test_only_a_denial_refuses(tmp_path, enforcement, refused):
    plan = plan_against(given(tmp_path, TLS._replace(enforcement=Severity(enforcement))), live())
    assert plan.is_refused is refused
    assert {item.severity for item in plan.findings if item.limit} == {enforcement}


def test_blanks_are_neither_a_reason_nor_an_owner(tmp_path):
    rule = guardrail("explained", require=(Required.WHY, Required.OWNER))
    words = "owner: '  '\n" + APPS.replace("why: NET-1", "why: '  '")
    told = [item.message for item in plan_against(given(tmp_path, rule, apps=words), live()).findings if item.limit]
    assert [message for message in told if "tcp/8443" in message] == [
        "`require`: acme/web/shop -> acme/web/ledger tcp/8443 has no why or owner"
    ]


def test_waivers_are_counted_in_every_report(tmp_path):
    plan = plan_against(given(tmp_path, TLS, waivers=(waiver(of="over-tls"), waiver(name="spare", of="over"))), live())
    assert not plan.is_refused
    assert [(item.name, item.count) for item in plan.waivers] == [("let-pass", 2)]
    text, encoded = render_plan_text(plan), json.loads(render_plan_json(plan))
    assert "let-pass: 2 findings of over-tls, until 2026-11-20: RISK-88  policies/waivers.yml:3" in text
    assert encoded["waivers"][0]["count"] == 2
    for name in ("sarif", "junit", "github"):
        assert ", 1 waiver used." in render_plan(plan, name, PLAIN_LOOK)
    assert [item["code"] for item in encoded["findings"] if item["severity"] == "warn"] == ["waiver-unused"]


def test_the_reports_name_rule_limit_subject_and_line(tmp_path):
    plan = plan_against(given(tmp_path, TLS), live())
    text, findings = render_plan_text(plan), json.loads(render_plan_json(plan))["findings"]
    found, other = (item for item in findings if item["limit"])
    assert "0.yml:9:9: denied[over-tls] `tls`: acme/web/shop -> acme/web/ledger tcp/9100 is plaintext" in text
    assert "    rule: policies/guardrails.yml:9:3\n    hint: declare the port with `tls: auto` or `tls: manual`" in text
    assert (found["limit"], found["subject"]) == ("tls", "acme/web/shop -> acme/web/ledger tcp/9100")
    assert found["rule"] == other["origin"] == {"file": "policies/guardrails.yml", "line": 9, "column": 3}


def test_text_shows_the_first_of_many(tmp_path):
    crowd = web(
        "shop", *(f"c{number:03}" for number in range(90)), policies=tuple(f"c{n:03} -> shop tcp/1" for n in range(90))
    )
    text = render_plan_text(plan_against(given(tmp_path, TLS, apps="apps: []\n"), live(crowd)))
    assert text.count("may be plaintext") == 20
    assert "denied[over-tls] `tls`: 70 more findings; --format json has them" in text


def test_an_audit_judges_every_live_policy_with_what_its_entries_say(tmp_path):
    found = audit_live(given(tmp_path, TLS), live())
    assert [item.subject for item in found.findings if item.limit] == [
        "acme/web/old -> acme/web/ledger tcp/8080",
        "acme/web/old -> acme/web/shop tcp/8080",
    ]
    assert found.is_refused
    assert (found.counts[Severity.DENY], found.subject.policies) == (2, 3)


def test_only_what_the_baseline_does_not_know_is_new(tmp_path):
    request = given(tmp_path, TLS)
    first = audit_live(request, live(), baseline=None)
    assert (first.is_refused, first.findings) == (False, ())
    assert len([item for item in first.violations if item.limit]) == 2
    known = decode_baseline(json.loads(json.dumps(encode_baseline(first.violations))))
    assert known == first.violations
    again = audit_live(request, live(), baseline=known | {Known("over-tls", "tls", "gone")})
    assert (again.is_refused, again.findings, again.gone) == (False, (), 1)
    more = audit_live(
        request, live(LIVE + "  - {source: acme/web/shop, destination: acme/web/old, ports: 1}\n"), baseline=known
    )
    assert more.is_refused
    assert [item.subject for item in more.findings if item.limit] == ["acme/web/shop -> acme/web/old tcp/1"]


def test_what_could_not_be_judged_is_never_known(tmp_path):
    request = given(tmp_path, guardrail(expression="source.labels.tier == 'a'"))
    found = audit_live(request, live(), baseline=None)
    assert found.is_refused
    assert not [item for item in found.violations if item.limit]
    assert len([item for item in found.findings if item.limit]) == 3


def test_findings_of_others_count_like_those_of_guardrails(tmp_path):
    subject = Audited("snapshot", None, ManifestsVersion("sha256:0"), 0)
    unmet = Finding(Severity.DENY, "private", "a reaches b")
    nothing = pass_verdict(given(tmp_path).bundle, Network(PolicyMap.of()), today=TODAY)
    found = make_audit(subject, nothing, expectations=(unmet,))
    assert (found.is_refused, found.findings) == (True, (unmet,))
    assert not make_audit(subject, nothing, expectations=(unmet,), baseline=found.violations).is_refused


def test_a_known_finding_is_known_by_its_subject_and_without_one_by_its_words(tmp_path):
    subject = Audited("snapshot", None, ManifestsVersion("sha256:0"), 0)
    nothing = pass_verdict(given(tmp_path).bundle, Network(PolicyMap.of()), today=TODAY)
    before = (Finding(Severity.WARN, "x", "3 callers", subject="a/b/c"), Finding(Severity.WARN, "y", "a reaches b"))
    known = make_audit(subject, nothing, expectations=before, baseline=None).violations
    after = (Finding(Severity.WARN, "x", "4 callers", subject="a/b/c"), Finding(Severity.WARN, "y", "a reaches c"))
    assert make_audit(subject, nothing, expectations=after, baseline=known).findings == after[1:]


def test_an_audit_is_written_as_text_and_json(tmp_path):
    found = audit_live(given(tmp_path, TLS, waivers=(waiver(of="over-tls"), waiver(of="x"))), live())
    text = render_audit_text(found)
    assert text.endswith("Passed: 0 denied, 1 warning, 3 notes, 2 waived; 3 policies looked at.\n")
    encoded = json.loads(render_audit_json(found))
    assert encoded["summary"] == {
        "deny": 0, "warn": 1, "audit": 3, "known": 0, "gone": 0, "waived": 2, "policies": 3, "stale": 0,
    }  # fmt: skip
    assert encoded["findings"][0]["code"] == "waiver-unused"


@pytest.mark.parametrize("data", [[], {}, {"baseline": []}, {"format_version": "1.0", "baseline": [{"limit": "x"}]}])
def test_a_damaged_baseline_is_told_in_words(data):
    with pytest.raises(UsageError, match="baseline"):
        decode_baseline(data)
