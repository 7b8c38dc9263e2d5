"""The hand-written schemas and the models accept the same documents: each must never be wider than the other.

Of Spaces the models are plain values, made from what the schema accepts: nothing of it may be lost on the way.
"""

import copy
from typing import Any

import hypothesis.strategies as st
import jsonschema
import pytest
from hypothesis import given
from pydantic import ValidationError

from reconciler.manifests.documents import (
    ExpectationManifest,
    Foundation,
    GuardrailManifest,
    Template,
    WaiverManifest,
)
from reconciler.manifests.parsing.parsed import Document
from reconciler.manifests.schemas.errors import explain
from reconciler.manifests.schemas.verdict import is_valid, load_schema
from reconciler.manifests.space import Space, read_space
from reconciler.model.names import decode_segment

MODELS = {
    "Foundation": Foundation,
    "Template": Template,
    "Guardrail": GuardrailManifest,
    "Waiver": WaiverManifest,
    "Expectation": ExpectationManifest,
}

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
        "template": entry({"name": NAMES}, {"with": st.dictionaries(st.text(max_size=3), JUNK, max_size=2)}),
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


def listed(strategy: st.SearchStrategy[Any], least: int = 0) -> st.SearchStrategy[list[Any]]:
    return st.lists(strategy, min_size=least, max_size=2)


