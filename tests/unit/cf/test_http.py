from __future__ import annotations

import gzip
import logging
import os
import time
from pathlib import Path

import httpx
import pytest
import stamina

from reconciler.cf.exchange import Answer, Request, Service
from reconciler.cf.http import Http, HttpSettings, wait_seconds
from reconciler.errors import (
    RateLimitedError,
    UnavailableError,
    UnexpectedAnswerError,
    UnreachableError,
    UsageError,
)
from reconciler.wire.attempts import Effect
from reconciler.wire.secrecy import Secrets

URL = "https://api.example.test/v3/apps?names=a"


class Server:
    """Answers in turn; the last answer repeats. An exception among them is a broken connection."""

    def __init__(self, *answers: httpx.Response | Exception) -> None:
        self.answers = list(answers)
        self.requests: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer


def test_says_who_asks_and_numbers_each_request(make_http):
    server = Server(httpx.Response(503), httpx.Response(200, json={}))
    make_http(server).send(Request("GET", URL))
    agents = {request.headers["user-agent"] for request in server.requests}
    assert len(agents) == 1
    assert agents.pop().startswith("c2c/")
    ids = [request.headers["x-request-id"] for request in server.requests]
    assert len(set(ids)) == len(ids) == 2


def test_decodes_json_whatever_its_label(make_http):
    server = Server(httpx.Response(200, text='{"a": 1}', headers={"content-type": "text/plain; charset=utf-8"}))
    assert make_http(server).send(Request("GET", URL)).json() == {"a": 1}


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
@pytest.mark.parametrize("effect", [Effect.READ, Effect.REPEATABLE])
def test_what_may_pass_is_tried_again(make_http, status, effect):
    server = Server(httpx.Response(status), httpx.Response(200, json={}))
    assert make_http(server).send(Request("POST", URL, effect=effect)).status == 200
    assert len(server.requests) == 2


@pytest.mark.parametrize("status", [400, 401, 403, 404, 406, 422])
def test_a_refusal_is_final(make_http, status):
    server = Server(httpx.Response(status))
    with pytest.raises(Exception, match="no further detail"):
        make_http(server).send(Request("GET", URL))
    assert len(server.requests) == 1


@pytest.mark.parametrize("answer", [httpx.Response(502), httpx.ReadTimeout(""), httpx.RemoteProtocolError("gone")])
def test_a_single_write_is_not_repeated_once_it_may_have_arrived(make_http, answer):
    server = Server(answer, httpx.Response(201, json={}))
    with pytest.raises((UnavailableError, UnreachableError)) as caught:
        make_http(server).send(Request("POST", URL, effect=Effect.ONCE))
    assert caught.value.outcome_unknown
    assert len(server.requests) == 1


@pytest.mark.parametrize("answer", [httpx.Response(429), httpx.ConnectError("no"), httpx.ConnectTimeout("")])
def test_a_single_write_is_repeated_when_it_certainly_did_not_arrive(make_http, answer):
    server = Server(answer, httpx.Response(201, json={}))
    assert make_http(server).send(Request("POST", URL, effect=Effect.ONCE)).status == 201


def test_one_lost_attempt_leaves_the_outcome_open_whatever_comes_after(make_http):
    server = Server(httpx.ReadError("reset"), httpx.ConnectError("refused"))
    with pytest.raises(UnreachableError) as caught:
        make_http(server).send(Request("POST", URL, effect=Effect.REPEATABLE))
    assert caught.value.outcome_unknown


def test_a_lost_read_leaves_nothing_open(make_http):
    with pytest.raises(UnreachableError) as caught:
        make_http(Server(httpx.ReadTimeout(""))).send(Request("GET", URL))
    assert not caught.value.outcome_unknown
    assert caught.value.request_line == "GET /v3/apps"


def answer_with(status: int, **headers: str) -> Answer:
    return Answer(Request("GET", URL), status, {name.replace("_", "-"): value for name, value in headers.items()}, b"")


@pytest.mark.parametrize(
    ("answer", "seconds"),
    [
        (answer_with(429, retry_after="7"), 7.0),
        (answer_with(503, retry_after="7"), 7.0),
        (answer_with(429, retry_after="Thu, 01 Jan 1970 00:16:50 GMT"), 10.0),
        (answer_with(429, retry_after="Thu, 01 Jan 1970 00:00:00 GMT"), 0.0),
        (answer_with(429, retry_after="soon"), None),
        (answer_with(429, x_ratelimit_reset="1030"), 30.0),
        (answer_with(429, x_ratelimit_reset="900"), 0.0),
        (answer_with(500, x_ratelimit_reset="1030"), None),
        (answer_with(429, retry_after="9" * 400), 999999999.0),
        (answer_with(429), None),
    ],
)
def test_the_wait_a_server_asks_for(answer, seconds):
    assert wait_seconds(answer, now=1000.0) == seconds


