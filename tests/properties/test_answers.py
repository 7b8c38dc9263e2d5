"""Answers decoded straight into their shapes mean what they mean when they are read field by field.

Whatever a server sends, both readings give the same rows or both refuse, and for one wrong field they say the same.
"""

from __future__ import annotations

import json
from copy import deepcopy
from typing import TYPE_CHECKING, Any

import httpx
import orjson
import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from support import plain_reading as plain

from reconciler.cf.api import Api
from reconciler.cf.auth import TokenSource
from reconciler.cf.cloud_controller import CloudController
from reconciler.cf.credentials import TokenCredentials
from reconciler.cf.http import Http, HttpSettings
from reconciler.cf.policy_process import unpack
from reconciler.cf.policy_process.__main__ import packed
from reconciler.cf.policy_server import PolicyServer
from reconciler.cf.root import Root
from reconciler.errors import UnexpectedAnswerError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from reconciler.cf.paging import Listing

RUNS = settings(max_examples=settings().max_examples // 4)
HUGE = 2**70
ODD = (
    None,
    True,
    False,
    0,
    -1,
    1.0,
    8080.0,
    65536,
    2**31,
    HUGE,
    "",
    "/x",
    "é\u0000\U0001f600",
    [],
    {},
    ["x"],
    {"guid": "g"},
)

words = st.text(st.characters(codec="utf-8"), min_size=1, max_size=4)
guids = st.sampled_from(["g1", "g2", "g3"])
ignored = st.fixed_dictionaries({}, optional={"created_at": words, "links": st.just({"self": [1.5, None, {"x": "é"}]})})


def record(optional: dict[str, Any] | None = None, **fields: Any) -> st.SearchStrategy[dict[str, Any]]:
    """An object with fields that nobody reads beside its own."""
    own = st.fixed_dictionaries(fields, optional=optional)
    return st.builds(lambda extra, read: extra | read, ignored, own)


def to_one(name: str) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({name: st.fixed_dictionaries({"data": record(guid=guids)})})


def maybe_one(name: str) -> st.SearchStrategy[dict[str, Any]]:
    return to_one(name) | st.just({name: {"data": None}})


def both(*parts: st.SearchStrategy[dict[str, Any]]) -> st.SearchStrategy[dict[str, Any]]:
    return st.tuples(*parts).map(lambda found: {key: value for part in found for key, value in part.items()})


labels = st.dictionaries(words, st.text(st.characters(codec="utf-8"), max_size=3), max_size=2)
orgs = record(guid=guids, name=words)
spaces = record(guid=guids, name=words, relationships=to_one("organization"))
apps = record({"metadata": record(labels=labels)}, guid=guids, name=words, relationships=to_one("space"))
domains = record(guid=guids, name=words, internal=st.booleans())
processes = record({"process": record(type=words)}, guid=guids)
routes = record(
    {"path": st.none() | st.just("") | words},
    guid=guids,
    host=st.just("") | words,
    destinations=st.lists(record(guid=guids, app=processes), max_size=2),
    relationships=both(to_one("domain"), maybe_one("space")),
)


def pages(rows: st.SearchStrategy[dict[str, Any]]) -> st.SearchStrategy[dict[str, Any]]:
    beside = record({"spaces": st.lists(spaces, max_size=1), "organizations": st.lists(orgs, max_size=1)})
    return record(
        {"included": st.none() | beside},
        pagination=record(
            {"next": st.none() | st.just({"href": "/v3/next"})}, total_pages=st.just(1), total_results=st.just(0)
        ),
        resources=st.lists(rows, max_size=3),
    )


ports = st.builds(lambda ends: {"start": min(ends), "end": max(ends)}, st.tuples(*[st.integers(1, 65535)] * 2))
policies = record(
    source=record(id=guids), destination=record(id=guids, protocol=st.sampled_from(["tcp", "udp", "x"]), ports=ports)
)
lists = st.lists(policies, max_size=4).map(lambda found: {"total_policies": len(found), "policies": found})


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """List every place inside a value."""
    keys: Any = value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    return [place for key in keys for place in [(*path, key), *places(value[key], (*path, key))]]


@st.composite
def answers(draw: st.DrawFn, bodies: st.SearchStrategy[dict[str, Any]]) -> tuple[bytes, list[Any]]:
    """Write an answer with some fields changed or left out; give what was put there, too."""
    body = deepcopy(draw(bodies))
    put = []
    for _ in range(draw(st.sampled_from([0, 1, 1, 1, 2]))):
        found = places(body)
        assume(found)
        *way, last = draw(st.sampled_from(found))
        holder = body
        for key in way:
            holder = holder[key]
        if draw(st.integers(0, 3)):
            value = deepcopy(draw(st.sampled_from(ODD)))
            # How long a list may say it is, and where a link may lead, have tests of their own.
            assume(last not in {"total_pages", "total_results"} or type(value) is not int)
            assume(last != "href" or not isinstance(value, str) or value in {"", "/x"})
            holder[last] = value
            put.append(value)
        else:
            del holder[last]
            put.append("nothing")
    written = json.dumps(body, ensure_ascii=draw(st.booleans()))
    return written.encode("utf-8", "surrogatepass"), put


@st.composite
def damaged(draw: st.DrawFn, bodies: st.SearchStrategy[dict[str, Any]]) -> bytes:
    """Write an answer and spoil a byte of it."""
    body = draw(bodies)
    if "pagination" in body:
        # Where a link may lead is not a matter of its shape.
        body["pagination"].pop("next", None)
    written = bytearray(json.dumps(body, ensure_ascii=False).encode())
    at = draw(st.integers(0, len(written) - 1))
    kind = draw(st.sampled_from(["change", "insert", "remove", "cut"]))
    if kind == "cut":
        return bytes(written[:at])
    if kind == "remove":
        del written[at]
        return bytes(written)
    written[at : at + (kind == "change")] = bytes(
        [draw(st.sampled_from(b'"{}[],:\\u0109.e-+ \x00\x1f\x7f\x80\xc3\xed\xff'))]
    )
    return bytes(written)


class Server:
    """Gives one body to whoever asks for anything. One client serves all examples: it is slow to make."""

    def __init__(self) -> None:
        self.body = b""
        self.http = Http(HttpSettings(transport=httpx.MockTransport(lambda _: httpx.Response(200, content=self.body))))
        tokens = TokenSource(TokenCredentials("t0ken"), lambda _: pytest.fail("no grant is asked for"))
        root = Root("https://uaa.test", "/networking/v1/external", None)
        self.api = Api(self.http, "https://api.test", lambda: root, tokens)


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    made = Server()
    yield made
    made.http.close()


def as_tuples(listing: Listing[Any]) -> Any:
    return tuple(
        {guid: tuple(row) for guid, row in kind.items()} for kind in (listing.rows, listing.spaces, listing.orgs)
    )


def as_rows(rows: dict[str, Any]) -> Any:
    return {guid: tuple(row) for guid, row in rows.items()}


def first(found: Any) -> Any:
    return found[0]


READINGS: dict[str, tuple[Any, Callable[[Api], Any], Callable[[Any], Any]]] = {
    "organizations": (
        pages(orgs),
        lambda api: as_rows(CloudController(api).organizations(None)),
        lambda body: first(plain.page(body, plain.organization)),
    ),
    "spaces": (
        pages(spaces),
        lambda api: as_rows(CloudController(api).spaces(["o"], None)),
        lambda body: first(plain.page(body, plain.space)),
    ),
    "apps": (
        pages(apps),
        lambda api: as_tuples(CloudController(api).apps_by_guid(["a"])),
        lambda body: plain.page(body, plain.app),
    ),
    "domains": (
        pages(domains),
        lambda api: as_rows(CloudController(api).domains()),
        lambda body: first(plain.page(body, plain.domain)),
    ),
    "routes": (
        pages(routes),
        lambda api: as_tuples(CloudController(api).routes_on(["d"])),
        lambda body: plain.page(body, plain.route),
    ),
    "policies": (
        lists,
        lambda api: [tuple(row) for row in PolicyServer(api).policies()],
        plain.policies,
    ),
}


def outcome(read: Callable[[], Any]) -> tuple[Any, str | None]:
    """Give rows, or the words of the refusal."""
    try:
        return read(), None
    except plain.Wrong as wrong:
        return None, str(wrong)
    except orjson.JSONDecodeError:
        return None, "is not JSON ("
    except UnexpectedAnswerError as error:
        return None, error.summary


@pytest.mark.parametrize("kind", READINGS)
@RUNS
@given(data=st.data())
def test_rows_and_refusals_are_those_of_the_plain_reading(server, kind, data):
    bodies, typed, plainly = READINGS[kind]
    server.body, put = data.draw(answers(bodies))
    expected, wrong = outcome(lambda: plainly(orjson.loads(server.body)))
    rows, refusal = outcome(lambda: typed(server.api))
    assert rows == expected
    assert (refusal is None) == (wrong is None)
    if wrong is not None and len(put) == 1 and put != [HUGE] and not isinstance(put[0], dict):
        assert wrong in refusal


@pytest.mark.parametrize("kind", READINGS)
@RUNS
@given(data=st.data())
def test_what_is_not_json_is_refused_by_both(server, kind, data):
    bodies, typed, plainly = READINGS[kind]
    server.body = data.draw(damaged(bodies))
    expected, wrong = outcome(lambda: plainly(orjson.loads(server.body)))
    rows, refusal = outcome(lambda: typed(server.api))
    if wrong is None and refusal is not None and "its pages hold" in refusal:
        return  # a digit of the total: the plain reading looks at rows alone
    assert rows == expected
    assert (refusal is None) == (wrong is None)
    if wrong == "is not JSON (":
        assert wrong in refusal


@settings(max_examples=20)
@given(st.integers(2, 2000))
@example(990)
def test_nesting_is_refused_where_it_is_too_deep_and_never_ends_in_a_traceback(server, depth):
    server.body = b'{"total_policies":0,"policies":[],"more":' + b"[" * depth + b"]" * depth + b"}"
    rows, refusal = outcome(lambda: list(PolicyServer(server.api).policies()))
    assert rows == [] if refusal is None else "nested too deep" in refusal or "is not JSON" in refusal
    assert refusal is None or depth > 500


@RUNS
@given(answers(lists))
def test_what_another_process_reads_is_what_is_read_here(server, drawn):
    server.body, _ = drawn
    here, refusal = outcome(lambda: list(PolicyServer(server.api).policies()))
    there = packed(server.body)
    assert bool(there) == (refusal is None)
    assert not there or list(unpack(there)) == here
