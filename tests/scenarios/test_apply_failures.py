"""What an apply says and leaves behind when the platform fails in the middle."""

from __future__ import annotations

import pytest
import stamina
from support.embedded import client_of, embedded_foundation
from support.scenarios import TODAY, bundle_of

from reconciler.apply.events import Finished, StepDone, StepFailed, StepStarted
from reconciler.apply.executor import apply_plan
from reconciler.cli.applying.outcome import Told, show_outcome
from reconciler.cli.console import open_console
from reconciler.errors import ManifestError
from reconciler.flow.plans import make_plan
from reconciler.flow.requests import PlanRequest
from reconciler.planning.steps import CreatePolicies, DeletePolicies
from reconciler.report.apply_json import render_result_json
from reconciler.report.apply_text import render_result_text
from reconciler.simulator.faults import Effect, Fault

MANIFEST = """
manages: space
apps:
  - name: api
    routes: [api.apps.internal]
    ports: [{name: http, tls: auto}]
    ingress: [{from: caller, ports: [http]}]
"""
SEED = {
    "organizations": [{"name": "acme", "spaces": [{"name": "web", "apps": [{"name": "api"}, {"name": "caller"}]}]}],
    "network_policies": [
        {"source": "acme/web/api", "destination": "acme/web/caller", "protocol": "tcp", "ports": 9},
        {"source": "acme/web/caller", "destination": "acme/web/api", "protocol": "tcp", "ports": 8080},
    ],
}
POLICIES = "*/policies"
DELETE = "*/policies/delete"


@pytest.fixture(autouse=True)
def _no_pauses():
    stamina.set_testing(True, attempts=2)
    yield
    stamina.set_testing(False)


@pytest.fixture
def run(tmp_path):
    foundation = embedded_foundation(SEED)
    loaded = bundle_of(tmp_path, MANIFEST)

    def apply(*faults: Fault, batch_size: int = 1000):
        with client_of(foundation) as platform:

            def plan_now():
                return make_plan(PlanRequest(loaded.bundle, TODAY), platform)

            plan = plan_now()
            for fault in faults:
                foundation.inject(fault)
            *events, last = apply_plan(plan, platform, replan=plan_now, batch_size=batch_size)
            foundation.heal()
            assert isinstance(last, Finished)
            return plan, events, last.result

    apply.foundation = foundation
    return apply


def ports(foundation) -> set[int]:
    return {policy[3] for policy in foundation.world.policies}


def test_without_faults_it_ends_as_wanted(run):
    _, events, result = run()
    assert result.matches
    assert ports(run.foundation) == {61443}
    assert list(result.done) == [event.step for event in events if isinstance(event, StepStarted)]


def test_when_adding_fails_nothing_is_removed(run):
    _, events, result = run(Fault(Effect.DATABASE_DOWN, method="POST", path=POLICIES))
    assert isinstance(events[-1], StepFailed)
    assert isinstance(result.failed, CreatePolicies)
    assert ports(run.foundation) == {9, 8080}
    assert [type(step) for step in result.remaining] == [DeletePolicies]
    assert not result.matches
    assert not result.nothing_changed


def test_when_removing_fails_every_addition_is_in(run):
    _, _, result = run(Fault(Effect.DATABASE_DOWN, method="POST", path=DELETE))
    assert isinstance(result.failed, DeletePolicies)
    assert ports(run.foundation) == {9, 8080, 61443}
    assert result.remaining == ()


def test_running_again_finishes_the_job(run):
    run(Fault(Effect.DATABASE_DOWN, method="POST", path=DELETE))
    _, _, result = run()
    assert result.matches
    assert ports(run.foundation) == {61443}
    _, events, result = run()
    assert events == []
    assert result.nothing_changed


def test_the_very_first_write_may_have_changed_something_when_its_outcome_is_unknown(run):
    world = run.foundation.world
    space, domain, _ = _old_route(run.foundation)
    (app,) = (app for app in world.apps.values() if app.name == "api")
    world.add_destination(world.add_route(space, domain, "api"), app.guid)
    _, _, result = run(Fault(Effect.DROP_AFTER, method="POST", path=POLICIES))
    assert result.error.outcome_unknown
    assert result.done == ()
    assert not result.nothing_changed


def test_an_answer_that_is_lost_after_the_write_is_survived(run):
    _, _, result = run(Fault(Effect.DROP_AFTER, method="POST", path=POLICIES, times=1))
    assert result.matches


def test_a_write_whose_outcome_nobody_knows_says_so(run):
    plan, _, result = run(Fault(Effect.DROP_AFTER, method="POST", path=POLICIES))
    assert result.error.outcome_unknown
    assert not result.nothing_changed
    text = render_result_text(result)
    assert "it may have happened all the same" in text
    assert "not done  delete 2 network policies" in text
    assert '"outcome_unknown": true' in render_result_json(plan, result)


