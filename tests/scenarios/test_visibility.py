"""Who may see and change what: each row of the table in `docs/permissions.md` is a test here."""

from __future__ import annotations

from dataclasses import replace

import pytest
from support.embedded import client_of, embedded_foundation
from support.scenarios import TODAY, bundle_of, lines

from reconciler.apply.executor import apply_plan
from reconciler.cf.credentials import ClientCredentials, PasswordCredentials
from reconciler.cli.live import read_set_for
from reconciler.errors import QuotaError
from reconciler.flow.auditing import audit_live
from reconciler.flow.plans import make_plan, plan_against
from reconciler.flow.requests import PlanRequest
from reconciler.manifests.bundle import load_bundle
from reconciler.manifests.schemas.verdict import is_valid
from reconciler.manifests.snapshots.live import live_state_of
from reconciler.manifests.snapshots.write import snapshot_of
from reconciler.planning.codec import encode_plan
from reconciler.report.apply_text import render_result_text
from reconciler.report.plan_text import render_plan_text

WRITE = ["openid", "cloud_controller.read", "cloud_controller.write", "network.write"]
HERE = "acme/web/caller -> acme/web/api tcp/8080"
ACROSS = "acme/shop/cart -> acme/web/api tcp/8080"

MANIFEST = """
manages: space
apps:
  - name: api
    trust: system
    routes: [api.apps.internal]
    ports: [{name: http, tls: none, port: 8080}]
    ingress:
      - {from: caller, ports: [http]}
      - {from: shop/cart, ports: [http]}
"""


AB = ("api", "caller")


def seed(*policies: str, **more) -> dict:
    return {
        "organizations": [
            {
                "name": "acme",
                "spaces": [
                    {"name": "web", "apps": [{"name": "api"}, {"name": "caller"}]},
                    {"name": "shop", "apps": [{"name": "cart"}]},
                ],
            }
        ],
        "users": [
            {"name": "admin", "password": "pw", "scopes": [*WRITE, "network.admin", "cloud_controller.admin"]},
            {
                "name": "netadmin",
                "password": "pw",
                "scopes": [*WRITE, "network.admin"],
                "space_developer": ["acme/web"],
            },
            {"name": "both", "password": "pw", "scopes": WRITE, "space_developer": ["acme/web", "acme/shop"]},
            {"name": "one", "password": "pw", "scopes": WRITE, "space_developer": ["acme/web"]},
            {"name": "none", "password": "pw", "scopes": [*WRITE, "cloud_controller.global_auditor"]},
            {"name": "read", "password": "pw", "scopes": ["cloud_controller.read"], "space_developer": ["acme/web"]},
        ],
        "clients": [{"id": "robot", "secret": "pw", "scopes": WRITE, "space_developer": ["acme/web", "acme/shop"]}],
        "network_policies": [
            {
                "source": policy.split(" ")[0],
                "destination": policy.split(" ")[2],
                "protocol": "tcp",
                "ports": int(policy[-4:]),
            }
            for policy in policies
        ],
        **more,
    }


@pytest.fixture
def planned(tmp_path):
    bundle = bundle_of(tmp_path, MANIFEST).bundle

    def plan(user: str, *policies: str, **more):
        foundation = embedded_foundation(seed(*policies, **more))
        credentials = ClientCredentials(user, "pw") if user == "robot" else PasswordCredentials(user, "pw")
        platform = client_of(foundation, credentials)
        return foundation, platform, PlanRequest(bundle, TODAY)

    return plan


def of_kind(found, kind: str) -> list[str]:
    return [item.address for item in found if item.kind == kind]


def policies(plan) -> list[str]:
    return [line for line in lines(plan) if " -> " in line and "tcp/" in line]


@pytest.mark.parametrize("user", ["admin", "both", "robot"])
def test_whoever_reaches_both_ends_plans_and_applies_everything(planned, user):
    _, platform, request = planned(user)
    plan = make_plan(request, platform)
    assert policies(plan) == [f"create {ACROSS} declared", f"create {HERE} declared"]
    assert plan.blocked == ()
    *_, last = apply_plan(plan, platform, replan=lambda: make_plan(request, platform))
    assert last.result.succeeded


