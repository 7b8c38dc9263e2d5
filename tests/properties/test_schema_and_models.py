"""The hand-written schemas and the models accept the same documents: each must never be wider than the other."""

import copy
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import given
from pydantic import ValidationError

from reconciler.manifests.documents import Foundation, Space
from reconciler.manifests.schema import is_valid, load_schema
from reconciler.manifests.schema_errors import explain
from reconciler.manifests.source import Document

MODELS = {"Space": Space, "Foundation": Foundation}

NAMES = st.one_of(
    st.sampled_from(
        ["a", "web", "front end", "ünï", "*", "web*", "a/b", "50%", "%2F", "self", "", "x" * 255, "x" * 256]
    ),
    st.sampled_from(["a\n", "\x1b[31m", "a\u2028", "a\x9f", "\U0001f600"]),
    st.text(max_size=5),
)
ADDRESSES = st.one_of(
    NAMES, st.sampled_from(["a/b/c", "a/b", "a//b", "/a", "a/", "a/b/c/d", "*/*/*", "acme/*", "x" * 1024])
)
DATES = st.one_of(
    st.dates().map(str),
    st.sampled_from(
        ["2027-02-30", "2027-13-01", "0000-01-01", "0999-01-01", "20270101", "2027-W01-1", "2027-01-01T00:00:00"]
    ),
)
PORTS = st.one_of(
    st.integers(-1, 70000),
    st.sampled_from(
        [
            8080,
            "8080",
            8080.0,
            8080.5,
            0,
            65535,
            65536,
            True,
            "1-2",
            "2-1",
            "0",
            "08080",
            "1-",
            "-1",
            "1-65536",
            "8080\n",
            2**64 - 1,
            1e300,
        ]
    ),
    st.builds("{}-{}".format, st.integers(0, 66000), st.integers(0, 66000)),
)
ROUTES = st.sampled_from(
    [
        "a.apps.internal",
        "a.internal",
        "A_b.c",
        "a",
        ".a",
        "a.",
        "*.a.b",
        "a.b/c",
        "a..b",
        "-.a",
        "a.-b",
        "é.a.b",
        "x" * 64 + ".a",
        "a." + "b." * 126 + "c",
    ]
)
JUNK = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(-(2**63), 2**64 - 1),
        st.floats(allow_nan=False, allow_infinity=False),
        st.text(max_size=4),
    ),
    lambda inner: st.one_of(st.lists(inner, max_size=2), st.dictionaries(st.text(max_size=4), inner, max_size=2)),
    max_leaves=4,
)


