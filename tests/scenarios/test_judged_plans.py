"""A plan says what it means, and is held against the expectations beside its manifests."""

from __future__ import annotations

from dataclasses import replace

import yaml
from support.networks import only
from support.scenarios import TODAY, bundle_of, web

from reconciler.diagnostics import Span
from reconciler.flow.plans import plan_against
from reconciler.flow.requests import PlanRequest
from reconciler.manifests.selectors import parse_selector
from reconciler.manifests.snapshots.live import live_state_of
from reconciler.model.expectation import Expectation, Reach
from reconciler.model.finding import Severity
from reconciler.model.guardrail import Guardrail, Limits, Match, Waiver
from reconciler.model.ports import TlsMode
from reconciler.model.selection import AppSelection
from reconciler.planning.codec import encode_plan
from reconciler.planning.digest import plan_digest

LINE = Span("expectations.yml", 5, 5)
MANIFEST = """
zone: cde
apps:
  - name: api
    routes: [api.apps.internal]
    ports: [{name: http, tls: auto}]
    ingress: [{from: caller, ports: [http]}]
  - name: caller
"""


def plan(folder, live, *expect, guardrails=(), manifest=MANIFEST):
    bundle = bundle_of(folder, manifest).bundle
    expectations = (Expectation("api-calls", expect, LINE),)
    judged = bundle._replace(expectations=expectations, guardrails=guardrails)
    return plan_against(PlanRequest(judged, TODAY), live_state_of(yaml.safe_load(live)))


def test_expectations_judge_the_world_after_the_plan(tmp_path):
    reach = Reach(only("caller"), only("api"), allowed=True, origin=LINE)
    assert not plan(tmp_path, web("api", "caller"), reach).is_refused
    refused = plan(tmp_path, web("api", "caller"), reach._replace(allowed=False))
    assert refused.is_refused
    assert [(item.code, item.origin) for item in refused.findings if item.severity == "deny"] == [("api-calls", LINE)]
    assert "0.yml:11" in refused.findings[0].message


def test_an_app_that_is_still_to_come_does_not_refuse_the_plan(tmp_path):
    reach = Reach(only("caller"), only("api"), allowed=True, origin=LINE)
    waiting = plan(tmp_path, web("caller"), reach)
    assert not waiting.is_refused
    assert [item.code for item in waiting.findings] == ["expectation-matches-nothing"]
    assert plan(tmp_path, web("caller"), reach._replace(destinations=only("typo"))).is_refused


def test_the_plan_says_what_it_means_and_the_digest_does_not_depend_on_it(tmp_path):
    found = plan(tmp_path, web("api", "caller", "stray", policies=("caller -> api tcp/8080", "stray -> api tcp/1")))
    assert [str(change) for change in found.connectivity] == [
        "acme/web/stray loses access to acme/web/api (tcp/1)",
        "acme/web/caller moves to TLS on the way to acme/web/api (tcp/8080 => tcp/61443)",
    ]
    assert plan_digest(replace(found, connectivity=())) == plan_digest(found)
    encoded = encode_plan(found)["connectivity"][1]
    assert (encoded["kind"], encoded["risk"], encoded["origin"][0]["line"]) == ("encrypted", "none", 11)
    assert encoded["gained"] == [{"protocol": "tcp", "start": 61443, "end": 61443, "tls": "auto"}]


def test_zones_that_guardrails_deny_ways_into_weigh_more(tmp_path):
    match = Match(destination=AppSelection(zone=("cde",)))
    deny = Guardrail("cde", Severity.DENY, match, Limits(), LINE)
    live = """
organizations:
  - name: acme
    spaces:
      - {name: web, apps: [{name: api}, {name: caller}]}
      - {name: outside, apps: [{name: probe}]}
"""
    manifest = MANIFEST.replace("from: caller", "from: [caller, outside/probe]")

    def risks(*guardrails) -> dict[str, str]:
        found = plan(tmp_path, live, guardrails=guardrails, manifest=manifest).connectivity
        return {change.source.app: change.risk.value for change in found}

    assert risks() == {"caller": "low", "probe": "low"}
    assert risks(deny) == {"caller": "low", "probe": "medium"}
    assert risks(deny._replace(enforcement=Severity.WARN)) == risks()


def test_a_waiver_for_what_is_pending_is_not_called_unused(tmp_path):
    rule = Guardrail("closed", Severity.DENY, Match(), Limits(sources=()), LINE)
    needed = Waiver("needed", "closed", Match(destination=only("api")), "why", TODAY, Span("waivers.yml", 1, 1))
    spare = needed._replace(name="spare", match=Match(destination=only("caller")), origin=Span("waivers.yml", 9, 1))
    bundle = bundle_of(tmp_path, MANIFEST).bundle._replace(guardrails=(rule,), waivers=(needed, spare))
    waiting = plan_against(PlanRequest(bundle, TODAY), live_state_of(yaml.safe_load(web("caller"))))
    assert waiting.pending
    assert [item.origin for item in waiting.findings if item.code == "waiver-unused"] == [spare.origin]


def test_what_waits_is_judged_before_it_comes(tmp_path):
    def said(live, *, source=(), waivers=(), **limits):
        rule = Guardrail("closed", Severity.DENY, Match(AppSelection(**dict(source))), Limits(**limits), LINE)
        bundle = bundle_of(tmp_path, MANIFEST).bundle._replace(guardrails=(rule,), waivers=waivers)
        made = plan_against(PlanRequest(bundle, TODAY), live_state_of(yaml.safe_load(live)))
        return [item.message for item in made.findings if item.severity == "deny"]

    waits = "; it waits for an app that is not there yet"
    for live in (web("caller"), web("api"), web("API"), web()):
        (told,) = said(live, sources=())
        assert told.startswith("`sources`: acme/web/caller -> acme/web/api tcp/61443 ")
        assert told.endswith(waits)
    (told,) = said(web("api", "caller"), sources=())
    assert waits not in told
    assert said(web("caller"), max_port_span=1) == []
    assert said(web("caller"), tls=(TlsMode.NONE,))
    assert said(web("caller"), source={"labels": (parse_selector("tier=web"),)}, sources=()) == []
    waiver = Waiver("needed", "closed", Match(destination=only("api")), "why", TODAY, Span("waivers.yml", 1, 1))
    assert said(web("caller"), waivers=(waiver,), sources=()) == []


def test_an_entry_that_stands_for_others_only_does_not_wait(tmp_path):
    rule = Guardrail("closed", Severity.DENY, Match(), Limits(sources=()), LINE)
    bundle = bundle_of(tmp_path, MANIFEST.replace("- name: api", "- name: api\n    match: [api-blue]")).bundle
    live = live_state_of(yaml.safe_load(web("api-blue", "caller")))
    found = plan_against(PlanRequest(bundle._replace(guardrails=(rule,)), TODAY), live).findings
    assert [item.subject for item in found if item.severity == "deny"] == [
        "acme/web/caller -> acme/web/api-blue tcp/61443"
    ]


def test_the_plan_knows_the_network_after_it_and_does_not_save_it(tmp_path):
    found = plan(tmp_path, web("api", "caller", "stray", policies=("stray -> api tcp/1",)))
    assert found.network is not None
    assert [str(policy) for policy in found.network.policies] == ["acme/web/caller -> acme/web/api tcp/61443"]
    assert {facts.zone for facts in found.network.apps.values()} == {"cde"}
    assert "network" not in encode_plan(found)
    assert replace(found, network=None) == found