def test_a_policy_that_bridges_into_a_closed_space_is_blocked_and_the_rest_goes_ahead(planned):
    foundation, platform, request = planned("one")
    # The caller sees nothing of acme/shop: not even whether the app exists, so the grant waits for it.
    plan = make_plan(request, platform)
    assert policies(plan) == [f"create {HERE} declared"]
    assert [item.address for item in plan.pending] == [ACROSS]
    *_, last = apply_plan(plan, platform, replan=lambda: make_plan(request, platform))
    assert last.result.succeeded
    assert "as far as this caller can see" in render_result_text(last.result)
    assert len(foundation.world.policies) == 1


def test_an_auditor_without_roles_sees_every_app_and_no_policy(planned):
    _, platform, request = planned("none", HERE)
    plan = make_plan(request, platform)
    assert plan.changes == ()
    assert of_kind(plan.blocked, "network_policy") == [ACROSS, HERE]
    assert of_kind(plan.blocked, "internal_route") == ["api.apps.internal"]
    assert of_kind(plan.blocked, "route_destination") == ["api.apps.internal -> acme/web/api"]
    assert len(of_kind(plan.blocked, "environment")) == 2
    for item in plan.blocked:
        assert "acme/web" in item.who
        assert item.origins


def test_what_is_seen_and_right_never_blocks(planned):
    _, platform, request = planned("both", HERE, ACROSS)
    plan = make_plan(request, platform)
    assert policies(plan) == []
    assert plan.blocked == ()
    assert plan.summary.unchanged == 2


def test_a_rogue_from_a_closed_space_is_not_taken_for_a_clean_world(planned):
    _, platform, request = planned("one", HERE, "acme/shop/cart -> acme/web/api tcp/6666")
    plan = make_plan(request, platform)
    assert policies(plan) == []
    (finding,) = (item for item in plan.findings if item.code == "partial-view")
    assert "one" in finding.message
    assert "callers from there are neither shown nor removed" in render_plan_text(plan)


def test_who_reads_every_app_is_not_told_that_one_may_be_hidden(planned):
    foundation, platform, request = planned("admin", HERE)
    foundation.world.policies.add([("gone", guid, "tcp", 1, 1) for guid in list(foundation.world.apps)[:1]], 0)
    plan = make_plan(request, platform)
    assert plan.summary.stale == 1
    assert [item.code for item in plan.findings if item.code == "unnamed-apps"] == []


def test_network_admin_without_a_view_of_all_apps_does_not_call_a_hidden_app_deleted(planned):
    _, platform, request = planned("netadmin", HERE, "acme/shop/cart -> acme/web/api tcp/6666")
    plan = make_plan(request, platform)
    assert [item.code for item in plan.findings if item.code == "unnamed-apps"] == ["unnamed-apps"]
    assert plan.summary.stale == 1
    *_, last = apply_plan(plan, platform, replan=lambda: make_plan(request, platform))
    assert "as far as this caller can see" in render_result_text(last.result)


def test_a_port_that_only_version_0_of_the_api_lets_in_stops_nobody(planned):
    foundation, platform, request = planned("admin")
    api, caller = (next(app.guid for app in foundation.world.apps.values() if app.name == name) for name in AB)
    foundation.world.policies.add([(caller, api, "tcp", 70000, 70000), (caller, "gone", "tcp", 70000, 70000)], 0)
    plan = make_plan(request, platform)
    found = [item.message.partition(" is left out")[0] for item in plan.findings if item.code == "impossible-ports"]
    assert found == [
        "acme/web/caller -> (unknown app gone) tcp/70000",
        "acme/web/caller -> acme/web/api tcp/70000",
    ]
    assert plan.stale == ()
    *_, last = apply_plan(plan, platform, replan=lambda: make_plan(request, platform))
    assert last.result.matches
    assert (caller, api, "tcp", 70000, 70000) in foundation.world.policies


