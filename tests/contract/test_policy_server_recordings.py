"""Replays what was recorded from the real policy server against the embedded one.

`C2C_POLICY_SERVER_RECORDINGS` may name another file of the same form to replay instead.
"""

import base64
import gzip
import hashlib
import json
import os
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from reconciler.simulator.entities import User
from reconciler.simulator.exchange import Request, Response
from reconciler.simulator.faults import Effect
from reconciler.simulator.policy_server.server import PolicyServer
from reconciler.simulator.settings import Settings
from reconciler.simulator.uaa.tokens import TokenOffice
from reconciler.simulator.world import World

RECORDED = Path(__file__).with_name("recorded") / "policy-server.jsonl.gz"
POLICIES = "/networking/v1/external/policies"

EXCLUDED_GROUPS = {
    "concurrency": "a summary of racing calls; this server answers one request after the other",
    "ordering": "a summary of list orders; the order means nothing",
    "lifecycle": "a summary of broken connections and signals; see the unit tests of faults and of the HTTP server",
}
EXCLUDED = {
    "db-down-at-server-start": "about the start of the server's process",
    "routing-bad-http-version": "refused by Go's HTTP parser before the policy server sees it",
    "routing-space-in-path": "refused by Go's HTTP parser before the policy server sees it",
}

SPACES = {letter: f"5{letter}000000-0000-4000-8000-00000000000{letter}" for letter in "abc"}
APPS = {"a": 9, "b": 5, "c": 5}
DEVELOPER, OTHER, MANY, NOSPACE, NOSCOPE = (f"de000000-0000-4000-8000-00000000000{n}" for n in range(1, 6))
CLAIMS: dict[str, dict[str, Any]] = {
    "admin": {
        "scope": ["openid", "network.admin", "cloud_controller.admin"],
        "sub": "ad000000-0000-4000-8000-000000000001",
        "user_name": "admin",
    },
    "admin-client": {"scope": ["network.admin"], "sub": "sync-client"},
    "developer": {
        "scope": ["openid", "network.write", "cloud_controller.write"],
        "sub": DEVELOPER,
        "user_name": "developer",
    },
    "other-developer": {"scope": ["network.write"], "sub": OTHER, "user_name": "other-developer"},
    "many-developer": {"scope": ["network.write"], "sub": MANY, "user_name": "many-developer"},
    "nospace-developer": {"scope": ["network.write"], "sub": NOSPACE, "user_name": "nospace-developer"},
    "none": {"scope": ["openid", "cloud_controller.read"], "sub": NOSCOPE, "user_name": "noscope"},
    "empty-scope": {"scope": [], "sub": NOSCOPE, "user_name": "noscope"},
    "no-scope-key": {"sub": NOSCOPE, "user_name": "noscope"},
    "unknown-user": {
        "scope": ["network.write"],
        "sub": "de000000-0000-4000-8000-00000000dead",
        "user_name": "ghost",
    },
    "client-write": {"scope": ["network.write"], "sub": "write-client"},
    "empty-object": {},
}
BROKEN = {"status", "html", "badjson", "empty", "close"}


# Long texts that the recordings only name


def guid(number: int, letter: str = "e") -> str:
    return f"{letter}{number:07d}-0000-4000-8000-{number:012d}"


def base36(number: int) -> str:
    digits = ""
    while True:
        number, digit = divmod(number, 36)
        digits = "0123456789abcdefghijklmnopqrstuvwxyz"[digit] + digits
        if not number:
            return digits


def policy(source: str, destination: str, start: int, end: int | None = None) -> dict[str, Any]:
    ports = {"start": start, "end": start if end is None else end}
    return {"source": {"id": source}, "destination": {"id": destination, "protocol": "tcp", "ports": ports}}


