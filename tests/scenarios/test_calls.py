"""How many calls a whole plan makes: six and one for each page of a list, whatever the number of apps and policies.

And what the calls of an apply may hold.
"""

from __future__ import annotations

from collections import Counter

import pytest
from support.embedded import client_of, embedded_foundation
from support.scenarios import TODAY, bundle_of

from reconciler.apply.events import StepDone
from reconciler.apply.executor import apply_plan
from reconciler.cf.credentials import PasswordCredentials
from reconciler.flow.plans import make_plan
from reconciler.flow.requests import PlanRequest
from reconciler.planning.ordering import MOST_APPS

LISTS = ("/v3/organizations", "/v3/spaces", "/v3/domains", "/v3/apps", "/v3/routes")


def world(apps: int, *, trusting: int = 0) -> tuple[dict, str]:
    """Make a seed and the manifest of its one space: every app is declared, routed and called by two others."""
    names = [f"app-{number}" for number in range(apps)]
    ends = [(names[number], names[(number + step) % apps]) for number in range(apps) for step in (1, 2)]
    space = {
        "name": "web",
        "apps": [{"name": name} for name in names],
        "routes": [{"host": name, "domain": "apps.internal", "destinations": [name]} for name in names[: apps // 2]],
    }
    policies = [
        {"source": f"acme/web/{one}", "destination": f"acme/web/{other}", "protocol": "tcp", "ports": 61443}
        for one, other in ends[: apps // 2]
    ]
    entries = "".join(
        f"  - name: {name}\n    routes: [{name}.apps.internal]\n    ports: [{{name: api, tls: auto}}]\n"
        f"    ingress: [{{from: [{names[number - 1]}, {names[number - 2]}], ports: [api]}}]\n"
        + ("    trust: system\n" if number < trusting else "")
        for number, name in enumerate(names)
    )
    seed = {"organizations": [{"name": "acme", "spaces": [space]}], "network_policies": policies}
    return seed, f"apps:\n{entries}"


def calls_of_a_plan(folder, apps: int, *, trusting: int = 0) -> list[str]:
    seed, manifest = world(apps, trusting=trusting)
    foundation = embedded_foundation(seed)
    bundle = bundle_of(folder, manifest).bundle
    with client_of(foundation) as platform:
        assert not make_plan(PlanRequest(bundle, TODAY), platform).is_empty
    return [seen.path for seen in foundation.requests]


@pytest.mark.parametrize("apps", [3, 30, 300, 6000])
def test_a_plan_makes_six_calls_and_one_for_each_page(tmp_path, apps):
    paths = calls_of_a_plan(tmp_path, apps)
    counted = Counter(paths)
    pages = sum(counted[path] for path in LISTS)
    assert len(paths) <= 6 + pages
    assert counted["/v3/apps"] == -(-apps // 5000)
    # Declared hosts that no route of the space answers to are looked up in batches, or by one listing of all.
    assert counted["/v3/routes"] <= 1 + max(1, min(5, -(-apps // 2 // 200)))


def test_only_apps_with_trust_cost_a_call_of_their_own(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    without = calls_of_a_plan(tmp_path / "a", 40)
    with_trust = calls_of_a_plan(tmp_path / "b", 40, trusting=7)
    assert len(with_trust) - len(without) == 7


@pytest.mark.parametrize(("user", "calls"), [("admin", 1), ("dana", 3)])
def test_without_network_admin_a_call_names_no_more_apps_than_fit_one_address(tmp_path, user, calls):
    names = [f"app-{number}" for number in range(500)]
    scopes = ["cloud_controller.read", "cloud_controller.write"]
    seed = {
        "organizations": [
            {"name": "acme", "spaces": [{"name": "web", "apps": [{"name": name} for name in ["hub", *names]]}]}
        ],
        "users": [
            {"name": "admin", "password": "pw", "scopes": [*scopes, "network.admin", "cloud_controller.admin"]},
            {"name": "dana", "password": "pw", "scopes": [*scopes, "network.write"], "space_developer": ["acme/web"]},
        ],
    }
    callers = ", ".join(names)
    bundle = bundle_of(
        tmp_path,
        f"apps:\n  - name: hub\n    ports: [{{name: api, port: 9000, tls: none}}]\n"
        f"    ingress: [{{from: [{callers}], ports: [api]}}]\n",
    ).bundle
    foundation = embedded_foundation(seed)
    with client_of(foundation, PasswordCredentials(user, "pw")) as platform:

        def plan_now():
            return make_plan(PlanRequest(bundle, TODAY), platform)

        *events, last = apply_plan(plan_now(), platform, replan=plan_now)
    assert last.result.matches
    written = [event.step.policies for event in events if isinstance(event, StepDone)]
    assert len(written) == calls
    if user == "dana":
        assert all(len({end for policy in policies for end in policy[:2]}) <= MOST_APPS for policies in written)
