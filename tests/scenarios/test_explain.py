"""What `c2c explain` answers: one situation a test, manifests and a live state in, the answer out."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from textwrap import dedent

import pytest
import yaml
from support.scenarios import HEADER, TODAY, bundle_of, web

from reconciler.analysis.naming import CallQuestion
from reconciler.analysis.reachability import Asked
from reconciler.errors import UsageError
from reconciler.flow.explaining import explain_call_against, explain_declared_call
from reconciler.flow.requests import PlanRequest
from reconciler.manifests.snapshots.live import live_state_of
from reconciler.model.caller import Caller
from reconciler.model.explanation import Gap, Standing
from reconciler.model.names import SpaceRef
from reconciler.model.policies import PolicySet
from reconciler.model.ports import PortRange
from reconciler.report.explain_json import render_explanation_json
from reconciler.report.explain_text import render_explanation

API = """
apps:
  - name: api
    routes: [api.apps.internal]
    ports: [{name: http, tls: auto}]
    ingress: [{from: caller, ports: [http], why: orders}]
  - name: caller
"""
ROUTE = "{host: api, domain: apps.internal, destinations: [api]}"
TLS_POLICY = "caller -> api tcp/61443"


def asked(port: int | None, protocol: str = "tcp") -> Asked:
    return Asked() if port is None else Asked(PortRange(port, port), protocol)


def ask(folder, live, *documents, source="caller", destination="api", port=None, today=TODAY):
    question = CallQuestion(source, destination, asked(port))
    loaded = bundle_of(folder, *documents, today=today)
    snapshot = yaml.safe_load(dedent(live)) or {}
    return explain_call_against(question, PlanRequest(loaded.bundle, today), live_state_of(snapshot))


def gaps(answer) -> list[Gap]:
    return [item.gap for item in answer.missing]


def test_a_call_that_works_says_by_what(tmp_path):
    answer = ask(tmp_path, web("api", "caller", policies=(TLS_POLICY,), routes=(ROUTE,)), API, port=61443)
    assert (answer.allowed, answer.allowed_after_plan, answer.missing) == (True, True, ())
    (policy,) = answer.policies
    assert (policy.standing, policy.terms[0].why, policy.terms[0].origin.line) == (Standing.IN_PLACE, "orders", 10)
    (name,) = answer.names
    assert (name.address, name.certificate) == ("https://api.apps.internal:61443", "api.apps.internal")
    assert policy.rules == (
        "-s <caller instance>/32 -j MARK --set-xmark <tag of caller>/0xffffffff",
        "-d <api instance>/32 -p tcp -m tcp --dport 61443 -m mark --mark <tag of caller> -j ACCEPT",
    )
    assert "api listens on port 8080" in answer.conditions[0].message
    assert answer.conditions[1].addition.lines == ("trust: system",)


def test_what_is_declared_and_not_made_needs_an_apply(tmp_path):
    answer = ask(tmp_path, web("api", "caller"), API)
    assert (answer.allowed, answer.allowed_after_plan) == (False, True)
    assert gaps(answer) == [Gap.POLICY, Gap.ROUTE]
    assert all(item.hint == "`c2c apply` makes it" for item in answer.missing)
    assert [item.standing for item in answer.policies] == [Standing.TO_CREATE]


def test_a_live_policy_that_nobody_declares_goes_with_the_next_apply(tmp_path):
    live = web("api", "caller", "stray", policies=("stray -> api tcp/8080",), routes=(ROUTE,))
    answer = ask(tmp_path, live, API, source="stray", port=8080)
    assert (answer.allowed, answer.allowed_after_plan) == (True, False)
    assert gaps(answer) == [Gap.DECLARATION]
    assert answer.missing[0].addition.lines == (
        "ports:",
        "  - {name: tcp-8080, port: 8080, tls: none}   # tls: manual if the app ends TLS itself",
        "ingress:",
        "  - from: stray",
        "    ports: [tcp-8080]",
    )


def test_a_foreign_policy_is_enough(tmp_path):
    answer = ask(
        tmp_path,
        web("api", "caller", policies=("api -> caller tcp/1",)),
        "apps: [{name: api}]",
        source="api",
        destination="caller",
    )
    assert (answer.allowed, answer.allowed_after_plan) == (True, True)
    assert [item.standing for item in answer.policies] == [Standing.FOREIGN]
    assert gaps(answer) == [Gap.ROUTE]


def test_an_app_that_is_to_come_is_what_is_missing(tmp_path):
    answer = ask(tmp_path, web("caller"), API)
    assert (answer.allowed, answer.allowed_after_plan) == (False, False)
    assert gaps(answer) == [Gap.APP]
    assert [item.standing for item in answer.policies] == [Standing.PENDING]
    assert [name.address for name in answer.names] == ["https://api.apps.internal:61443"]


def test_a_grant_that_has_ended_is_named(tmp_path):
    manifest = API.replace("why: orders", "until: 2026-11-01")
    answer = ask(tmp_path, web("api", "caller", routes=(ROUTE,)), manifest)
    assert gaps(answer) == [Gap.POLICY]
    assert answer.missing[0].message.endswith("0.yml:10")
    assert answer.missing[0].hint == "set a later `until` there"


def test_the_port_behind_platform_tls_is_not_open(tmp_path):
    live = web("api", "caller", policies=(TLS_POLICY,), routes=(ROUTE,))
    answer = ask(tmp_path, live, API, port=8080)
    assert not answer.allowed
    assert answer.missing[0].message.endswith("allowed is tcp/61443")
    assert answer.missing[0].hint.startswith("port 61443 is open")


def test_a_port_that_the_platform_keeps_is_no_use(tmp_path):
    answer = ask(tmp_path, web("api", "caller", routes=(ROUTE,)), API, port=61001)
    assert gaps(answer)[0] is Gap.PORT


@pytest.mark.parametrize(
    ("protocol", "start", "end", "kept"),
    [("tcp", 2222, 2222, 2222), ("tcp", 61443, 61444, 61443), ("udp", 61443, 61443, 61443), ("tcp", 1, 65535, 2222)],
)
def test_no_lines_are_shown_that_loading_refuses(tmp_path, protocol, start, end, kept):
    question = CallQuestion("caller", "api", Asked(PortRange(start, end), protocol))
    live = live_state_of(yaml.safe_load(dedent(web("api", "caller", routes=(ROUTE,)))))
    answer = explain_call_against(question, PlanRequest(bundle_of(tmp_path, API).bundle, TODAY), live)
    missing = next(item for item in answer.missing if item.gap is Gap.POLICY)
    assert missing.addition is None
    assert (
        missing.hint == f"no manifest may open port {kept} by number: ask for the ports that the app itself listens on"
    )


def test_a_destination_without_a_name_gets_one(tmp_path):
    manifest = API.replace("    routes: [api.apps.internal]\n", "").replace("tls: auto", "tls: none, port: 9000")
    live = web(
        "api", "caller", policies=("caller -> api tcp/9000",), more="domains: [{name: c2c.internal, internal: true}]\n"
    )
    answer = ask(tmp_path, live, manifest)
    assert gaps(answer) == [Gap.ROUTE]
    assert answer.missing[0].addition.lines == ("routes: [api.c2c.internal]",)


def test_a_chain_of_apps_is_told(tmp_path):
    live = web("api", "caller", "proxy", policies=("proxy -> caller tcp/1", TLS_POLICY), routes=(ROUTE,))
    answer = ask(tmp_path, live, API, source="proxy")
    assert [str(item.policy) for item in answer.chain] == [
        "acme/web/proxy -> acme/web/caller tcp/1",
        "acme/web/caller -> acme/web/api tcp/61443",
    ]
    assert "reached all the same" in render_explanation(answer)


def test_an_entry_of_another_name_means_the_app_it_stands_for(tmp_path):
    manifest = API.replace("name: api\n", "name: api\n    match: ['api-*']\n")
    assert str(ask(tmp_path, web("api-blue", "caller"), manifest).destination) == "acme/web/api-blue"
    with pytest.raises(UsageError, match="api may mean acme/web/api-blue, acme/web/api-green"):
        ask(tmp_path, web("api-blue", "api-green", "caller"), manifest)


@pytest.mark.parametrize(
    ("typed", "hint"),
    [
        ("apj", "did you mean acme/web/api?"),
        ("acme/web/callr", "did you mean acme/web/caller?"),
        ("acme/web/*", "name one app; docs/explain.md tells how to see everybody who may call one"),
        ("zzzzzz", "write org/space/app; apps of spaces that no manifest names are found only by that"),
    ],
)
def test_an_app_that_is_not_there_is_spelt(tmp_path, typed, hint):
    with pytest.raises(UsageError) as caught:
        ask(tmp_path, web("api", "caller"), API, destination=typed)
    assert caught.value.hint == hint


@pytest.mark.parametrize(
    ("typed", "where"),
    [
        ("zzzzzz", "neither in the manifests nor in the spaces that they name"),
        ("acme/shop/zzzzzz", "neither on the platform nor in the manifests"),
    ],
)
def test_an_app_is_missed_only_where_it_was_looked_for(tmp_path, typed, where):
    with pytest.raises(UsageError) as caught:
        ask(tmp_path, web("api", "caller"), API, destination=typed)
    assert caught.value.summary == f"there is no app {typed}, {where}"
    with pytest.raises(UsageError) as caught:
        explain_declared_call(CallQuestion("caller", typed, asked(61443)), bundle_of(tmp_path, API).bundle, TODAY)
    assert caught.value.summary == f"there is no app {typed} in the manifests"
    assert caught.value.hint == "check the spelling; without --declared the platform is asked, too"


@pytest.mark.parametrize("typed", ["", "a//b", "/a", "a/b/c/d", "a/b/"])
def test_what_is_no_address_is_refused(tmp_path, typed):
    with pytest.raises(UsageError, match="not an app address"):
        ask(tmp_path, web("api", "caller"), API, destination=typed)


def test_manifests_alone_answer_too(tmp_path):
    bundle = bundle_of(tmp_path, API).bundle
    question = CallQuestion("caller", "web/api", asked(61443))
    answer = explain_declared_call(question, bundle, TODAY)
    assert (answer.allowed, answer.allowed_after_plan, answer.offline, answer.missing) == (True, None, True, ())
    assert [item.standing for item in answer.policies] == [Standing.DECLARED]


UNLISTED = """
apps:
  - name: caller
  - name: other
    ingress: [{from: caller, ports: [x]}]
    ports: [{name: x, port: 1, tls: none}]