def test_a_wait_beyond_the_budget_is_not_waited(make_http):
    stamina.set_testing(False)
    server = Server(httpx.Response(429, headers={"retry-after": "3600"}))
    started = time.monotonic()
    with pytest.raises(RateLimitedError) as caught:
        make_http(server).send(Request("GET", URL))
    assert time.monotonic() - started < 5
    assert len(server.requests) == 1
    assert caught.value.hint == "try again in 3600 seconds"


def test_a_short_wait_is_waited(make_http):
    stamina.set_testing(False)
    server = Server(httpx.Response(429, headers={"retry-after": "1"}), httpx.Response(200, json={}))
    started = time.monotonic()
    make_http(server).send(Request("GET", URL))
    assert time.monotonic() - started >= 1


def test_redirects_are_not_followed(make_http):
    server = Server(httpx.Response(302, headers={"location": "https://evil.test/"}))
    with pytest.raises(UnexpectedAnswerError) as caught:
        make_http(server).send(Request("GET", URL))
    assert "redirect" in caught.value.summary
    assert caught.value.hint == "check that CF_API names the API itself, with https://"
    assert [request.url.host for request in server.requests] == ["api.example.test"]


def test_an_answer_over_the_limit_is_refused(make_http):
    server = Server(httpx.Response(200, content=b"x" * (2**20 + 1)))
    with pytest.raises(UnexpectedAnswerError, match="is larger than 1 MiB"):
        make_http(server).send(Request("GET", URL, limit=2**20))


def test_a_compressed_bomb_counts_unpacked(make_http):
    bomb = gzip.compress(b"0" * (8 * 2**20))
    server = Server(httpx.Response(200, content=bomb, headers={"content-encoding": "gzip"}))
    with pytest.raises(UnexpectedAnswerError, match="is larger than 1 MiB"):
        make_http(server).send(Request("GET", URL, limit=2**20))


def test_damaged_compression_is_an_unexpected_answer(make_http):
    def server(_: httpx.Request) -> httpx.Response:
        return httpx.Response(200, stream=httpx.ByteStream(b"nope"), headers={"content-encoding": "gzip"})

    with pytest.raises(UnexpectedAnswerError, match="cannot be decompressed"):
        make_http(server).send(Request("GET", URL))


@pytest.mark.parametrize("encoding", ["gzip, gzip", "gzip,br", "br", "zstd", "deflate", "identity, gzip", "x"])
def test_only_one_layer_of_gzip_is_taken(make_http, encoding):
    def server(request: httpx.Request) -> httpx.Response:
        assert request.headers["accept-encoding"] == "gzip"
        stream = httpx.ByteStream(gzip.compress(gzip.compress(b"{}")))
        return httpx.Response(200, stream=stream, headers={"content-encoding": encoding})

    with pytest.raises(UnexpectedAnswerError, match="is compressed in a way that was not asked for"):
        make_http(server).send(Request("GET", URL))


class Pieces(httpx.SyncByteStream):
    def __init__(self, content: bytes, size: int) -> None:
        self.pieces = [content[start : start + size] for start in range(0, len(content), size)]

    def __iter__(self):
        return iter(self.pieces)


@pytest.mark.parametrize("encoding", ["gzip", "GZIP", "x-gzip"])
@pytest.mark.parametrize("size", [1, 7, 10**6])
def test_gzip_is_unpacked_whatever_its_pieces(make_http, encoding, size):
    body = bytes(range(256)) * 4000 + b"x" * 2**20
    packed = gzip.compress(body)
    headers = {"content-encoding": encoding}
    http = make_http(lambda _: httpx.Response(200, stream=Pieces(packed, size), headers=headers))
    assert http.send(Request("GET", URL)).body == body


@pytest.mark.parametrize("damage", [lambda packed: packed[:-1], lambda packed: packed[:20], lambda packed: packed * 2])
def test_gzip_that_does_not_end_where_it_should_is_an_unexpected_answer(make_http, damage):
    packed = damage(gzip.compress(b"x" * 10**6))
    headers = {"content-encoding": "gzip"}
    http = make_http(lambda _: httpx.Response(200, stream=Pieces(packed, 100), headers=headers))
    with pytest.raises(UnexpectedAnswerError, match="cannot be decompressed"):
        http.send(Request("GET", URL))


