"""Who may see and change what: each row of the table in `docs/permissions.md` is a test here."""

from __future__ import annotations

from dataclasses import replace

import pytest
from support.embedded import client_of, embedded_foundation
from support.scenarios import TODAY, bundle_of, lines

from reconciler.apply.executor import apply_plan
from reconciler.cf.credentials import ClientCredentials, PasswordCredentials
from reconciler.flow.plans import make_plan
from reconciler.flow.requests import PlanRequest
from reconciler.manifests.bundle import load_bundle
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


def test_network_admin_without_a_view_of_all_apps_does_not_call_a_hidden_app_deleted(planned):
    _, platform, request = planned("netadmin", HERE, "acme/shop/cart -> acme/web/api tcp/6666")
    plan = make_plan(request, platform)
    assert [item.code for item in plan.findings if item.code == "unnamed-apps"] == ["unnamed-apps"]
    assert plan.summary.stale == 1
    *_, last = apply_plan(plan, platform, replan=lambda: make_plan(request, platform))
    assert "as far as this caller can see" in render_result_text(last.result)


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
    assert finding.message.endswith("of the spaces in these manifests: acme/shop, acme/web")


def test_the_quota_of_a_destination_counts_too(planned):
    stored = [
        {"source": "acme/web/api", "destination": "acme/shop/cart", "protocol": "tcp", "ports": port}
        for port in range(1, 153)
    ]
    _, platform, request = planned("both", network_policies=stored)
    (finding,) = (item for item in make_plan(request, platform).findings if item.code == "policy-quota")
    assert finding.message.startswith("acme/web/api is the source of 152 policies")
