from __future__ import annotations

import time
from datetime import date

import yaml
from hypothesis import given
from support.replay import ReplayPlatform
from support.scenarios import bundle_of, web
from support.worlds import TAKEN_AT, worlds

from reconciler.analysis.declared import declared_apps, network_declared, network_declared_at_most
from reconciler.analysis.networks import live_network, networks_around
from reconciler.apply.executor import apply_plan
from reconciler.manifests.resolving.facts import facts_of, trusts_platform
from reconciler.manifests.resolving.lookup import LiveIndex, declare_all
from reconciler.manifests.snapshots.live import live_state_of
from reconciler.model.live import LiveApp, LiveState
from reconciler.model.names import AppRef, SpaceRef
from reconciler.model.network import AppFacts
from reconciler.model.policies import PolicyMap
from reconciler.model.route import InternalRoute
from reconciler.planning.build import build_plan
from reconciler.planning.changes import PolicyRule
from reconciler.planning.plan import ManifestsVersion, PlanOptions

TODAY = date(2026, 11, 20)
API = AppRef("acme", "web", "api")
MANIFEST = """
owner: team-web
zone: public
apps:
  - name: api
    match: [api-blue, "api-green*"]
    routes: [api.apps.internal]
    ports: [{name: http, tls: auto}]
    ingress:
      - {from: caller, ports: [http], why: because}
      - {from: batch/job, ports: [http]}
      - {from: {space: batch, labels: "tier=worker"}, ports: [http]}
  - name: caller
    trust: system
"""


def facts_in(folder, live, *documents):
    state = live_state_of(yaml.safe_load(live))
    return facts_of(declare_all(bundle_of(folder, *documents).bundle.spaces, LiveIndex(state)), state)


def test_facts_are_those_of_the_entry_that_stands_for_the_app(tmp_path):
    facts = facts_in(tmp_path, web("api-blue", "api-green-2", "{name: stray, labels: {tier: web}}"), MANIFEST)
    assert {app.app: known.origin.line if known.origin else None for app, known in facts.items()} == {
        "api-blue": 9,
        "api-green-2": 9,
        "stray": None,
    }
    assert {(known.zone, known.owner) for known in facts.values()} == {("public", "team-web")}
    assert facts[AppRef("acme", "web", "stray")].labels == {"tier": "web"}


def test_the_document_that_lists_an_app_speaks_before_the_others_for_its_space(tmp_path):
    other = "owner: team-vault\napps: [{name: vault}]\n"
    facts = facts_in(tmp_path, web("vault", "caller", "stray"), MANIFEST, other)
    assert {app.app: known.owner for app, known in facts.items()} == {
        "vault": "team-vault",
        "caller": "team-web",
        "stray": "team-web",
    }
    assert {known.zone for known in facts.values()} == {"public"}


def test_an_environment_that_was_not_read_says_nothing_about_trust():
    assert trusts_platform(None) is None
    assert trusts_platform({}) is False
    path = "/etc/ssl/certs/ca-certificates.crt"
    assert trusts_platform({"SSL_CERT_FILE": path}) is False
    assert trusts_platform({"SSL_CERT_FILE": path, "REQUESTS_CA_BUNDLE": path}) is True


@given(worlds())
def test_the_network_after_a_plan_is_the_one_that_its_apply_leaves(world):
    desired, live = world

    def plan():
        return build_plan(
            desired, platform.live, manifests=ManifestsVersion("sha256:0"), options=PlanOptions(TAKEN_AT.date())
        )

    def facts(state) -> dict:
        return {app: AppFacts(trusts_platform=trusts_platform(state.environment.get(app))) for app in state.apps}

    platform = ReplayPlatform(live)
    changes = plan().changes
    list(apply_plan(plan(), platform, replan=plan))
    expected = live_network(platform.live, facts(platform.live), desired)
    before, after = networks_around(changes, desired, live, facts(live))
    assert before == live_network(live, facts(live), desired)
    assert after == expected
    sides = (side for change in changes for side in (change.before, change.after))
    place = after.policies.numbering.place
    changed = {place(side.policy.destination) for side in sides if isinstance(side, PolicyRule)}
    one, other = PolicyMap.of(before.policies).groups, PolicyMap.of(after.policies).groups
    assert all(one.get(there) is other.get(there) for there in (one.keys() | other.keys()) - changed)


def test_manifests_alone_describe_every_app_under_its_own_name(tmp_path):
    network = network_declared(bundle_of(tmp_path, MANIFEST).bundle, TODAY)
    assert sorted(map(str, network.policies)) == [
        "acme/batch/job -> acme/web/api tcp/61443",
        "acme/web/caller -> acme/web/api tcp/61443",
    ]
    assert network.routes == {InternalRoute("api", "apps.internal"): frozenset({API})}
    assert network.facts(AppRef("acme", "web", "caller")).trusts_platform is True
    assert network.facts(API).trusts_platform is None
    assert network.facts(API).origin.line == 9
    assert network.facts(AppRef("acme", "batch", "job")).origin is None
    assert [term.why for terms in network.policies.values() for term in terms if term.why] == ["because"]


def test_a_grant_that_has_ended_is_no_part_of_what_manifests_describe(tmp_path):
    manifest = MANIFEST.replace("why: because", "until: 2026-11-21")
    bundle = bundle_of(tmp_path, manifest).bundle
    assert len(network_declared(bundle, date(2026, 11, 21)).policies) == 2
    assert len(network_declared(bundle, date(2026, 11, 22)).policies) == 1


def test_labels_may_let_in_every_app_of_their_address(tmp_path):
    bundle = bundle_of(
        tmp_path,
        """
apps:
  - name: api
    ports: [{name: http, port: 8080, tls: none}]
    ingress: [{from: {labels: tier=web}, ports: [http]}]
  - name: caller
""",
    ).bundle
    assert not network_declared(bundle, TODAY).policies
    most = network_declared_at_most(bundle, TODAY)
    assert "acme/web/caller -> acme/web/api tcp/8080" in set(map(str, most.policies))
    assert network_declared_at_most(bundle_of(tmp_path, MANIFEST.replace("labels", "app")).bundle, TODAY) is None


def test_declared_apps_are_those_that_manifests_name(tmp_path):
    names = {str(app) for app in declared_apps(bundle_of(tmp_path, MANIFEST).bundle)}
    assert names == {"acme/web/api", "acme/web/caller", "acme/batch/job"}


def test_facts_of_a_large_foundation_take_no_time_worth_counting(tmp_path):
    names = "".join(f"  - name: app-{number}\n" for number in range(2000))
    bundle = bundle_of(tmp_path, f"apps:\n{names}").bundle
    spaces = [SpaceRef("acme", "web"), *(SpaceRef("acme", f"space-{number}") for number in range(30))]
    apps = {AppRef(*space, f"app-{number}"): LiveApp("") for space in spaces for number in range(2000)}
    live = LiveState("", None, frozenset(spaces), apps)
    started = time.process_time()
    facts = facts_of(declare_all(bundle.spaces, LiveIndex(live)), live)
    assert sum(known.origin is not None for known in facts.values()) == 2000
    assert time.process_time() - started < 5