"""


@pytest.mark.parametrize("port", [None, 61443, 8080, 9100])
@pytest.mark.parametrize("space", ["web", "elsewhere", "odd: name"])
@pytest.mark.parametrize("app", ["api", "self", "true", "42", 'with %/# all " sorts'])
def test_the_lines_to_add_are_what_was_missing(tmp_path, port, space, app):
    """Whatever the names are, adding the lines as they are shown makes the next apply allow the call."""
    live = {
        "domains": [{"name": "apps.internal", "internal": True}],
        "organizations": [
            {
                "name": "acme",
                "spaces": [
                    {"name": "web", "apps": [{"name": "caller"}, {"name": "other"}]},
                    {"name": "elsewhere", "apps": []},
                    {"name": "odd: name", "apps": []},
                ],
            }
        ],
    }
    places = {item["name"]: item for item in live["organizations"][0]["spaces"]}
    places[space]["apps"].append({"name": app})
    state = live_state_of(live)
    encoded = app.replace("%", "%25").replace("/", "%2F")
    question = CallQuestion(f"acme/{space}/{encoded}", "acme/web/other", asked(port))
    back = CallQuestion("acme/web/caller", f"acme/{space}/{encoded}", asked(port))
    for number, asking in enumerate((question, back)):
        folder = tmp_path / str(number)
        folder.mkdir()
        bundle = bundle_of(folder, UNLISTED).bundle
        before = explain_call_against(asking, PlanRequest(bundle, TODAY), state)
        assert not before.allowed_after_plan
        addition = next(item.addition for item in before.missing if item.gap is Gap.POLICY)
        after = bundle_of(folder, *inserted(UNLISTED, addition)).bundle
        assert explain_call_against(asking, PlanRequest(after, TODAY), state).allowed_after_plan


def inserted(manifest: str, addition) -> list[str]:
    """Do what a reader does with the lines: join lists, append entries, or make a file."""
    data = yaml.safe_load(HEADER + manifest)
    new = yaml.safe_load("\n".join(addition.lines))
    if addition.origin is None:
        return [manifest, "\n".join(addition.lines)]
    if isinstance(new, list):
        data["apps"] += new
    else:
        entry = next(app for app in data["apps"] if app["name"] in addition.place)
        for key, value in new.items():
            entry[key] = [*entry.get(key, []), *value]
    return [yaml.safe_dump(data)]


def test_hostile_names_are_escaped(tmp_path):
    manifest = API.replace("why: orders", 'why: "a\\u202eb"')
    answer = ask(tmp_path, web("api", "caller", policies=(TLS_POLICY,)), manifest)
    assert "\u202e" not in render_explanation(answer)
    assert render_explanation_json(answer) == render_explanation_json(answer)


def test_what_the_caller_may_not_see_is_not_called_forbidden(tmp_path):
    bundle = bundle_of(tmp_path, API).bundle
    live = live_state_of(yaml.safe_load(web("api", "caller", policies=(TLS_POLICY,), routes=(ROUTE,))))
    caller = Caller("dana", network_admin=False, reads_every_app=False, edits_every_space=False)
    question = CallQuestion("caller", "api", asked(None))
    shown, unseen = (
        explain_call_against(question, PlanRequest(bundle, TODAY), replace(live, caller=caller, policies=policies))
        for policies in (live.policies, PolicySet.of())
    )
    assert render_explanation(shown).splitlines()[0].endswith("api: allowed")
    assert unseen.hidden == (SpaceRef("acme", "web"),)
    assert "not known, policies from and to acme/web are hidden" in render_explanation(unseen)


def test_an_app_that_the_caller_may_not_see_is_not_said_to_be_missing(tmp_path):
    bundle = bundle_of(tmp_path, API.replace("from: caller", "from: other/caller")).bundle
    live = live_state_of(yaml.safe_load(web("api", routes=(ROUTE,))))
    question = CallQuestion("other/caller", "api", asked(None))
    for reads_every_app in (False, True):
        caller = Caller("dana", network_admin=False, reads_every_app=reads_every_app, edits_every_space=False)
        answer = explain_call_against(question, PlanRequest(bundle, TODAY), replace(live, caller=caller))
        said = next(item.message for item in answer.missing if item.gap is Gap.APP)
        assert ("may run, or not" in said) is not reads_every_app
        assert ("does not exist yet" in said) is reads_every_app


def test_a_route_of_another_space_is_not_among_the_lines_to_add(tmp_path):
    cross = "{host: cross, domain: apps.internal, destinations: [acme/web/api]}"
    shop = f"      - name: shop\n        routes: [{cross}]\n"
    state = live_state_of(yaml.safe_load(web("api", "caller", routes=(ROUTE,), more=shop)))
    for manages, loses in (("apps", True), ("additions", False)):
        folder = tmp_path / manages
        folder.mkdir()
        manifest = f"manages: {manages}\napps: [{{name: caller}}]\n"
        bundle = bundle_of(folder, manifest).bundle
        asking = CallQuestion("caller", "api", asked(61443))
        answer = explain_call_against(asking, PlanRequest(bundle, TODAY), state)
        addition = next(item.addition for item in answer.missing if item.gap is Gap.POLICY)
        assert "  routes: [api.apps.internal]" in addition.lines
        assert ("cross.apps.internal belongs to acme/shop, and no longer leads to api" in addition.place) is loses
        after = bundle_of(folder, *inserted(manifest, addition)).bundle
        assert explain_call_against(asking, PlanRequest(after, TODAY), state).allowed_after_plan


def test_an_address_that_names_nothing_is_not_asked_for_in_the_form_it_has(tmp_path):
    bundle = bundle_of(tmp_path, API).bundle
    live = live_state_of(yaml.safe_load(web("api", "caller")))
    for source, hint in (("acme/other/unknown", "c2c doctor --space acme/other"), ("unknown", "write org/space/app")):
        with pytest.raises(UsageError) as caught:
            explain_call_against(CallQuestion(source, "api", asked(None)), PlanRequest(bundle, TODAY), live)
        assert hint in caught.value.hint


def test_the_day_decides(tmp_path):
    manifest = API.replace("why: orders", "until: 2026-12-01")
    answers = [ask(tmp_path, web("api", "caller"), manifest, today=date(2026, 12, day)) for day in (1, 2)]
    assert [answer.allowed_after_plan for answer in answers] == [True, False]