def entry(required: dict[str, Any], optional: dict[str, Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(required, optional=optional)


SOURCES = st.one_of(
    ADDRESSES,
    entry({}, {"org": NAMES, "space": NAMES, "app": NAMES, "labels": NAMES}),
    entry({"app": NAMES}, {"is_self": st.booleans()}),
)
PORT = entry(
    {"name": NAMES, "tls": st.sampled_from(["auto", "manual", "none", "Auto"])},
    {"port": PORTS, "protocol": st.sampled_from(["tcp", "udp", "TCP", ""]), "plaintext_until": DATES},
)
INGRESS = entry(
    {
        "from": st.one_of(SOURCES, st.lists(SOURCES, max_size=3)),
        "ports": st.lists(st.sampled_from(["api", "b", ""]), max_size=3),
    },
    {"why": NAMES, "until": DATES},
)
APP = entry(
    {"name": NAMES},
    {
        "match": st.lists(NAMES, max_size=2),
        "routes": st.lists(ROUTES, max_size=2),
        "ports": st.lists(PORT, max_size=2),
        "ingress": st.lists(INGRESS, max_size=2),
        "trust": st.sampled_from(["system", "System"]),
    },
)
SPACE = entry(
    {"apiVersion": st.just("c2c/v1"), "kind": st.just("Space"), "org": NAMES, "space": NAMES},
    {
        "owner": NAMES,
        "zone": NAMES,
        "manages": st.sampled_from(["apps", "space", "additions", "all"]),
        "apps": st.lists(APP, max_size=2),
    },
)
APIS = st.sampled_from(
    [
        "https://api.example.com",
        "http://127.0.0.1:80/",
        "https://[::1]:1/x",
        "https://u:p@h",
        "ftp://h",
        "https://h?x",
        "https://h#x",
        "https://h\n",
        "https://",
    ]
)
LIMITS = entry(
    {},
    {
        "max_revokes": st.sampled_from([0, 1, -1, 10**9, 10**9 + 1, 3.0, 3.5, True, "3"]),
        "max_revoke_percent": st.sampled_from([0, 100, 100.1, 30, 33.3, -1, True, "30"]),
    },
)
FOUNDATION = entry(
    {"apiVersion": st.just("c2c/v1"), "kind": st.just("Foundation"), "name": NAMES},
    {
        "api": APIS,
        "spaces": st.lists(ADDRESSES, max_size=2),
        "internal_domains": st.lists(ROUTES, max_size=2),
        "limits": LIMITS,
    },
)


def loads(kind: str, data: Any) -> bool:
    try:
        MODELS[kind].model_validate(data)
    except ValidationError:
        return False
    return True


def places(data: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    items = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    return [path, *(place for key, value in items for place in places(value, (*path, key)))]


def mutate(data: Any, place: tuple[Any, ...], action: str, junk: Any) -> Any:
    data = copy.deepcopy(data)
    if not place:
        return data
    parent = data
    for step in place[:-1]:
        parent = parent[step]
    if action == "drop":
        del parent[place[-1]]
    elif action == "add" and isinstance(parent, dict):
        parent[f"{place[-1]}x"] = junk
    else:
        parent[place[-1]] = junk
    return data


def agree(kind: str, data: Any) -> None:
    verdict = is_valid(kind, data)
    assert loads(kind, data) == verdict, data
    problems = explain(load_schema(kind), Document("f", data))
    assert bool(problems) != verdict, data


@given(SPACE)
def test_space_schema_and_model_agree(data):
    agree("Space", data)


@given(FOUNDATION)
def test_foundation_schema_and_model_agree(data):
    agree("Foundation", data)


@given(st.one_of(SPACE, FOUNDATION), st.data())
def test_they_agree_on_broken_documents(data, draw):
    place = draw.draw(st.sampled_from(places(data)))
    broken = mutate(data, place, draw.draw(st.sampled_from(["drop", "add", "replace"])), draw.draw(JUNK))
    agree(data["kind"], broken)


@given(JUNK)
def test_they_agree_on_anything(data):
    for kind in MODELS:
        agree(kind, data)


SNAPSHOT = {
    "apiVersion": "c2c/v1",
    "kind": "Snapshot",
    "taken_at": "2026-11-20T06:00:00Z",
    "domains": [{"name": "apps.internal", "internal": True}],
    "organizations": [
        {
            "name": "acme",
            "guid": "o-1",
            "spaces": [
                {
                    "name": "web",
                    "labels": {"a": "b"},
                    "apps": [{"name": "x", "state": "STARTED", "instances": 2, "environment": {"A": "b"}}],
                    "routes": [{"host": "x", "domain": "apps.internal", "destinations": ["x"]}],
                }
            ],
        }
    ],
    "network_policies": [
        {"source": "acme/web/x", "destination": {"guid": "gone"}, "protocol": "udp", "ports": "1-2"},
        {"source": {"org": "acme", "space": "web", "app": "x"}, "destination": "acme/web/x", "ports": 61443},
    ],
    "users": [{"name": "dev", "password": "p", "scopes": ["network.write"], "space_developer": ["acme/web"]}],
    "clients": [{"id": "ci", "secret": "s", "scopes": ["network.admin"], "space_developer": []}],
    "settings": {"tag_length": 2},
}


@given(st.data())
def test_every_broken_snapshot_is_explained(draw):
    place = draw.draw(st.sampled_from(places(SNAPSHOT)))
    broken = mutate(SNAPSHOT, place, draw.draw(st.sampled_from(["drop", "add", "replace"])), draw.draw(JUNK))
    problems = explain(load_schema("Snapshot"), Document("f", broken))
    assert bool(problems) != is_valid("Snapshot", broken)


@pytest.mark.parametrize("kind", ["Space", "Foundation", "Snapshot"])
def test_the_examples_fit(kind):
    for example in load_schema(kind)["examples"]:
        assert is_valid(kind, example)
        assert kind not in MODELS or loads(kind, example)
