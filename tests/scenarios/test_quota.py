"""A Space Developer whose app is near the number of policies that the policy server lets it be the source of."""

from __future__ import annotations

import pytest
from support.embedded import client_of, embedded_foundation
from support.scenarios import TODAY, bundle_of

from reconciler.apply.executor import apply_plan
from reconciler.cf.credentials import PasswordCredentials
from reconciler.flow.plans import make_plan
from reconciler.flow.requests import PlanRequest

QUOTA = 150
MANIFEST = """
apps:
  - name: api
    ports: [{name: new, tls: none, port: 9090}]
    ingress: [{from: caller, ports: [new]}]
"""
WRITE = ["cloud_controller.read", "cloud_controller.write", "network.write"]


def seed(others: int) -> dict:
    """Let `caller` have one policy that is to be edited, and as many others to an app that nobody governs."""
    return {
        "users": [{"name": "dev", "password": "pw", "scopes": WRITE, "space_developer": ["acme/web"]}],
        "organizations": [
            {"name": "acme", "spaces": [{"name": "web", "apps": [{"name": app} for app in ("api", "caller", "other")]}]}
        ],
        "network_policies": [
            {"source": "acme/web/caller", "destination": f"acme/web/{app}", "protocol": "tcp", "ports": port}
            for app, port in [("api", 8080), *(("other", 1000 + number) for number in range(others))]
        ],
    }


@pytest.mark.parametrize(
    ("others", "codes"),
    [(QUOTA - 2, []), (QUOTA - 1, ["policy-quota-gap", "policy-quota-order"])],
    ids=["room for one", "no room"],
)
def test_an_edit_goes_through_and_its_gap_is_told_where_there_is_no_room_for_both(tmp_path, others, codes):
    request = PlanRequest(bundle_of(tmp_path, MANIFEST).bundle, TODAY)
    with client_of(embedded_foundation(seed(others)), PasswordCredentials("dev", "pw")) as platform:

        def plan_now():
            return make_plan(request, platform)

        plan = plan_now()
        assert [item.code for item in plan.findings if item.code.startswith("policy-quota")] == codes
        *_, last = apply_plan(plan, platform, replan=plan_now)
    assert last.result.succeeded
    assert [item.code for item in last.result.after.findings if item.code.startswith("policy-quota")] == []
