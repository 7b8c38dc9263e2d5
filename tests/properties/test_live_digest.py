"""The digest of a live state is the same for equal states, however they came to be, and another for any other state."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from hypothesis import given, settings
from hypothesis import strategies as st
from support.worlds import APPS, OURS, POLICIES, ROUTES, THEIRS, TRUST_PATH, live_states, worlds

from reconciler.model.desired import DesiredState
from reconciler.model.live import LiveApp, LiveRoute, LiveState
from reconciler.model.names import AppRef
from reconciler.model.policies import PolicySet
from reconciler.model.policy import NetworkPolicy
from reconciler.model.scope import Scope
from reconciler.planning.digest import live_digest

if TYPE_CHECKING:
    from collections.abc import Callable

RUNS = settings(max_examples=settings().max_examples // 4)
MORE = (
    *POLICIES,
    *(
        NetworkPolicy(source, end, *opening)
        for source in APPS
        for end in APPS
        for opening in (("udp", 1, 2), ("tcp", 1, 2))
    ),
    *(
        NetworkPolicy(AppRef("acme", "we", app), APPS[0], "tcp", 8080, port)
        for app in ("ba", "b")
        for port in (8080, 8081)
    ),
)


def what_counts(desired: DesiredState, live: LiveState) -> Any:
    """Say in plain values what a plan depends on."""
    scope = desired.scope
    policies = {policy for policy in live.policies if policy.destination in scope.apps}
    apps = scope.apps | {policy.source for policy in policies}
    routes = {
        route: (state.space, state.destinations, state.unnamed_destinations)
        for route, state in live.routes.items()
        if route in desired.declared
        or (route.domain in scope.domains and not scope.apps.isdisjoint(state.destinations))
    }
    return (
        policies,
        apps,
        {app: live.apps[app].incarnation for app in apps if app in live.apps},
        routes,
        {app: variables for app, variables in live.environment.items() if app in scope.apps},
    )


def again(live: LiveState, shuffled: Callable[[list[Any]], list[Any]]) -> LiveState:
    """Make an equal state of new objects, in another order."""

    def named(app: AppRef) -> AppRef:
        return AppRef("".join(list(app.org)), app.space, app.app)

    def reordered(things: Any) -> dict[Any, Any]:
        return dict(shuffled(list(things.items())))

    return replace(
        live,
        policies=PolicySet.of(
            NetworkPolicy(named(source), named(end), *opening)
            for source, end, *opening in shuffled(sorted(live.policies))
        ),
        apps=reordered({named(app): found for app, found in live.apps.items()}),
        routes=reordered(live.routes),
        environment=reordered({app: reordered(found) for app, found in live.environment.items()}),
    )


@RUNS
@given(worlds(), st.frozensets(st.sampled_from(MORE)), st.randoms(use_true_random=False))
def test_equal_states_have_one_digest_in_any_order_and_of_any_objects(world, policies, random):
    desired, live = world
    live = replace(live, policies=PolicySet.of(policies))
    other = again(live, lambda things: random.sample(things, len(things)))
    assert other == live
    assert live_digest(desired, other) == live_digest(desired, live)


@RUNS
@given(worlds(), st.data())
def test_digests_are_equal_exactly_when_what_counts_is(world, data):
    desired, live = world
    live = replace(live, policies=PolicySet.of(data.draw(st.frozensets(st.sampled_from(MORE)))))
    policy = data.draw(st.sampled_from(MORE))
    app, route = data.draw(st.sampled_from(APPS)), data.draw(st.sampled_from(ROUTES))
    owner = data.draw(st.sampled_from((OURS, THEIRS, None)))
    changes = [
        replace(live, policies=PolicySet.of(live.policies ^ {policy})),
        replace(live, policies=PolicySet.of(live.policies ^ {policy, data.draw(st.sampled_from(MORE))})),
        replace(live, apps={**live.apps, app: LiveApp("another")}),
        replace(live, routes={**live.routes, route: LiveRoute(owner, data.draw(st.frozensets(st.sampled_from(APPS))))}),
        replace(live, environment={**live.environment, app: {"SSL_CERT_FILE": TRUST_PATH}}),
        replace(data.draw(live_states()), policies=live.policies),
    ]
    for other in changes:
        same = what_counts(desired, live) == what_counts(desired, other)
        assert (live_digest(desired, live) == live_digest(desired, other)) is same


def test_the_order_of_routes_and_apps_does_not_count():
    desired = DesiredState(Scope(frozenset(APPS), domains=frozenset({"apps.internal"})))
    routes = {route: LiveRoute(OURS, frozenset(APPS)) for route in ROUTES}
    environment = {app: {"SSL_CERT_FILE": app.app} for app in APPS}
    live = LiveState("", None, frozenset(), {}, routes=routes, environment=environment)
    other = replace(live, routes=dict(reversed(routes.items())), environment=dict(reversed(environment.items())))
    assert live_digest(desired, other) == live_digest(desired, live)


def test_the_digest_does_not_depend_on_process_or_machine():
    live = LiveState(
        "https://api.example.com", None, frozenset({OURS}), {app: LiveApp(app.app) for app in APPS}, PolicySet.of(MORE)
    )
    digest = live_digest(DesiredState(Scope(frozenset(APPS[:2]))), live)
    assert digest == "sha256:2547b03ed2f260d9f18fc0db5c07dbb774cd06003806956ac43666e75d202e63"
