"""The policy server hands the mark of an app on at once, while cells go on honouring it until they ask again."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from support.embedded import NOW, client_of, embedded_foundation
from support.scenarios import TODAY, bundle_of

from reconciler.cli.applying.run import POLL_SECONDS, Applying
from reconciler.cli.clock import Clock
from reconciler.cli.console import Console
from reconciler.flow.plans import make_plan
from reconciler.flow.requests import PlanRequest
from reconciler.report.style import PLAIN
from reconciler.simulator.faults import Effect, Fault

MANIFEST = """
manages: space
apps:
  - name: api
    ports: [{name: http, port: 9000, tls: none}]
    ingress: [{from: late, ports: [http]}]
"""
SEED = {"organizations": [{"name": "acme", "spaces": [{"name": "web", "apps": [{"name": "api"}, {"name": "old"}]}]}]}
OLD = {"source": "acme/web/old", "destination": "acme/web/api", "protocol": "tcp", "ports": 8080}


class Time:
    """A clock that runs only while somebody sleeps."""

    def __init__(self) -> None:
        self.passed = 0.0

    def now(self):
        return NOW + timedelta(seconds=self.passed)

    def sleep(self, seconds: float) -> None:
        self.passed += seconds


@pytest.mark.parametrize(("live", "waits"), [([OLD], True), ([], False)])
@pytest.mark.parametrize("patience", [1, 600])
def test_what_waited_comes_when_no_cell_honours_a_mark_that_was_given_back(tmp_path, live, waits, patience):
    foundation = embedded_foundation(SEED | {"network_policies": live})
    world, time = foundation.world, Time()
    (api,) = (app for app in world.apps.values() if app.name == "api")
    written: dict[str, float] = {"delete": 0.0}
    for path, what in (("*/policies", "create"), ("*/policies/delete", "delete")):
        hook = Fault(Effect.HOOK_BEFORE, "POST", path, hook=lambda _, what=what: written.update({what: time.passed}))
        foundation.inject(hook)
    bundle = bundle_of(tmp_path, MANIFEST).bundle
    with client_of(foundation) as platform:

        def plan_now():
            return make_plan(PlanRequest(bundle, TODAY), platform)

        console = Console(io.StringIO(), io.StringIO(), PLAIN, PLAIN, interactive=False)
        applying = Applying(platform, plan_now, console, clock=Clock(time.now, time.sleep))
        result = applying.run(plan_now())
        world.add_app(api.space, "late")
        for plan in applying.pending_for(result, patience):
            assert applying.run(plan).succeeded
    assert (written["create"] - written["delete"] >= POLL_SECONDS) is waits
