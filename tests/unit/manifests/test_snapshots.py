import json

import pytest

from reconciler.manifests.bundle import load_snapshot

SNAPSHOT = """\
apiVersion: c2c/v1
kind: Snapshot
taken_at: 2026-11-20T06:00:00Z
domains: [{name: apps.internal, internal: true}, {name: apps.example.com}]
organizations:
  - name: acme
    guid: o-1
    spaces:
      - name: web
        labels: {}
        apps: [{name: frontend, labels: {tier: web}, state: STARTED, instances: 2, environment: {A: b}}]
        routes: [{host: frontend, domain: apps.internal, destinations: [frontend]}]
network_policies:
  - {source: acme/web/frontend, destination: acme/web/frontend, protocol: tcp, ports: 61443}
  - {source: {org: acme, space: web, app: frontend}, destination: {guid: gone}, ports: 7000-7010}
users: [{name: dev, password: pw, scopes: [network.write], space_developer: [acme/web]}]
clients: [{id: ci, secret: s, scopes: [network.admin]}]
settings: {max_policies_per_app_source: 150, enable_space_developer_self_service: false}
"""


@pytest.fixture
def write(tmp_path):
    def write(name, content):
        (tmp_path / name).write_text(content)
        return str(tmp_path / name)

    return write


def told(path):
    snapshot, problems = load_snapshot(path)
    assert snapshot is None
    return [(problem.code, problem.span.line, problem.span.column) for problem in problems]


def test_yaml_and_json_are_the_same_data(write):
    snapshot, problems = load_snapshot(write("s.yml", SNAPSHOT))
    assert problems == ()
    assert load_snapshot(write("s.json", json.dumps(snapshot))) == (snapshot, ())
    assert snapshot["organizations"][0]["spaces"][0]["apps"][0]["name"] == "frontend"


@pytest.mark.parametrize(
    ("key", "value", "line"),
    [
        ("taken_at", "yesterday", 3),
        ("domains", "[apps.internal]", 4),
        ("settings", "[]", 4),
        ("users", "[{password: x}]", 4),
        ("clients", "[{name: x}]", 4),
        ("network_policies", "[{source: web/a, destination: acme/web/a, ports: 1}]", 4),
        ("network_policies", "[{source: {org: a}, destination: acme/web/a, ports: 1}]", 4),
        ("network_policies", "[{source: a/b/c, destination: acme/web/a, ports: 0}]", 4),
        ("organizations", "[{name: a, spaces: [{name: b, apps: [{name: c, environment: {A: 1}}]}]}]", 4),
    ],
)
def test_what_does_not_fit_the_schema(write, key, value, line):
    text = (
        f"apiVersion: c2c/v1\nkind: Snapshot\n{'' if line == 3 else 'taken_at: 2026-11-20T06:00:00Z'}\n{key}: {value}\n"
    )
    places = told(write("s.yml", text))
    assert places
    assert all(place[1] == 4 for place in places)


def test_problems_of_json_have_places_too(write):
    assert told(write("s.json", '{"apiVersion": "c2c/v1", "kind": "Snapshot",\n "user": []}')) == [
        ("unknown-key", 2, 2)
    ]
    assert told(write("s.json", '{"apiVersion": }')) == [("json-syntax", 1, 16)]
    assert told(write("s.json", "")) == [("json-syntax", 1, 1)]


def test_what_is_no_snapshot(write):
    assert told(write("s.yml", "")) == [("no-snapshot", 1, 1)]
    assert told(write("s.yml", "apiVersion: c2c/v1\nkind: Space\n")) == [("no-snapshot", 2, 7)]
    assert told(write("s.yml", "[]")) == [("no-snapshot", 1, 1)]
    assert told(write("s.json", "[]")) == [("no-snapshot", 1, 1)]
    assert told(write("s.yml", SNAPSHOT + "---\n" + SNAPSHOT)) == [("no-snapshot", 20, 1)]
    assert told(write("s.yml", "a: [")) == [("yaml-syntax", 2, 1)]


def test_a_missing_file(tmp_path):
    assert told(str(tmp_path / "nothing.yml")) == [("path-not-found", 1, 1)]


def test_no_secret_is_repeated(write):
    text = "apiVersion: c2c/v1\nkind: Snapshot\nusers: [{name: a, password: 12345}]\n"
    _, problems = load_snapshot(write("s.yml", text))
    assert "12345" not in str(problems)


@pytest.mark.parametrize("depth", [100, 900, 1000])
def test_deep_json_is_refused(write, depth):
    deep = '{"apiVersion": "c2c/v1", "kind": "Snapshot", "domains": ' + "[" * depth + "]" * depth + "}"
    assert told(write("s.json", deep))[0][0] in ("wrong-type", "too-deep")


def test_endless_json_is_refused(write):
    assert told(write("s.json", "[" * 100_000))[0][0] == "json-syntax"