def test_the_first_failure_with_nothing_changed_is_told_in_full_and_is_an_error(run, capsys):
    plan, _, result = run(Fault(Effect.NO_ENDPOINTS, method="POST", path="/v3/routes"))
    assert result.nothing_changed
    assert show_outcome(Told(plan, result), open_console(), "text") == 1
    captured = capsys.readouterr()
    assert "failed    create internal route api.apps.internal" in captured.out
    assert "not done  create 1 network policy" in captured.out
    assert "Not there yet" in captured.out


def test_a_partial_apply_has_its_own_exit_code_and_says_what_to_run(run, capsys):
    plan, _, result = run(Fault(Effect.DATABASE_DOWN, method="POST", path=DELETE))
    assert show_outcome(Told(plan, result), open_console(), "text") == 5
    captured = capsys.readouterr()
    assert "failed    delete 2 network policies" in captured.out
    assert "done      create 1 network policy" in captured.out
    assert "run the same command again" in captured.err


def test_when_the_platform_cannot_be_read_again_the_result_is_unknown(run):
    _, _, result = run(Fault(Effect.SERVICE_UNAVAILABLE, method="GET", path="/v3/apps", after=0))
    assert result.after is None
    assert not result.matches
    assert "could not be planned with again" in render_result_text(result)


def test_a_removal_that_fails_is_a_failure_even_if_the_next_plan_is_empty(run):
    run.foundation.world.add_route(*_old_route(run.foundation))
    route = run.foundation.world.route_at(*_old_route(run.foundation)[1:])
    (app,) = (app for app in run.foundation.world.apps.values() if app.name == "api")
    run.foundation.world.add_destination(route, app.guid)
    _, _, result = run(Fault(Effect.UNKNOWN_ERROR, method="DELETE", path="/v3/routes/*-????????????"))
    assert result.error is not None
    assert not result.succeeded


def _old_route(foundation) -> tuple[str, str, str]:
    org = foundation.world.organization_named("acme").guid
    return foundation.world.space_named(org, "web").guid, foundation.world.domain_named("apps.internal").guid, "old"


def test_when_the_world_can_no_longer_be_planned_with_the_result_says_so(tmp_path):
    foundation = embedded_foundation(SEED)
    manifest = (
        "apps: [{name: one, match: ['a*']}, {name: two, match: ['*i']}, {name: caller, routes: [c.apps.internal]}]\n"
    )
    foundation.world.rename_app(next(app for app in foundation.world.apps.values() if app.name == "api"), "other")
    loaded = bundle_of(tmp_path, manifest)

    def both_match(world) -> None:
        world.rename_app(next(app for app in world.apps.values() if app.name == "other"), "ai")

    with client_of(foundation) as platform:

        def plan_now():
            return make_plan(PlanRequest(loaded.bundle, TODAY, max_revokes=9), platform)

        plan = plan_now()
        foundation.inject(Fault(Effect.HOOK_AFTER, method="POST", path="/v3/routes", hook=both_match, times=1))
        *_, last = apply_plan(plan, platform, replan=plan_now)
    assert isinstance(last.result.reread_error, ManifestError)
    assert not last.result.succeeded
    assert last.result.done


@pytest.mark.parametrize(
    ("readings", "noticed"),
    [(0, ["Rereading", "StepSkipped"]), (1, ["Rereading"])],
    ids=["before the removals", "after the second reading"],
)
def test_a_route_that_somebody_uses_in_the_meantime_is_left_in_place(tmp_path, readings, noticed):
    seed = {
        "organizations": [
            {
                "name": "acme",
                "spaces": [
                    {
                        "name": "web",
                        "apps": [{"name": "api"}, {"name": "other"}],
                        "routes": [{"host": "old", "domain": "apps.internal", "destinations": ["api"]}],
                    }
                ],
            }
        ]
    }
    foundation = embedded_foundation(seed)
    loaded = bundle_of(tmp_path, "apps: [{name: api}]\n")

    def somebody_maps(world) -> None:
        (route,) = world.routes.values()
        (other,) = (app for app in world.apps.values() if app.name == "other")
        world.add_destination(route, other.guid)

    with client_of(foundation) as platform:

        def plan_now():
            return make_plan(PlanRequest(loaded.bundle, TODAY), platform)

        plan = plan_now()
        meanwhile = Fault(
            Effect.HOOK_BEFORE, method="GET", path="/v3/routes", hook=somebody_maps, times=1, after=readings
        )
        foundation.inject(meanwhile)
        *events, last = apply_plan(plan, platform, replan=plan_now)
    assert last.result.matches
    assert [type(event).__name__ for event in events if not isinstance(event, StepStarted | StepDone)] == noticed
    assert any(getattr(event, "note", None) for event in events) == (readings > 0)
    (route,) = foundation.world.routes.values()
    assert [foundation.world.apps[d.app].name for d in route.destinations.values()] == ["other"]
