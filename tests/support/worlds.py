"""Hypothesis strategies for worlds small enough to be searched by brute force."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import strategies as st

from reconciler.diagnostics import Span
from reconciler.model.desired import DesiredRoute, DesiredState, DesiredVariable, Grant, Term
from reconciler.model.environment import SYSTEM_TRUST, EnvironmentVariable
from reconciler.model.live import LiveApp, LiveRoute, LiveState
from reconciler.model.names import AppRef, SpaceRef
from reconciler.model.policies import PolicyMap, PolicySet
from reconciler.model.policy import NetworkPolicy, StalePolicy, UnknownApp
from reconciler.model.ports import TlsMode
from reconciler.model.route import InternalRoute, RouteDestination
from reconciler.model.scope import Scope

OURS = SpaceRef("acme", "web")
THEIRS = SpaceRef("globex", "web")
APPS = (AppRef(*OURS, "a"), AppRef(*OURS, "b"), AppRef(*THEIRS, "c"))
PORTS = (("tcp", 8080, 8080), ("tcp", 61443, 61443))
POLICIES = tuple(NetworkPolicy(s, d, *ports) for s in APPS for d in APPS for ports in PORTS)
ROUTES = (InternalRoute("x", "apps.internal"), InternalRoute("y", "apps.internal"))
TRUST_PATH = SYSTEM_TRUST["SSL_CERT_FILE"]
ORIGIN = (Span("policies/web.yml", 1, 1),)
TAKEN_AT = datetime(2026, 11, 20, 6, tzinfo=UTC)


def granted(policy: NetworkPolicy) -> Grant:
    """Give what one manifest line says for a policy."""
    return Grant((Term(*ORIGIN, TlsMode.AUTO if policy.is_platform_tls else TlsMode.NONE),))


@st.composite
def live_states(draw: st.DrawFn) -> LiveState:
    """Draw what the platform might hold."""
    routes = {}
    for route in draw(st.sets(st.sampled_from(ROUTES))):
        owner = draw(st.sampled_from((OURS, THEIRS)))
        mapped = draw(st.frozensets(st.sampled_from(APPS)))
        routes[route] = LiveRoute(owner, mapped, unnamed_destinations=draw(st.integers(0, 1)))
    values = st.sampled_from((TRUST_PATH, "/elsewhere.pem"))
    return LiveState(
        foundation="https://api.example.com",
        taken_at=TAKEN_AT,
        spaces=frozenset((OURS, THEIRS)),
        apps={app: LiveApp(f"guid-{app}") for app in APPS},
        policies=PolicySet.of(draw(st.frozensets(st.sampled_from(POLICIES)))),
        stale=tuple(
            StalePolicy(UnknownApp("gone"), app, "tcp", 61443, 61443) for app in draw(st.sets(st.sampled_from(APPS)))
        ),
        routes=routes,
        environment={app: draw(st.dictionaries(st.sampled_from(sorted(SYSTEM_TRUST)), values)) for app in APPS[:2]},
        internal_domains=frozenset({"apps.internal"}),
    )


@st.composite
def desired_states(draw: st.DrawFn, live: LiveState) -> DesiredState:
    """Draw what manifests might want of that platform. Only our own apps are governed."""
    governed = draw(st.frozensets(st.sampled_from(APPS[:2])))
    additive = draw(st.frozensets(st.sampled_from(sorted(governed)))) if governed else frozenset()
    wantable = [policy for policy in POLICIES if policy.destination in governed]
    usable = [route for route in ROUTES if route not in live.routes or live.routes[route].space == OURS]
    routes, destinations = {}, {}
    for route in usable if governed else ():
        for app in draw(st.sets(st.sampled_from(sorted(governed)))):
            routes[route] = DesiredRoute(OURS, ORIGIN)
            destinations[RouteDestination(route, app)] = ORIGIN
    wanted = draw(st.frozensets(st.sampled_from(wantable))) if wantable else frozenset()
    return DesiredState(
        scope=Scope(governed, additive, draw(st.sampled_from((frozenset({"apps.internal"}), frozenset())))),
        policies=PolicyMap.of({policy: granted(policy) for policy in wanted}),
        routes=routes,
        declared=frozenset(routes) | draw(st.frozensets(st.sampled_from(ROUTES))),
        destinations=destinations,
        environment={
            EnvironmentVariable(app, name): DesiredVariable(value, ORIGIN)
            for app in sorted(governed)
            for name in SYSTEM_TRUST
            for value in (draw(st.sampled_from((TRUST_PATH, None))),)
        },
        expired=PolicyMap.of(
            {policy: granted(policy) for policy in draw(st.frozensets(st.sampled_from(POLICIES))) - wanted}
        ),
    )


@st.composite
def worlds(draw: st.DrawFn) -> tuple[DesiredState, LiveState]:
    """Draw a live state and what is wanted of it."""
    live = draw(live_states())
    return draw(desired_states(live)), live
