"""Live states as unkind as Cloud Foundry, and a file, can make them."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import strategies as st

from reconciler.model.environment import SYSTEM_TRUST
from reconciler.model.live import LiveApp, LiveRoute, LiveState
from reconciler.model.names import AppRef, SpaceRef, fold
from reconciler.model.policies import PolicySet
from reconciler.model.policy import NetworkPolicy, StalePolicy, UnknownApp
from reconciler.model.route import internal_route

NAMES = [
    "web", "self", "Self", "no", "null", "~", "true", "1.0", "0o17", "1e3", "2024-01-01", "22:22", "-", "---", "- a",
    "a: b", "a #b", "# x", "'q'", '"q"', "back\\slash", "two words", " led ", "tail ", "x/y", "50%", "a%2Fb", "%41",
    "*", "a*b", "&anchor", "!tag", "@at", "`tick", "{a}", "[a]", "a,b", "|", ">", "?", "Straße", "İ", "名前",
    "\U0001f600", "\u200b", "\u202eabc", "\u00a0", "\u0085", "\u2028", "tab\there", "line\nbreak", "\ufeff", "n" * 255,
    "..", ".hidden", "<<", "=", "é", "e\u0301", "apps: []", "...", "%YAML 1.1", "\x00", "\x7f",
]  # fmt: skip
PORTS = [
    (8080, 8080), (61443, 61443), (61443, 61444), (61000, 61500), (61001, 61001), (2222, 2222), (2000, 3000),
    (9100, 9100), (7000, 7010), (1, 65535), (1, 1), (65535, 65535), (8080, 8090), (8080, 8085),
]  # fmt: skip
ROUTES = [("web", "apps.internal"), ("h_1", "apps.internal"), ("a.b", "apps.internal"), ("*", "apps.internal")]
ROUTES += [
    ("x", "other.internal"),
    ("y" * 64, "apps.internal"),
    ("z", "apps.example.com"),
    ("w", "bad_domain.internal"),
]
INTERNAL = frozenset({"apps.internal", "other.internal", "bad_domain.internal"})
VALUES = st.sampled_from([*SYSTEM_TRUST.values(), "/elsewhere.pem"])
ANY_NAME = st.one_of(
    st.sampled_from(NAMES),
    st.text(st.characters(blacklist_categories=("Cs",)), min_size=1, max_size=6),
)


@st.composite
def nasty_states(draw: st.DrawFn) -> LiveState:
    """Draw a live state with odd names, ports, routes and variables."""
    names = st.lists(ANY_NAME, min_size=1, max_size=3, unique_by=fold)
    spaces = [SpaceRef(org, space) for org in draw(names) for space in draw(names)]
    apps = [AppRef(*space, app) for space in spaces for app in draw(names)]
    app = st.sampled_from(apps)
    ends = st.tuples(app, app, st.sampled_from(["tcp", "udp"]), st.sampled_from(PORTS))
    dead = st.one_of(app, st.builds(UnknownApp, st.sampled_from(["gone", "line\nbreak", "é"])))
    routes = {}
    for host, domain in draw(st.lists(st.sampled_from(ROUTES), max_size=4, unique=True)):
        mapped = draw(st.frozensets(app, max_size=3))
        owner = draw(st.sampled_from([*spaces, None]))
        if mapped and draw(st.integers(0, 3)):
            owner = min(mapped).space_ref
        odd = draw(st.integers(0, 5)) == 0
        worker = draw(st.frozensets(st.sampled_from(sorted(mapped)))) if mapped and odd else frozenset()
        routes[internal_route(host, domain)] = LiveRoute(owner, mapped, without_web=worker)
    variables = st.dictionaries(st.sampled_from([*SYSTEM_TRUST]), VALUES)
    return LiveState(
        foundation="https://api.example.com",
        taken_at=datetime(2026, 11, 20, 6, tzinfo=UTC),
        spaces=frozenset(spaces),
        apps={app: LiveApp(f"guid-{number}") for number, app in enumerate(apps)},
        policies=PolicySet.of(NetworkPolicy(*most, *ports) for *most, ports in draw(st.lists(ends, max_size=8))),
        stale=tuple(
            StalePolicy(UnknownApp("gone"), end, "tcp", 8080, 8080) for end in draw(st.lists(dead, max_size=2))
        ),
        routes=routes,
        environment={one: draw(variables) for one in apps if draw(st.booleans())},
        internal_domains=INTERNAL,
    )