RULES = """\
apiVersion: c2c/v1
kind: Guardrail
name: same-space
enforcement: deny
limits: {same_space: true}
---
apiVersion: c2c/v1
kind: Waiver
name: cart-calls
guardrail: same-space
match: {source: {space: shop}, destination: {app: caller}}
why: NET-1
until: 2099-01-01
"""


@pytest.mark.parametrize(("user", "said"), [("admin", ["waiver-unused"]), ("one", []), ("netadmin", [])])
def test_no_waiver_is_called_unused_by_who_may_not_see_what_it_is_for(planned, tmp_path, user, said):
    _, platform, request = planned(user, HERE, "acme/shop/cart -> acme/web/api tcp/6666")
    (tmp_path / "rules.yml").write_text(RULES, encoding="utf-8")
    bundle = load_bundle([str(tmp_path / "0.yml"), str(tmp_path / "rules.yml")], today=TODAY).bundle
    plan = make_plan(replace(request, bundle=bundle), platform)
    assert [item.code for item in plan.findings if item.code == "waiver-unused"] == said


def test_with_self_service_a_cloud_controller_admin_without_roles_is_not_fooled_by_an_empty_list(planned):
    scopes = ["cloud_controller.admin", "cloud_controller.read", "cloud_controller.write"]
    users = [{"name": "ccadmin", "password": "pw", "scopes": scopes}]
    settings = {"enable_space_developer_self_service": True}
    _, platform, request = planned("ccadmin", HERE, ACROSS, users=users, settings=settings)
    plan = make_plan(request, platform)
    assert policies(plan) == []
    assert of_kind(plan.blocked, "network_policy") == [ACROSS, HERE]
    assert any(change.item.kind == "internal_route" for change in plan.changes)


def test_without_the_scope_for_policies_the_error_says_so(planned):
    _, platform, request = planned("read")
    with pytest.raises(Exception, match="scope") as caught:
        make_plan(request, platform)
    assert caught.value.exit_code == 1


def test_the_quota_is_forecast_as_the_server_counts(planned):
    stored = [
        {"source": "acme/web/caller", "destination": "acme/shop/cart", "protocol": "tcp", "ports": port}
        for port in range(1, 151)
    ]
    _, platform, request = planned("both", network_policies=stored)
    plan = make_plan(request, platform)
    (finding,) = (item for item in plan.findings if item.code == "policy-quota")
    assert "acme/web/caller would be the source of 151 policies" in finding.message
    _, platform, request = planned("admin", network_policies=stored)
    assert not [item for item in make_plan(request, platform).findings if item.code == "policy-quota"]


def test_without_the_scope_for_changes_routes_and_variables_are_blocked_and_policies_are_not(planned):
    scopes = ["cloud_controller.read", "cloud_controller.global_auditor", "network.admin"]
    users = [{"name": "reader", "password": "pw", "scopes": scopes, "space_developer": ["acme/web"]}]
    foundation, platform, request = planned("reader", users=users)
    plan = make_plan(request, platform)
    assert policies(plan) == [f"create {ACROSS} declared", f"create {HERE} declared"]
    assert {item.kind for item in plan.blocked} == {"internal_route", "route_destination", "environment"}
    assert all(
        "cloud_controller.write" in item.reason + item.who for item in plan.blocked if item.kind != "environment"
    )
    *_, last = apply_plan(plan, platform, replan=lambda: make_plan(request, platform))
    assert last.result.succeeded
    assert len(foundation.world.policies) == 2


def test_what_is_blocked_is_in_the_json_with_the_reason_and_who_could_do_it(planned):
    _, platform, request = planned("none")
    blocked = encode_plan(make_plan(request, platform))["blocked"]
    assert blocked
    for item in blocked:
        assert set(item) == {"kind", "address", "reason", "who", "origin"}
        assert item["origin"][0]["line"] > 0


def test_the_hidden_spaces_of_the_manifests_are_named(planned):
    _, platform, request = planned("none")
    (finding,) = (item for item in make_plan(request, platform).findings if item.code == "partial-view")
    assert finding.message.endswith("of the spaces that were read: acme/shop, acme/web")