def test_an_empty_answer_may_call_itself_gzip(make_http):
    http = make_http(lambda _: httpx.Response(204, headers={"content-encoding": "gzip"}))
    assert http.send(Request("GET", URL)).body == b""


def test_packing_that_never_yields_anything_counts_as_it_comes(make_http):
    class Endless(httpx.SyncByteStream):
        def __iter__(self):
            yield gzip.compress(b"")[:10]
            while True:
                yield b"\x00\x00\x00\xff\xff" * 10_000

    http = make_http(lambda _: httpx.Response(200, stream=Endless(), headers={"content-encoding": "gzip"}))
    with pytest.raises(UnexpectedAnswerError, match="is larger than 1 MiB"):
        http.send(Request("GET", URL, limit=2**20))


@pytest.mark.parametrize("status", [203, 205, 206, 207])
def test_a_success_that_means_something_else_is_none(make_http, status):
    with pytest.raises(UnexpectedAnswerError, match=f"has the status {status}"):
        make_http(Server(httpx.Response(status, json={}))).send(Request("GET", URL))


@pytest.mark.parametrize("url", ["https://xn--zz--.example/", "https://h/" + "a" * 70_000, "https://h/\x00"])
def test_an_address_that_the_library_refuses_is_a_platform_error(make_http, url):
    with pytest.raises(UnreachableError, match="the address of Cloud Controller cannot be used") as caught:
        make_http(lambda _: httpx.Response(200)).send(Request("GET", url, effect=Effect.ONCE))
    assert not caught.value.outcome_unknown


def test_a_ca_file_that_never_ends_is_refused(tmp_path):
    os.mkfifo(tmp_path / "ca.pem")
    for file in (tmp_path / "ca.pem", Path("/dev/zero"), tmp_path):
        with pytest.raises(UsageError, match="cannot be read as certificates"):
            Http(HttpSettings(ca_file=file))


@pytest.mark.parametrize("body", [b"", b"<html>", b"{", b"\xff", b"[" * 3000])
def test_what_is_no_json_is_an_unexpected_answer_that_keeps_its_body_to_itself(make_http, body):
    answer = make_http(Server(httpx.Response(200, content=body))).send(Request("GET", URL))
    with pytest.raises(UnexpectedAnswerError, match="is not JSON") as caught:
        answer.json()
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None


def test_a_ca_file_that_is_none_is_a_usage_error(tmp_path):
    (tmp_path / "ca.pem").write_text("not a certificate")
    for name, problem in (("ca.pem", "cannot be read as certificates"), ("missing.pem", "there is no CA file")):
        with pytest.raises(UsageError, match=problem) as caught:
            Http(HttpSettings(ca_file=tmp_path / name))
        assert caught.value.hint == "--ca-file, or CF_CA_FILE, names a PEM file"


def test_a_ca_variable_that_names_nothing_is_no_internal_error_where_the_system_has_no_authorities(monkeypatch):
    for name in ("SSL_CERT_FILE", "SSL_CERT_DIR"):
        monkeypatch.setenv(name, "/missing")
    Http(HttpSettings()).close()


def test_a_broken_proxy_variable_is_a_usage_error_that_keeps_its_password(monkeypatch):
    monkeypatch.setenv("HTTPS_PROXY", "nonsense://ada:hunter2@proxy.test")
    with pytest.raises(UsageError) as caught:
        Http(HttpSettings())
    assert "hunter2" not in repr(caught.value)
    assert caught.value.hint == "check HTTPS_PROXY, HTTP_PROXY, ALL_PROXY and NO_PROXY"


def test_retries_print_nothing(make_http, capfd):
    assert logging.getLogger("stamina").handlers
    make_http(Server(httpx.Response(503), httpx.Response(200, json={}))).send(Request("GET", URL))
    assert capfd.readouterr() == ("", "")


def test_a_request_shows_no_secret_and_names_its_path():
    request = Request(
        "POST", URL, Service.UAA, headers={"authorization": "bearer T0K"}, content=b"password=pw", secrets=Secrets("pw")
    )
    assert "T0K" not in repr(request)
    assert "password" not in repr(request)
    assert request.path == "/v3/apps"
    assert Request("GET", "https://api.example.test").path == "/"
