"""The platform's own limits fit: every app that can take part in policies, and half a million of them."""

from __future__ import annotations

import orjson

from reconciler.simulator.exchange import Request
from reconciler.simulator.foundation import Foundation
from reconciler.simulator.seed import build_world

APPS = 65_535
POLICIES = 500_000
PATH = "/networking/v1/external/policies"


def test_a_foundation_at_its_limits_loads_lists_and_takes_ten_thousand_more():
    names = [f"app-{number}" for number in range(APPS)]
    ends = ((number % APPS, (number + 1 + number // APPS) % APPS) for number in range(POLICIES))
    policies = [
        {
            "source": f"acme/web/{names[one]}",
            "destination": f"acme/web/{names[other]}",
            "protocol": "tcp",
            "ports": 8080,
        }
        for one, other in ends
    ]
    space = {"name": "web", "apps": [{"name": name} for name in names]}
    seed = {"organizations": [{"name": "acme", "spaces": [space]}], "network_policies": policies}
    foundation = Foundation(build_world(seed))
    token = signed_in(foundation)
    listed = orjson.loads(foundation.handle(Request("GET", PATH, "", token, b"")).body)
    assert listed["total_policies"] == POLICIES
    assert len(listed["policies"]) == POLICIES
    guids = [app.guid for app in foundation.world.apps.values()][:100]
    more = [
        {"source": {"id": one}, "destination": {"id": other, "protocol": "udp", "ports": {"start": 53, "end": 53}}}
        for one in guids
        for other in guids
    ]
    answer = foundation.handle(Request("POST", PATH, "", token, orjson.dumps({"policies": more})))
    assert (answer.status, answer.body) == (200, b"{}")
    assert len(foundation.world.policies) == POLICIES + 10_000


def signed_in(foundation: Foundation) -> tuple[tuple[str, str], ...]:
    form = b"grant_type=password&username=admin&password=admin"
    headers = (("authorization", "Basic Y2Y6"), ("content-type", "application/x-www-form-urlencoded"))
    answer = foundation.handle(Request("POST", "/uaa/oauth/token", "", headers, form))
    return (("authorization", f"bearer {orjson.loads(answer.body)['access_token']}"),)