def grid(
    n: int, n_src: int, n_dst: int, base_port: int = 1000, style: str = "guid", offset: int = 0
) -> list[dict[str, Any]]:
    name = guid if style == "guid" else lambda number: "e" + base36(number)
    return [
        policy(
            name(offset + k % n_src),
            name(offset + n_src + (k // n_src) % n_dst),
            base_port + k // (n_src * n_dst),
        )
        for k in range(n)
    ]


def star(n: int, port: int = 8080, style: str = "guid", offset: int = 0) -> list[dict[str, Any]]:
    name = guid if style == "guid" else lambda number: "e" + base36(number)
    return [policy(name(offset + i), name(offset), port) for i in range(1, n + 1)]


def compact(policies: list[dict[str, Any]]) -> bytes:
    return json.dumps({"policies": policies}, separators=(",", ":")).encode()


def generated_body(recipe: dict[str, Any]) -> bytes:
    name = recipe["generator"]
    numbers = {key: value for key, value in recipe.items() if key != "generator"}
    if name == "grid":
        return compact(grid(**numbers))
    if name == "star":
        return compact(star(**numbers))
    if "padded with spaces" in name:
        return compact([policy(guid(1, "a"), guid(2, "a"), 8080)]).ljust(numbers["bytes"])
    if name.startswith("grid 999"):
        return compact([*grid(1000, 10, 10)[:999], policy(guid(1, "a"), guid(2, "a"), 0)])
    pairs = re.fullmatch(r"(\d+) policies guid\(2k\)->guid\(2k\+1\) port 80", name)
    assert pairs, f"no generator for {name!r}"
    return compact([policy(guid(2 * k), guid(2 * k + 1), 80) for k in range(int(pairs[1]))])


def omitted_body(summary: dict[str, Any]) -> bytes:
    first = summary["_first"][0]
    ends = first["source"]["id"], first["destination"]["id"]
    start = first["destination"]["ports"]["start"]
    body = compact([policy(*ends, start + k) for k in range(summary["_n_policies"])])
    assert hashlib.sha256(body).hexdigest() == summary["_sha256"]
    return body


def omitted_query(summary: dict[str, Any]) -> str:
    for query in query_candidates(summary["_head"].partition("=")[0], summary["_bytes"]):
        if hashlib.sha256(query.encode()).hexdigest() == summary["_sha256"]:
            return query
    raise AssertionError(f"no query like {summary['_head']!r}")


def query_candidates(key: str, size: int) -> Iterator[str]:
    for last in ([], [guid(3, "a")]):
        count = (size - len(key)) // 37
        yield f"{key}={','.join([*map(guid, range(count - len(last))), *last])}"
    for count in (32766, 32767, 32768, 65534, 65535, 65536):
        yield f"{key}={','.join(map(base36, range(count)))}"
    for count in (32767, 32768, 40000, 65535):
        yield "&".join(f"{name}={','.join(map(base36, range(count)))}" for name in ("source_id", "dest_id"))


def expand_state(state: Any) -> list[dict[str, Any]]:
    """Build a state again of which only the size and both ends were recorded."""
    if state is None or isinstance(state, list):
        return state or []
    size, edges = state["_count"], (state.get("_first"), state.get("_last"))
    for candidate in state_candidates(size):
        ordered = sorted(candidate, key=flat)
        if edges == (ordered[:2], ordered[-2:]):
            return candidate
    raise AssertionError(f"no state like {state!r}")


def state_candidates(size: int) -> Iterator[list[dict[str, Any]]]:
    yield [policy(guid(1, "a"), guid(2, "a"), 1000 + k) for k in range(size)]
    for letter in "ef":
        yield [policy(guid(k, letter), guid(size + k, letter), 80) for k in range(size)]
    yield [policy(guid(2 * k), guid(2 * k + 1), 80) for k in range(size)]
    for sides in ((10, 10), (40, 25), (100, 100), (30, 30), (20, 20), (50, 20), (100, 10)):
        yield grid(size, *sides)


def flat(entry: dict[str, Any]) -> tuple[Any, ...]:
    destination = entry["destination"]
    ports = destination.get("ports") or {"start": destination["port"], "end": destination["port"]}
    return (entry["source"]["id"], destination["id"], destination["protocol"], ports["start"], ports["end"])


# The world of the recordings


class Replay:
    """One recorded case, with the world in which it happened."""

    def __init__(self, case: dict[str, Any]) -> None:
        self.case = case
        self.now = datetime(2026, 11, 20, 6, tzinfo=UTC)
        self.world = World(self.settings(), now=lambda: self.now)
        self.tokens = TokenOffice(self.world)
        self.server = PolicyServer(self.world, self.tokens)
        self.now += timedelta(seconds=48.620572)
        self.body = self.request_body()
        self.before = expand_state(case["state_before"])
        self.build_world()
        self.store_before()

    def settings(self) -> Settings:
        server = self.case["server"]
        return Settings(
            max_policies_per_app_source=server["max_policies"],
            enable_space_developer_self_service=server["enable_space_developer_self_service"],
            tag_length=server["tag_length"],
            allowed_cors_domains=tuple(server["allowed_cors_domains"]),
            enable_tls=server["tls"],
            policy_cleanup_interval=server.get("cleanup_interval", 3600) / 60,
        )

    def request_body(self) -> bytes:
        request = self.case["request"] or {}
        if request.get("body_generated"):
            return generated_body(request["body_generated"])
        if "body_raw" in request:
            raw = request["body_raw"].encode()
            return raw[:-10] if self.case["name"] == "create-content-length-too-short" else raw
        body = request.get("body")
        if isinstance(body, dict) and "_base64" in body:
            return base64.b64decode(body["_base64"])
        if isinstance(body, dict) and body.get("_omitted"):
            return omitted_body(body)
        return b"" if body is None else json.dumps(body).encode()

    def build_world(self) -> None:
        organization = self.world.add_organization("org")
        for letter, space in SPACES.items():
            self.world.add_space(organization.guid, f"space-{letter}", guid=space)
            for number in range(1, APPS[letter] + 1):
                self.world.add_app(space, f"app-{number}", guid=guid(number, letter))
        for user, spaces in ((DEVELOPER, "ab"), (OTHER, "c"), (NOSPACE, ""), (NOSCOPE, "a")):
            self.world.add_user(User(user, user, "", ()))
            for letter in spaces:
                self.world.make_space_developer(user, SPACES[letter])
        if (self.case["request"] or {}).get("role") == "many-developer":
            self.add_many(organization.guid)
        self.add_bulk_apps()

    def add_many(self, organization: str) -> None:
        self.world.add_user(User(MANY, MANY, "", ()))
        for number in range(250):
            space = self.world.add_space(organization, f"many-{number:03d}")
            self.world.add_app(space.guid, "app", guid=guid(number, "d"))
            self.world.make_space_developer(MANY, space.guid)

    def add_bulk_apps(self) -> None:
        named = {app for entry in self.before for app in flat(entry)[:2]}
        named.update(re.findall(r'"(e[^"]{0,5}|e[^"]{35})"', self.body[: 10 << 20].decode(errors="replace")))
        for app in named:
            if app.startswith("e") and (len(app) == 36 or len(app) <= 6):
                self.world.add_app(SPACES["a"], app, guid=app)

    def store_before(self) -> None:
        policies = [flat(entry) for entry in self.before]
        placeholders = [(entry["id"], entry["id"], "tcp", 1, 1) for entry in self.tags_before()]
        self.world.policies.add([*placeholders, *policies], 1)
        self.world.policies.remove(set(placeholders) - set(policies), 2)

    def tags_before(self) -> list[dict[str, Any]]:
        known = {entry["tag_int"]: entry for entry in self.case.get("tags_before") or ()}
        return [known.get(number, {"id": f"gap-{number}"}) for number in range(1, max(known, default=0) + 1)]

    def effects(self) -> frozenset[Effect]:
        fault = self.case.get("fault") or {}
        found = {database_effect(fault["database"])} if "database" in fault else set()
        if "uaa" in fault:
            found |= uaa_effects(fault["uaa"])
        if "cc" in fault:
            found |= cc_effects(fault["cc"])
        return frozenset(found)

    def headers(self) -> list[tuple[str, str]]:
        request = self.case["request"]
        headers = list((request.get("headers") or {}).items())
        if self.case["name"].startswith("routing-header-"):
            size = int(re.search(r"(\d+)MiB", self.case["name"])[1])
            headers.append(("X-Filler", "x" * (size << 20)))
        role = request.get("role")
        if role == "missing":
            return headers
        token = "no-such-token" if role == "invalid" else self.tokens.issue({"client_id": "cf"} | CLAIMS[role])
        form = request.get("authorization_form") or "bearer <token>"
        return [*headers, *(("Authorization", value) for value in authorizations(form, token))]

    def answer(self) -> Response:
        request = self.case["request"]
        query = request.get("query") or ""
        query = omitted_query(query) if isinstance(query, dict) else query
        return self.server.handle(
            Request(request["method"], request["path"], query, tuple(self.headers()), self.body), self.effects()
        )


def authorizations(form: str, token: str) -> list[str]:
    if form == "(empty value)":
        return [""]
    if "percent-encoded" in form:
        return [f"bearer {token.replace('.', '%2E')}"]
    pieces = form.split(", then a second header ")
    return [piece.replace("<admin token>", token).replace("<token>", token) for piece in pieces]


def database_effect(text: str) -> Effect:
    if "migrate" in text:
        return Effect.DATABASE_NOT_MIGRATED
    return Effect.DATABASE_READ_ONLY if "revoked" in text else Effect.DATABASE_DOWN


def uaa_effects(fault: Any) -> set[Effect]:
    if isinstance(fault, str):
        return {Effect.UAA_DOWN}
    if fault["mode"] == "hang":
        return set()
    if fault["endpoint"] == "oauth_token":
        return {Effect.CC_DOWN}
    return {Effect.UAA_EMPTY if fault["arg"] == {} else Effect.UAA_DOWN}


def cc_effects(fault: Any) -> set[Effect]:
    if isinstance(fault, str):
        return {Effect.CC_DOWN}
    if fault["mode"] == "hang":
        return set()
    if fault["mode"] == "v2-gone":
        return {Effect.CC_WITHOUT_V2}
    broken = fault["mode"] in BROKEN or bool((fault["arg"] or {}).get("resources"))
    if fault["endpoint"] == "apps":
        pages = (fault["arg"] if not broken else {}).get("pagination", {}).get("total_pages", 1)
        return {Effect.CC_DOWN} if broken or pages > 1 else {Effect.CC_LISTS_NO_APPS}
    if fault["endpoint"] == "space" and fault["arg"] == 404:
        return {Effect.CC_KNOWS_NO_ROLES}
    return {Effect.CC_ROLES_DOWN if broken else Effect.CC_KNOWS_NO_ROLES}


def recordings() -> list[dict[str, Any]]:
    path = Path(os.environ.get("C2C_POLICY_SERVER_RECORDINGS") or RECORDED)
    raw = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    return [json.loads(line) for line in raw.splitlines() if line]


def exclusion(case: dict[str, Any]) -> str | None:
    return EXCLUDED_GROUPS.get(case["group"]) or EXCLUDED.get(case["name"])


CASES = recordings()
REPLAYED = [case for case in CASES if exclusion(case) is None and case["response"] is not None]


def comparable(text: str | bytes) -> Any:
    """Bring a body to a form in which two equal answers are equal: lists in order, uptimes without the time."""
    text = text.decode(errors="replace") if isinstance(text, bytes) else text
    text = re.sub(r"up for \S+", "up for <duration>", text)
    try:
        body = json.loads(text)
    except ValueError:
        return text
    if isinstance(body, dict) and isinstance(body.get("policies"), list):
        body["policies"] = sorted(body["policies"], key=flat)
    return body


def header_facts(headers: dict[str, str]) -> dict[str, Any]:
    compared = (
        "content-type",
        "www-authenticate",
        "access-control-allow-methods",
        "access-control-allow-headers",
        "access-control-allow-origin",
        "x-vcap-request-id",
    )
    facts: dict[str, Any] = {name: headers[name] for name in compared if name in headers}
    if "x-vcap-request-id" in facts:
        facts["x-vcap-request-id"] = "<uuid>"
    if "allow" in headers:
        facts["allow"] = set(headers["allow"].split(", "))
    return facts


def assert_same_answer(case: dict[str, Any], answer: Response) -> None:
    expected = case["response"]
    assert answer.status == expected["status"], answer.body[:500]
    if "body_raw" in expected:
        assert comparable(answer.body) == comparable(expected["body_raw"] or "")
    else:
        summary, body = expected["body"], json.loads(answer.body)
        if case["group"] != "cleanup":
            assert len(body["policies"]) == body["total_policies"] == summary["total_policies"]
        else:
            # Policies with both ends gone are listed once or twice, as the chunks fall.
            assert {flat(entry) for entry in body["policies"]} == {
                flat(entry) for entry in expand_state(case["state_before"])
            }
    given = {name.lower(): value for name, value in answer.headers}
    assert header_facts(given) == header_facts(expected["headers"])


def assert_same_state(replay: Replay) -> None:
    after = replay.case["state_after"]
    if replay.case["state_before"] is None or after is None:
        return
    stored = sorted(replay.world.policies)
    if isinstance(after, list):
        assert stored == sorted(map(flat, after))
    else:
        assert len(stored) == after["_count"]
        edges = [flat(entry) for entry in (*after.get("_first", ()), *after.get("_last", ()))]
        assert [*stored[:2], *stored[-2:]] == edges
    for tag in replay.case.get("tags_after") or ():
        assert (tag["id"], f"{tag['tag_int']:04X}") in replay.world.policies.tags.listed()


@pytest.mark.parametrize("case", REPLAYED, ids=lambda case: case["name"])
def test_answers_as_the_real_policy_server_did(case: dict[str, Any]) -> None:
    replay = Replay(case)
    answer = replay.answer()
    assert_same_answer(case, answer)
    assert_same_state(replay)


@pytest.mark.parametrize(
    "case", [case for case in CASES if case["name"] == "cleanup-periodic"], ids=lambda case: case["name"]
)
def test_cleans_up_by_itself_one_interval_after_its_start(case: dict[str, Any]) -> None:
    replay = Replay(case)
    replay.server.handle(Request("GET", "/"))
    replay.now += timedelta(seconds=case["server"]["cleanup_interval"])
    replay.server.handle(Request("GET", "/"))
    assert sorted(replay.world.policies) == sorted(map(flat, case["state_after"]))


def test_every_recorded_case_is_replayed_or_excluded_with_a_reason() -> None:
    left = [
        case["name"]
        for case in CASES
        if case not in REPLAYED and exclusion(case) is None and case["name"] != "cleanup-periodic"
    ]
    assert left == []
