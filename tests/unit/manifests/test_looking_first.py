"""Checks look first at what tells that there is nothing to find: nothing may be missed by that."""

from collections import Counter
from datetime import date
from itertools import combinations

import hypothesis.strategies as st
from hypothesis import given

from reconciler.manifests.checks import claims, dates, grants, routes
from reconciler.manifests.loaded import SpaceDocument
from reconciler.manifests.parsing.parsed import Document
from reconciler.manifests.schemas.verdict import is_valid
from reconciler.manifests.selectors import parse_selector
from reconciler.manifests.space import read_space
from reconciler.model.names import matches

TODAY = date(2026, 11, 20)
NAMES = st.sampled_from(["a", "A", "b", "c", "cd"])
DAYS = st.sampled_from(["2020-01-01", "2026-11-19", "2026-11-20", "2026-12-04", "2026-12-05", "2099-01-01"])
SOURCES = st.sampled_from(
    ["x", "y/x", "self", {"app": "x"}, {"labels": "tier=web"}, {"labels": "tier in ("}, {"app": "x", "labels": "!"}]
)
GRANTS = st.fixed_dictionaries(
    {
        "from": SOURCES | st.lists(SOURCES, min_size=1, max_size=3),
        "ports": st.lists(st.sampled_from(["api", "db"]), min_size=1, unique=True),
    },
    optional={"until": DAYS},
)
PORTS = st.lists(
    st.fixed_dictionaries(
        {"name": st.sampled_from(["api", "db"]), "tls": st.just("auto")}, optional={"plaintext_until": DAYS}
    ),
    max_size=2,
)
APPS = st.fixed_dictionaries(
    {"name": NAMES, "ports": PORTS, "ingress": st.lists(GRANTS, max_size=3)},
    optional={
        "match": st.lists(st.sampled_from(["a", "b", "B", "c", "a*", "*d"]), min_size=1, max_size=2),
        "routes": st.lists(st.sampled_from(["a.internal", "A.internal"]), max_size=1),
    },
)


@st.composite
def documents(draw, most=3):
    found = []
    for _ in range(draw(st.integers(1, most))):
        data = {"apiVersion": "c2c/v1", "kind": "Space", "org": "acme", "space": draw(st.sampled_from(["w", "W", "v"]))}
        data["apps"] = draw(st.lists(APPS, max_size=3))
        assert is_valid("Space", data)
        found.append(SpaceDocument(Document("f.yml", data), read_space(data)))
    return found


def entries(spaces):
    """Give every app with its space, in lower case."""
    return [(item.value.space.lower(), app) for item in spaces for app in item.value.apps]


@given(documents())
def test_entries_of_one_name(spaces):
    times = Counter((space, app.name.lower()) for space, app in entries(spaces))
    assert len(list(claims.duplicate_apps(spaces))) == sum(times.values()) - len(times)


@given(documents())
def test_entries_for_one_live_app(spaces):
    def meet(one, other):
        return any(
            matches(first, second) or matches(second, first)
            for first in one.live_names
            for second in other.live_names
            if "*" not in first or "*" not in second
        )

    claimed = any(
        space == home and one.name.lower() != other.name.lower() and meet(one, other)
        for (space, one), (home, other) in combinations(entries(spaces), 2)
    )
    assert bool(list(claims.apps_claimed_twice(spaces))) == claimed


@given(documents())
def test_one_route_in_two_spaces(spaces):
    declared = [(route.lower(), space) for space, app in entries(spaces) for route in app.routes]
    owners = {}
    for route, space in declared:
        owners.setdefault(route, space)
    assert len(list(routes.duplicate_routes(spaces))) == sum(owners[route] != space for route, space in declared)


@given(documents(most=1))
def test_ports_that_an_app_does_not_have(spaces):
    asked = [(name, app.ports) for _, app in entries(spaces) for grant in app.ingress for name in grant.ports]
    unknown = [name for name, ports in asked if name not in [port.name for port in ports]]
    assert len(list(grants.unknown_ports(spaces[0]))) == len(unknown)


@given(documents(most=1))
def test_selectors_that_are_none(spaces):
    def is_bad(labels):
        try:
            parse_selector(labels)
        except ValueError:
            return True
        return False

    named = [source.labels for _, app in entries(spaces) for grant in app.ingress for source in grant.sources]
    bad = [labels for labels in named if labels is not None and is_bad(labels)]
    assert len(list(grants.bad_selectors(spaces[0]))) == len(bad)


@given(documents(most=1))
def test_days_that_are_near(spaces):
    def near(days):
        return sum(day is not None and (day - TODAY).days <= dates.SOON_DAYS for day in days)

    apps = spaces[0].value.apps
    assert len(list(dates.ended_grants(spaces[0], TODAY))) == near(one.until for app in apps for one in app.ingress)
    plaintext = list(dates.ended_plaintext(spaces[0], TODAY))
    assert len(plaintext) == near(port.plaintext_until for app in apps for port in app.ports)
