"""Somebody else changes the same things while an apply is at work."""

from __future__ import annotations

from itertools import combinations, islice

import pytest
import stamina
from support.embedded import client_of, embedded_foundation
from support.scenarios import TODAY, bundle_of

from reconciler.apply.events import Finished
from reconciler.apply.executor import apply_plan
from reconciler.cli.applying.outcome import Told, show_outcome
from reconciler.cli.console import open_console
from reconciler.flow.plans import make_plan
from reconciler.flow.requests import PlanRequest
from reconciler.planning.steps import DeletePolicies
from reconciler.report.apply_json import render_result_json
from reconciler.report.apply_text import render_result_text
from reconciler.simulator.faults import Effect, Fault

MANIFEST = """
apps:
  - name: api
    ports: [{name: http, tls: none, port: %s}]
    ingress: [{from: caller, ports: [http]}]
  - name: caller
"""
POLICIES = "*/policies"


def seed(*open_ports: int):
    return {
        "organizations": [{"name": "acme", "spaces": [{"name": "web", "apps": [{"name": "api"}, {"name": "caller"}]}]}],
        "network_policies": [
            {"source": "acme/web/caller", "destination": "acme/web/api", "protocol": "tcp", "ports": port}
            for port in open_ports
        ],
    }


@pytest.fixture(autouse=True)
def _no_pauses():
    stamina.set_testing(True, attempts=2)
    yield
    stamina.set_testing(False)


def ports(foundation) -> set[int]:
    return {policy[3] for policy in foundation.world.policies}


def change(*, add: int | None = None, remove: int | None = None):
    """Give what somebody does to the policies from `caller` to `api`."""

    def hook(world) -> None:
        by_name = {app.name: app.guid for app in world.apps.values()}
        for port, act in ((add, world.policies.add), (remove, world.policies.remove)):
            if port:
                act([(by_name["caller"], by_name["api"], "tcp", port, port)], 0)

    return hook


class Apply:
    """One apply, plan first; `meanwhile` happens when the live policies are read for the n-th time after that."""

    def __init__(self, folder, foundation, platform, manifest: str) -> None:
        folder.mkdir(exist_ok=True)
        request = PlanRequest(bundle_of(folder, manifest).bundle, TODAY, max_revokes=9)
        self.plan_now = lambda: make_plan(request, platform)
        self.plan = self.plan_now()
        self.foundation = foundation
        self.events = apply_plan(self.plan, platform, replan=self.plan_now)

    def run(self, hook, reading: int):
        fault = Fault(Effect.HOOK_BEFORE, method="GET", path=POLICIES, hook=hook, times=1, after=reading)
        self.foundation.inject(fault)
        *_, last = self.events
        assert isinstance(last, Finished)
        return last.result

    def code(self, result) -> int:
        return show_outcome(Told(self.plan, result), open_console(), "text")


def test_when_what_was_added_is_taken_away_nothing_is_removed(tmp_path):
    foundation = embedded_foundation(seed(1))
    with client_of(foundation) as platform:
        apply = Apply(tmp_path / "m", foundation, platform, MANIFEST % 8080)
        result = apply.run(change(remove=8080), 0)
        assert ports(foundation) == {1}
        assert [type(step) for step in result.remaining] == [DeletePolicies]
        text = render_result_text(result)
        assert "somebody else is changing the same things" in text
        assert "create acme/web/caller -> acme/web/api tcp/8080" in text
        assert '"exit_code": 4' in render_result_json(apply.plan, result)
        assert apply.code(result) == 5


def test_what_is_removed_already_is_skipped(tmp_path):
    foundation = embedded_foundation(seed(1, 2))
    with client_of(foundation) as platform:
        apply = Apply(tmp_path / "m", foundation, platform, MANIFEST % 2)
        result = apply.run(change(remove=1), 0)
        assert ports(foundation) == {2}
        assert result.done == ()
        assert len(result.skipped) == 1
        assert apply.code(result) == 0


@pytest.mark.parametrize("reading", [0, 1], ids=["before the removals", "before the last look"])
def test_what_nobody_planned_is_neither_removed_nor_passed_over(tmp_path, reading):
    foundation = embedded_foundation(seed(1))
    with client_of(foundation) as platform:
        apply = Apply(tmp_path / "m", foundation, platform, MANIFEST % 8080)
        result = apply.run(change(add=7), reading)
        assert ports(foundation) == {7, 8080}
        assert apply.code(result) == 5


def test_when_nothing_was_changed_the_world_is_what_moved(tmp_path):
    foundation = embedded_foundation(seed(1, 2))
    with client_of(foundation) as platform:
        apply = Apply(tmp_path / "m", foundation, platform, MANIFEST % 2)
        result = apply.run(change(remove=1, add=7), 0)
        assert ports(foundation) == {2, 7}
        assert result.nothing_changed
        assert apply.code(result) == 4


def test_a_world_that_moves_after_an_empty_plan_is_told(tmp_path):
    foundation = embedded_foundation(seed(8080))
    with client_of(foundation) as platform:
        apply = Apply(tmp_path / "m", foundation, platform, MANIFEST % 8080)
        assert apply.plan.is_empty
        result = apply.run(change(add=7), 0)
        assert apply.code(result) == 4
    assert ports(foundation) == {7, 8080}


def interleavings(left: int, right: int):
    """Give every order in which `left` and `right` events can happen."""
    for places in combinations(range(left + right), left):
        yield [place in places for place in range(left + right)]


EVENTS = 6
"""As many as an apply has here at most: a start and an end of two steps, a second reading, the result."""


def test_one_of_two_that_contradict_each_other_tells_however_they_overlap(tmp_path):
    for order in islice(interleavings(EVENTS, EVENTS), 0, None, 23):
        foundation = embedded_foundation(seed(1, 2))
        with client_of(foundation) as platform:
            left = Apply(tmp_path / "left", foundation, platform, MANIFEST % 8001)
            right = Apply(tmp_path / "right", foundation, platform, MANIFEST % 8002)
            ends = [
                event.result
                for is_left in order
                if isinstance(event := next((left if is_left else right).events, None), Finished)
            ]
        assert len(ends) == 2
        assert not all(result.succeeded for result in ends), order
        assert ports(foundation) == {8001, 8002}, "each took away what it had planned to, and nothing else"
