"""Laws of planning that hold in every world, checked on worlds small enough to search exhaustively."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st
from support.replay import ReplayPlatform
from support.worlds import APPS, OURS, POLICIES, TAKEN_AT, worlds

from reconciler.apply.events import Finished, Result
from reconciler.apply.executor import apply_plan
from reconciler.model.environment import SYSTEM_TRUST
from reconciler.model.policies import PolicySet
from reconciler.planning.build import build_plan
from reconciler.planning.changes import Create, Delete, Reason
from reconciler.planning.codec import encode_plan
from reconciler.planning.digest import plan_digest
from reconciler.planning.ordering import steps
from reconciler.planning.plan import ManifestsVersion, Plan, PlanOptions
from reconciler.planning.steps import CreatePolicies, DeletePolicies

MANIFESTS = ManifestsVersion("sha256:0")
OPTIONS = PlanOptions(TAKEN_AT.date())


def plan_of(desired, live) -> Plan:
    return build_plan(desired, live, manifests=MANIFESTS, options=OPTIONS)


def applied(desired, live, batch_size=1000) -> tuple[Result, ReplayPlatform]:
    platform = ReplayPlatform(live)
    events = list(
        apply_plan(
            plan_of(desired, live), platform, replan=lambda: plan_of(desired, platform.live), batch_size=batch_size
        )
    )
    assert isinstance(events[-1], Finished)
    return events[-1].result, platform


@given(worlds())
def test_one_apply_converges_and_the_next_plan_is_empty(world):
    desired, live = world
    result, platform = applied(desired, live)
    assert result.matches
    assert plan_of(desired, platform.live).changes == ()


@given(worlds())
def test_applying_twice_changes_nothing(world):
    desired, live = world
    _, first = applied(desired, live)
    _, second = applied(desired, first.live)
    assert second.states == [first.live]


@given(worlds())
def test_what_is_not_ours_survives(world):
    desired, live = world
    _, platform = applied(desired, live)
    scope = desired.scope
    assert {p for p in live.policies if p.destination not in scope.apps} == {
        p for p in platform.live.policies if p.destination not in scope.apps
    }
    for route, state in live.routes.items():
        for app in state.destinations - scope.apps:
            assert app in platform.live.routes[route].destinations
        if route.domain not in scope.domains:
            assert state.destinations <= platform.live.routes[route].destinations
        if state.unnamed_destinations:
            assert route in platform.live.routes
    assert platform.live.stale == live.stale


@given(worlds())
def test_additive_apps_lose_nothing(world):
    desired, live = world
    _, platform = applied(desired, live)
    for app in desired.scope.additive:
        assert {p for p in live.policies if p.destination == app} <= platform.live.policies
        for route, state in live.routes.items():
            assert app not in state.destinations or app in platform.live.routes[route].destinations


def acceptable(policies: frozenset, desired) -> bool:
    """Say, in the words of the language page, whether these policies are what the manifests want."""
    wanted = set(desired.policies)
    return wanted <= policies and all(
        policy in wanted or policy.destination not in desired.scope.apps or policy.destination in desired.scope.additive
        for policy in policies
    )


@given(worlds())
def test_no_smaller_set_of_policy_operations_reaches_an_acceptable_state(world):
    desired, live = world
    todo = list(steps(plan_of(desired, live)))
    planned = {p for step in todo if isinstance(step, CreatePolicies | DeletePolicies) for p in step.policies}
    assert acceptable(live.policies ^ planned, desired)
    relevant = sorted(set(desired.policies) | set(live.policies))
    for size in range(len(planned)):
        for toggled in combinations(relevant, size):
            assert not acceptable(live.policies ^ set(toggled), desired)


def acceptable_routes(live, desired, before) -> bool:
    """Say whether the routes are as wanted: every declared name answers, no governed app answers under another."""
    scope = desired.scope
    for destination in desired.destinations:
        state = live.get(destination.route)
        if state is None or destination.app not in state:
            return False
    for route, state in live.items():
        if route.domain not in scope.domains:
            continue
        for app in state:
            declared = any((d.route, d.app) == (route, app) for d in desired.destinations)
            if scope.may_remove_from(app) and not declared:
                return False
        emptied = bool(before[route].destinations) if route in before else False
        removable = route in before and not before[route].unnamed_destinations and before[route].space == OURS
        if emptied and not state and removable and route not in desired.declared:
            return False
    return True


@given(worlds())
def test_no_smaller_set_of_route_operations_reaches_an_acceptable_state(world):
    desired, live = world
    routes = sorted(set(live.routes) | set(desired.routes))
    mapped = {route: live.routes[route].destinations for route in live.routes}
    cells = [("route", route) for route in routes]
    cells += [("map", route, app) for route in routes for app in APPS[:2]]
    changes = [c for c in plan_of(desired, live).changes if c.item.kind in {"internal_route", "route_destination"}]

    def after(toggled) -> dict | None:
        exists = {route for route in routes if (route in mapped) != (("route", route) in toggled)}
        state = {}
        for route in routes:
            old = mapped.get(route, frozenset())
            new = {app for app in APPS if (app in old) != (("map", route, app) in toggled)}
            unnamed = live.routes[route].unnamed_destinations if route in live.routes else 0
            if route not in exists and (new or unnamed):
                return None
            if route in exists:
                state[route] = new
        return state

    cost = len(changes)
    for size in range(cost):
        for toggled in combinations(cells, size):
            state = after(set(toggled))
            assert state is None or not acceptable_routes(state, desired, live.routes)


@given(worlds())
def test_governed_variables_end_as_wanted_and_no_other_value_is_removed(world):
    desired, live = world
    _, platform = applied(desired, live)
    for variable, wanted in desired.environment.items():
        before = live.environment[variable.app].get(variable.name)
        after = platform.live.environment[variable.app].get(variable.name)
        if wanted.value is None:
            assert after == (None if before == SYSTEM_TRUST[variable.name] else before)
        elif before is None or desired.scope.may_remove_from(variable.app):
            assert after == wanted.value


@given(worlds(), st.integers(1, 4))
def test_make_before_break_at_every_moment(world, batch_size):
    """At no step is a pair cut that is allowed before and after, or one open that neither state allows."""
    desired, live = world
    _, platform = applied(desired, live, batch_size)
    first, last = live.policies, platform.live.policies
    for state in platform.states:
        assert first & last <= state.policies <= first | last
    cut = False
    for earlier, later in zip(platform.states, platform.states[1:], strict=False):
        cut = cut or bool(earlier.policies - later.policies)
        assert not (cut and later.policies - earlier.policies)


@given(worlds())
def test_the_same_input_gives_the_same_bytes(world):
    desired, live = world
    assert encode_plan(plan_of(desired, live)) == encode_plan(plan_of(desired, live))


@given(worlds())
def test_foreign_policies_do_not_change_the_digest(world):
    desired, live = world
    foreign = {p for p in POLICIES if p.destination not in desired.scope.apps}
    other = replace(live, policies=PolicySet.of(live.policies | foreign))
    assert plan_digest(plan_of(desired, live)) == plan_digest(plan_of(desired, other))


@given(worlds())
def test_every_reason_is_true(world):
    desired, live = world
    for change in plan_of(desired, live).changes:
        if isinstance(change, Create) and change.reason is Reason.DECLARED:
            assert change.origins
        if isinstance(change, Delete) and change.reason is Reason.EXPIRED:
            assert change.before.policy in desired.expired
