import json
from datetime import UTC, datetime

import pytest

from reconciler.manifests.snapshots.file import MAX_PROBLEMS, load_snapshot
from reconciler.manifests.snapshots.live import live_state_of
from reconciler.model.names import AppRef, SpaceRef
from reconciler.model.policy import NetworkPolicy, StalePolicy, UnknownApp
from reconciler.model.route import InternalRoute

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
        ("view", "{every_policy: false}", 4),
        ("view", "{every_policy: no, every_app: true}", 4),
        ("view", "{every_policy: true, every_app: true, closed_environments: [web]}", 4),
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


CONTRADICTIONS = """\
apiVersion: c2c/v1
kind: Snapshot
taken_at: 2026-02-30T06:00:00Z
domains:
  - name: apps.internal
    internal: true
  - name: Apps.Internal
organizations:
  - name: acme
    spaces:
      - name: web
        apps:
          - name: frontend
            guid: g-1
          - name: Frontend
            guid: g-1
        routes:
          - {host: www, domain: apps.example.com}
          - {host: api, domain: apps.internal, destinations: [missing, frontend, Frontend]}
          - {host: API, domain: APPS.internal, shared_with: [acme/wbe]}
      - name: WEB
  - name: ACME
network_policies:
  - {source: acme/web/frontent, destination: {org: acme, space: web, app: gone}, ports: 8080}
  - {source: ACME/Web/FRONTEND, destination: {guid: gone}, ports: 9-8}
  - {source: acme/web/frontend, destination: acme/web/frontend, ports: {start: 2, end: 1}}
users:
  - {name: dev, space_developer: [acme/batch]}
  - {name: dev}
view: {every_policy: false, every_app: true, policies_between: [acme/wep], closed_environments: [ACME/Web, acme/x]}
"""


def test_contradictions_are_told_all_at_once_each_at_its_place(write):
    snapshot, problems = load_snapshot(write("s.yml", CONTRADICTIONS))
    assert snapshot is None
    said = [
        f"{problem.span.line}:{problem.span.column} {problem.code}"
        + "".join(f" see {place.line}:{place.column}" for place in problem.related)
        for problem in problems
    ]
    assert said == [
        "3:11 bad-value",
        "7:11 duplicate-item see 5:11",
        "15:19 duplicate-item see 13:19",
        "16:19 duplicate-item see 14:19",
        "18:33 unknown-reference",
        "19:63 unknown-reference",
        "19:82 duplicate-item see 19:72",
        "20:20 duplicate-item see 19:20",
        "20:62 unknown-reference",
        "21:15 duplicate-item see 11:15",
        "22:11 duplicate-item see 9:11",
        "24:14 unknown-reference",
        "24:46 unknown-reference",
        "25:67 backwards-range",
        "26:72 backwards-range",
        "28:35 unknown-reference",
        "29:12 duplicate-item see 28:12",
        "30:65 unknown-reference",
        "30:108 unknown-reference",
    ]
    hints = {problem.hint for problem in problems}
    assert "for a deleted app write {guid: ...}; did you mean `acme/web/frontend`?" in hints
    assert "did you mean `acme/web`?" in hints


def test_json_says_the_place_in_words_too(write):
    data = {
        "apiVersion": "c2c/v1",
        "kind": "Snapshot",
        "network_policies": [{"source": "a/b/c", "destination": {"guid": "x"}, "ports": 1}],
    }
    _, (problem,) = load_snapshot(write("s.json", json.dumps(data, indent=1)))
    assert problem.message == "network_policies[0].source: the snapshot has no app `a/b/c`"
    assert (problem.code, problem.span.line) == ("unknown-reference", 6)


def test_a_snapshot_that_was_cut_off_is_not_reported_without_end(write):
    policy = {"source": "a/b/c", "destination": {"guid": "x"}, "ports": 1}
    data = {"apiVersion": "c2c/v1", "kind": "Snapshot", "network_policies": [policy] * (MAX_PROBLEMS + 1)}
    _, problems = load_snapshot(write("s.json", json.dumps(data)))
    assert len(problems) == MAX_PROBLEMS + 1
    assert problems[0].code == "too-many-problems"


EVERY_FORM = """\
apiVersion: c2c/v1
kind: Snapshot
taken_at: 2026-11-20T07:00:00+01:00
organizations:
  - name: Acme
    annotations: {contact: team@example.com}
    spaces:
      - name: web
        apps: [{name: a/b, guid: g-1, annotations: {a: b}}, {name: "50%", lifecycle: docker}]
        routes:
          - host: all
            domain: Apps.Internal
            shared_with: [acme/jobs]
            destinations: [a%2Fb, "web/50%25", Acme/jobs/run, {app: a/b, port: 9000}]
          - {host: some, domain: apps.internal, destinations: [{app: run, space: jobs, process_type: worker}]}
          - {host: some, domain: apps.internal, path: /x, destinations: [{org: acme, space: JOBS, app: RUN}]}
      - name: jobs
        apps: [{name: run}]
network_policies:
  - {source: acme/WEB/a%2Fb, destination: {org: acme, space: jobs, app: RUN}, ports: 8080}
  - {source: {guid: g-1}, destination: acme/jobs/run, protocol: udp, ports: "7000-7010"}
  - {source: {guid: "gone, for ever"}, destination: acme/jobs/run, ports: {start: 1, end: 2}}
"""


def test_every_form_is_read(write):
    snapshot, problems = load_snapshot(write("s.yml", EVERY_FORM))
    assert problems == ()
    live = live_state_of(snapshot)
    slash, percent, run = AppRef("Acme", "web", "a/b"), AppRef("Acme", "web", "50%"), AppRef("Acme", "jobs", "run")
    assert live.taken_at == datetime(2026, 11, 20, 6, tzinfo=UTC)
    assert live.policies == {
        NetworkPolicy(slash, run, "tcp", 8080, 8080),
        NetworkPolicy(slash, run, "udp", 7000, 7010),
    }
    assert live.stale == (StalePolicy(UnknownApp("gone, for ever"), run, "tcp", 1, 2),)
    assert set(live.routes) == {InternalRoute("all", "apps.internal"), InternalRoute("some", "apps.internal")}
    everyone, some = (live.routes[InternalRoute(host, "apps.internal")] for host in ("all", "some"))
    assert everyone.destinations == {slash, percent, run}
    assert (everyone.space, everyone.shared_with) == (SpaceRef("Acme", "web"), {SpaceRef("Acme", "jobs")})
    assert (some.destinations, some.without_web, some.unnamed_destinations) == ({run}, {run}, 0)


@pytest.mark.parametrize(
    "setting", ["max_policies: 1", "tag_length: 4", "job_polls: soon", "faults: [{effect: nonsense}]"]
)
def test_settings_are_those_that_the_servers_have(write, setting):
    text = f"apiVersion: c2c/v1\nkind: Snapshot\nsettings:\n  {setting}\n"
    assert told(write("s.yml", text))[0][1] == 4


@pytest.mark.parametrize(("word", "meant"), [("policies", "network_policies"), ("orgs", "organizations")])
def test_short_words_for_its_keys_are_understood(write, word, meant):
    _, (problem,) = load_snapshot(write("s.yml", f"apiVersion: c2c/v1\nkind: Snapshot\n{word}: []\n"))
    assert problem.hint == f"did you mean `{meant}`?"