def one_or_list(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.one_of(strategy, listed(strategy))


ZONES = st.one_of(NAMES, st.just("x" * 1000), st.just("x" * 1001))
APPS = st.one_of(
    ADDRESSES,
    entry(
        {},
        {
            "org": one_or_list(NAMES),
            "space": one_or_list(NAMES),
            "app": one_or_list(NAMES),
            "zone": one_or_list(ZONES),
            "labels": one_or_list(NAMES),
        },
    ),
)
SELECTIONS = one_or_list(APPS)
COUNTS = st.sampled_from([0, 1, -1, 10**9, 10**9 + 1, 3.0, 3.5, True, "3"])
SWITCHES = st.sampled_from([True, False, 1, "yes"])
RULE_LIMITS = entry(
    {},
    {
        "tls": listed(st.sampled_from(["auto", "manual", "none", "Auto"])),
        "protocols": listed(st.sampled_from(["tcp", "udp", "icmp"])),
        "ports": listed(PORTS),
        "max_port_span": COUNTS,
        "same_space": SWITCHES,
        "same_org": SWITCHES,
        "same_zone": SWITCHES,
        "sources": listed(ADDRESSES),
        "deny_sources": listed(ADDRESSES),
        "max_sources": COUNTS,
        "max_destinations": COUNTS,
        "require": listed(st.sampled_from(["why", "until", "owner", "name"])),
        "max_days": COUNTS,
        "template": listed(NAMES),
        "routes": listed(st.one_of(ROUTES, st.sampled_from(["*", "*.apps.internal", "a b", "x" * 254]))),
        "expression": st.sampled_from(["true", "a\nb", "", "\x1b", "x" * 2_001]),
    },
)
MATCH = entry(
    {}, {"source": SELECTIONS, "destination": SELECTIONS, "direction": st.sampled_from(["ingress", "egress"])}
)
RULE_NAMES = st.one_of(NAMES, st.sampled_from(["template x", "templates", "template", "template \n"]))
GUARDRAIL = entry(
    {
        "apiVersion": st.just("c2c/v1"),
        "kind": st.just("Guardrail"),
        "name": RULE_NAMES,
        "enforcement": st.sampled_from(["deny", "warn", "audit", "Deny"]),
        "limits": RULE_LIMITS,
    },
    {"description": NAMES, "baseline": st.sampled_from(["introduced", "all"]), "match": MATCH},
)
WAIVER = entry(
    {
        "apiVersion": st.just("c2c/v1"),
        "kind": st.just("Waiver"),
        "name": RULE_NAMES,
        "guardrail": RULE_NAMES,
        "why": NAMES,
        "until": DATES,
    },
    {"match": MATCH, "owner": NAMES},
)
REST = {
    "port": PORTS,
    "protocol": st.sampled_from(["tcp", "udp", "icmp"]),
    "via": st.sampled_from(["any", "direct", ""]),
}
CLAUSE = st.one_of(
    entry({"from": SELECTIONS, "to": SELECTIONS, "allowed": SWITCHES}, REST),
    entry({"to": SELECTIONS, "only_from": SELECTIONS}, REST),
    entry({}, {"from": SELECTIONS, "to": SELECTIONS, "allowed": SWITCHES, "only_from": SELECTIONS, **REST}),
)
EXPECTATION = entry(
    {
        "apiVersion": st.just("c2c/v1"),
        "kind": st.just("Expectation"),
        "name": RULE_NAMES,
        "expect": st.lists(CLAUSE, max_size=2),
    },
    {"description": NAMES},
)


def referring(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Put a reference to a parameter in the place of any value within."""

    def put(data: Any, draw: Any) -> Any:
        for _ in range(draw(st.integers(0, 2))):
            place = draw(st.sampled_from(places(data)))
            reference = draw(
                st.sampled_from([{"parameter": "callers"}, {"parameter": "a b"}, {"parameter": "x", "y": 1}])
            )
            data = mutate(data, place, "replace", reference)
        return data

    return st.composite(lambda draw: put(draw(strategy), draw))()


JSON_SCHEMAS = st.recursive(
    st.one_of(
        st.sampled_from([{}, {"type": "string"}, {"type": ["integer", "null"]}, {"type": "text"}, {"enum": [1, "a"]}]),
        st.sampled_from(
            [{"$ref": "#"}, {"pattern": "^a"}, {"minItems": -1}, {"format": "date"}, {"x": 1}, {"const": None}]
        ),
        st.fixed_dictionaries({"default": JUNK, "maximum": COUNTS, "multipleOf": COUNTS, "uniqueItems": SWITCHES}),
    ),
    lambda inner: st.one_of(
        st.fixed_dictionaries({"type": st.just("array"), "items": inner}),
        st.fixed_dictionaries({"properties": st.dictionaries(NAMES, inner, max_size=2), "required": listed(NAMES)}),
        st.fixed_dictionaries({"anyOf": listed(inner), "not": inner}),
        st.fixed_dictionaries({"if": inner, "then": inner, "additionalProperties": st.one_of(st.booleans(), inner)}),
    ),
    max_leaves=3,
)
BODY = APP.map(
    lambda app: {key: value for key, value in app.items() if key not in ("name", "template")} or {"name": "x"}
)
TEMPLATE = entry(
    {"apiVersion": st.just("c2c/v1"), "kind": st.just("Template"), "name": NAMES, "app": referring(BODY)},
    {
        "description": NAMES,
        "parameters": st.dictionaries(st.sampled_from(["callers", "x", "a b", "", "x" * 64]), JSON_SCHEMAS, max_size=2),
        "limits": RULE_LIMITS,
    },
)
DOCUMENTS = {
    "Space": SPACE,
    "Foundation": FOUNDATION,
    "Template": TEMPLATE,
    "Guardrail": GUARDRAIL,
    "Waiver": WAIVER,
    "Expectation": EXPECTATION,
}


def loads(kind: str, data: Any) -> bool:
    try:
        MODELS[kind].model_validate(data)
    except ValidationError:
        return False
    return True


def written_out(space: Space) -> dict[str, Any]:
    """Give a Space as a document in its longest form, with names decoded and every port a range."""
    apps = []
    for app in space.apps:
        ports = [{**port._asdict(), "port": port.port and f"{port.port.start}-{port.port.end}"} for port in app.ports]
        grants = [{**grant._asdict(), "sources": [one._asdict() for one in grant.sources]} for grant in app.ingress]
        apps.append({**app._asdict(), "ports": ports, "ingress": grants})
    return plain({**space._asdict(), "apps": apps})


def plain(value: Any) -> Any:
    """Leave out what says nothing, and make text of dates and words."""
    if isinstance(value, dict):
        return {key: plain(one) for key, one in value.items() if one not in (None, False, (), [])}
    return [plain(one) for one in value] if isinstance(value, list | tuple) else str(value)


def longest_form(data: dict[str, Any]) -> dict[str, Any]:
    """Write a Space that fits its schema in the same form, from the document alone."""

    def source(one: Any) -> dict[str, Any]:
        if isinstance(one, dict):
            return one
        segments = [decode_segment(segment) for segment in one.split("/")]
        keys = ("org", "space", "app")[-len(segments) :]
        return {"is_self": "True"} if one == "self" else dict(zip(keys, segments, strict=True))

    def port(one: dict[str, Any]) -> dict[str, Any]:
        written = one.get("port")
        if written is not None:
            start, _, end = str(written).removesuffix(".0").partition("-")
            one = {**one, "port": f"{start}-{end or start}"}
        return {"protocol": "tcp", **one}

    def grant(one: dict[str, Any]) -> dict[str, Any]:
        listed = one["from"] if isinstance(one["from"], list) else [one["from"]]
        return {"sources": list(map(source, listed)), **{key: one[key] for key in one if key != "from"}}

    apps = []
    for app in data.get("apps", ()):
        found = {**app, "ports": list(map(port, app.get("ports", ())))}
        found["ingress"] = list(map(grant, app.get("ingress", ())))
        if "template" in app:
            found["template"] = app["template"]["name"]
        apps.append({key: one for key, one in found.items() if one != []})
    rest = {key: one for key, one in data.items() if key not in ("apiVersion", "kind")}
    return plain({"manages": "apps", **rest, "apps": apps})


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
    if kind in MODELS:
        assert loads(kind, data) == verdict, data
    elif verdict:
        space = read_space(data)
        assert written_out(space) == longest_form(data)
        assert set(space.sources) == set(space._replace().sources)  # what reading gathered, and what it would find
    problems = explain(load_schema(kind), Document("f", data))
    assert bool(problems) != verdict, data


@pytest.mark.parametrize("kind", DOCUMENTS)
@given(data=st.data())
def test_schema_and_model_agree(kind, data):
    agree(kind, data.draw(DOCUMENTS[kind]))


@pytest.mark.parametrize("kind", DOCUMENTS)
@given(data=st.data())
def test_they_agree_on_broken_documents(kind, data):
    document = data.draw(DOCUMENTS[kind])
    place = data.draw(st.sampled_from(places(document)))
    broken = mutate(document, place, data.draw(st.sampled_from(["drop", "add", "replace"])), data.draw(JUNK))
    agree(kind, broken)


@pytest.mark.parametrize("kind", DOCUMENTS)
@given(data=st.data())
def test_they_agree_on_what_is_wrong_in_one_place(kind, data):
    document = load_schema(kind)["examples"][-1]
    place = data.draw(st.sampled_from(places(document)))
    broken = mutate(document, place, data.draw(st.sampled_from(["drop", "add", "replace"])), data.draw(JUNK))
    agree(kind, broken)


@given(JSON_SCHEMAS)
def test_what_may_stand_as_a_parameter_is_a_json_schema(schema):
    if is_valid("Template", schema, "#/$defs/parameter"):
        jsonschema.Draft202012Validator.check_schema(schema)


@given(JUNK)
def test_they_agree_on_anything(data):
    for kind in DOCUMENTS:
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


@pytest.mark.parametrize("kind", [*DOCUMENTS, "Snapshot"])
def test_the_examples_fit(kind):
    for example in load_schema(kind)["examples"]:
        assert is_valid(kind, example)
        assert kind not in MODELS or loads(kind, example)