def test_the_quota_of_a_destination_counts_too(planned):
    stored = [
        {"source": "acme/web/api", "destination": "acme/shop/cart", "protocol": "tcp", "ports": port}
        for port in range(1, 153)
    ]
    _, platform, request = planned("both", network_policies=stored)
    (finding,) = (item for item in make_plan(request, platform).findings if item.code == "policy-quota")
    assert finding.message.startswith("acme/web/api is the source of 152 policies")


def of_a_snapshot(platform, *, redact=False):
    """Read everything as `c2c snapshot` does, write it down and read that."""
    live = platform.fetch(read_set_for((), None, environments=not redact))
    document = snapshot_of(live, redact=redact).document
    assert is_valid("Snapshot", document)
    return live_state_of(document)


@pytest.mark.parametrize("user", ["admin", "netadmin", "both", "one", "none", "robot"])
@pytest.mark.parametrize("stored", [(), (HERE,), (ACROSS, "acme/shop/cart -> acme/web/api tcp/6666")])
def test_a_plan_against_a_snapshot_takes_nothing_hidden_from_its_maker_for_missing(planned, user, stored):
    _, platform, request = planned(user, *stored)
    real, plan = make_plan(request, platform), plan_against(request, of_a_snapshot(platform))
    assert policies(plan) == policies(real)
    for kind in ("network_policy", "environment"):
        assert of_kind(plan.blocked, kind) == of_kind(real.blocked, kind)
    assert [item.address for item in plan.pending] == [item.address for item in real.pending]
    assert plan.network_admin == real.network_admin
    told = {"partial-view", "unnamed-apps"}
    assert [item.code for item in plan.findings if item.code in told] == [
        item.code for item in real.findings if item.code in told
    ]


def test_a_plan_and_an_audit_against_a_snapshot_say_what_its_maker_did_not_see_and_not_who_that_was(planned):
    _, platform, request = planned("none")
    live = of_a_snapshot(platform)
    for found in (plan_against(request, live).findings, audit_live(request, live).notes):
        (finding,) = (item for item in found if item.code == "partial-view")
        assert finding.message.startswith("the maker of this snapshot does not have network.admin")
        assert finding.message.endswith("of the spaces that were read: acme/shop, acme/web")


def test_an_environment_that_its_maker_could_not_read_is_unknown_to_a_snapshot(planned):
    scopes = ["cloud_controller.read", "cloud_controller.global_auditor", "network.admin"]
    _, platform, request = planned("robot", users=[], clients=[{"id": "robot", "secret": "pw", "scopes": scopes}])
    assert len(of_kind(plan_against(request, of_a_snapshot(platform)).blocked, "environment")) == 2
    redacted = plan_against(request, of_a_snapshot(platform, redact=True))
    assert redacted.blocked == ()
    assert len([change for change in redacted.changes if change.item.kind == "environment"]) == 2


def test_what_the_quota_refuses_keeps_nothing_else_from_being_done(tmp_path):
    live = seed(
        network_policies=[
            {"source": "acme/web/api", "destination": "acme/shop/cart", "protocol": "tcp", "ports": port}
            for port in range(1, 153)
        ]
    )
    (web, _) = live["organizations"][0]["spaces"]
    web["routes"] = [{"host": "old", "domain": "apps.internal", "destinations": ["caller"]}]
    entries = "".join(
        f"  - name: {name}\n    ports: [{{name: http, tls: none, port: 9000}}]\n"
        "    ingress: [{from: shop/cart, ports: [http]}]\n"
        for name in AB
    )
    bundle = bundle_of(tmp_path, f"manages: space\napps:\n{entries}").bundle
    foundation = embedded_foundation(live)
    with client_of(foundation, PasswordCredentials("both", "pw")) as platform:

        def plan_now():
            return make_plan(PlanRequest(bundle, TODAY), platform)

        *_, last = apply_plan(plan_now(), platform, replan=plan_now)
    assert isinstance(last.result.error, QuotaError)
    assert last.result.remaining == ()
    assert [change.item.address for change in last.result.after.changes] == ["acme/shop/cart -> acme/web/api tcp/9000"]
