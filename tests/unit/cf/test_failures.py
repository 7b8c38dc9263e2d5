from __future__ import annotations

import httpx
import pytest

from reconciler.cf.error_bodies import CAUSE_LIMIT, read_cause
from reconciler.cf.exchange import Answer, Request, Service
from reconciler.cf.failures import Trouble, failed_answer, no_answer
from reconciler.cf.http import Http, HttpSettings
from reconciler.errors import (
    AuthenticationError,
    AuthorizationError,
    NotFoundError,
    QuotaError,
    RateLimitedError,
    RejectedError,
    UnavailableError,
    UnexpectedAnswerError,
)
from reconciler.wire.attempts import Effect
from reconciler.wire.secrecy import Secrets

CC, POLICY, UAA = Service.CLOUD_CONTROLLER, Service.POLICY_SERVER, Service.UAA


def answer(
    service: Service, status: int, body: str | bytes, headers: dict[str, str] | None = None, **request
) -> Answer:
    asked = Request("POST", "https://api.example.test/v3/thing?x=y", service, **request)
    return Answer(asked, status, headers or {}, body.encode() if isinstance(body, str) else body)


def cc(code: int, title: str, detail: str) -> str:
    return f'{{"errors":[{{"code":{code},"title":"{title}","detail":"{detail}"}}]}}'


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ('{"error": "policy quota exceeded"}', "policy quota exceeded"),
        ('{"error": "mapper: invalid character \'"\' after key"}', "mapper: invalid character '\"' after key"),
        (cc(10008, "CF-UnprocessableEntity", "Name taken"), "Name taken"),
        ('{"errors":[{"code":1,"title":"A","detail":"one"},{"code":2,"title":"B","detail":"two"}]}', "one; two"),
        ('{"errors":[{"code":1,"title":"A"}]}', "A"),
        ('{"description":"Unknown request","error_code":"CF-NotFound","code":10000}', "Unknown request"),
        ('{"error":"invalid_client","error_description":"Bad credentials"}', "Bad credentials"),
        ("<html><head><title>502 Bad Gateway</title></head></html>", "a web page titled '502 Bad Gateway'"),
        ("<html></html>", "a web page instead of an API answer"),
        ("404 page not found\n", "404 page not found"),
        ("", "no further detail"),
        ("null", "null"),
        ('{"errors":[]}', '{"errors":[]}'),
        ('{"errors":["x", 1]}', '{"errors":["x", 1]}'),
        ('{"error": ""}', "no further detail"),
        (b"\xff\xfe", "\ufffd\ufffd"),
    ],
)
def test_every_form_of_error_body_gives_its_cause(body, text):
    assert read_cause(answer(CC, 400, body)).text == text


def test_the_routers_own_answers_are_told_from_the_services():
    said = answer(
        CC, 404, "404 Not Found: Requested route ('a') does not exist.", {"x-cf-routererror": "unknown_route"}
    )
    error = failed_answer(said)
    assert isinstance(error, UnavailableError)
    assert error.summary.startswith("the router in front of Cloud Controller says: 404 Not Found")
    assert error.summary.endswith("(router: unknown_route)")
    assert error.hint == f"the router knows no such host: check CF_API; if it is right, the service is down: {OPERATOR}"


def test_a_root_that_is_not_there_is_an_address_of_something_else():
    asked = Request("GET", "https://www.example.test/", CC)
    assert failed_answer(Answer(asked, 404, {}, b"")).hint == "check CF_API: no Cloud Foundry API answers there"


def test_a_long_cause_is_cut():
    error = failed_answer(answer(CC, 400, "x" * 100_000))
    assert len(error.summary) < CAUSE_LIMIT + 50
    assert error.summary.endswith("…")


def test_a_secret_that_the_server_echoes_is_hidden():
    error = failed_answer(
        answer(UAA, 400, '{"error":"x","error_description":"bad hunter2"}', secrets=Secrets("hunter2"))
    )
    assert error.summary == "the UAA says: bad [hidden]"


def test_a_secret_is_hidden_before_the_cause_is_cut():
    error = failed_answer(answer(CC, 400, "x" * (CAUSE_LIMIT - 5) + "hunter2", secrets=Secrets("hunter2")))
    assert "hunt" not in error.summary


SIGN_IN = "sign in again with `cf login`, or check CF_USERNAME and CF_PASSWORD, CF_CLIENT_ID and CF_CLIENT_SECRET"
NO_AUDIENCE = "a token that lacks a scope is refused in the same words: `c2c doctor` tells"
OPERATOR = "ask the operators of the foundation, and give them the request id"
NEEDS_ROLES = (
    "the caller needs the SpaceDeveloper role in the space of every app named, source and destination, or the "
    "scope network.admin"
)
OVER_QUOTA = (
    "a source app would have more policies than its limit, existing ones counted; merge ports into ranges, "
    "remove policies first, or use a token with network.admin"
)
NO_POLICY_SERVER = (
    "Cloud Controller answered in place of a policy server: container networking is not deployed on this "
    "foundation, or its policy server is down; ask the operators"
)
BLIND = (
    "the policy server could not ask Cloud Controller about the caller's roles; use a token with "
    f"network.admin, or {OPERATOR}"
)
ROLE = "the caller needs the SpaceDeveloper role in the space, and the scopes cloud_controller.read and .write"


@pytest.mark.parametrize(
    ("service", "status", "body", "kind", "hint"),
    [
        (
            CC,
            401,
            cc(1000, "CF-InvalidAuthToken", "Invalid Auth Token"),
            AuthenticationError,
            f"{SIGN_IN}; {NO_AUDIENCE}",
        ),
        (
            CC,
            401,
            cc(10002, "CF-NotAuthenticated", "Authentication error"),
            AuthenticationError,
            "the token did not arrive: a proxy on the way may be removing the Authorization header",
        ),
        (CC, 403, cc(10003, "CF-NotAuthorized", "You are not authorized"), AuthorizationError, ROLE),
        (
            CC,
            403,
            cc(330002, "CF-FeatureDisabled", "Feature Disabled: route_creation"),
            AuthorizationError,
            "an operator can enable the feature flag that the message names",
        ),
        (
            CC,
            403,
            cc(10019, "CF-SpaceSuspended", "x"),
            AuthorizationError,
            "the space is suspended; an operator has to resume it",
        ),
        (
            CC,
            404,
            cc(10010, "CF-ResourceNotFound", "App not found"),
            NotFoundError,
            "it is gone, or the caller has no role in its space",
        ),
        (CC, 422, cc(10008, "CF-UnprocessableEntity", "Routes quota exceeded"), RejectedError, None),
        (CC, 429, cc(10013, "CF-RateLimitExceeded", "Rate Limit Exceeded"), RateLimitedError, "try again later"),
        (CC, 500, cc(10001, "UnknownError", "x"), UnavailableError, f"try again; if it stays so, {OPERATOR}"),
        (CC, 429, "<html><title>429 Too Many Requests</title></html>", RateLimitedError, "try again later"),
        (
            POLICY,
            401,
            '{"error": "failed to verify token with uaa"}',
            AuthenticationError,
            f"{SIGN_IN}; if a fresh token fails too, the policy server cannot reach the UAA: {OPERATOR}",
        ),
        (
            POLICY,
            403,
            '{"error": "provided scopes [a b] do not include allowed scopes [network.admin network.write]"}',
            AuthorizationError,
            "the token needs the scope network.admin or network.write; ask the operators to grant it",
        ),
        (
            POLICY,
            403,
            '{"error": "one or more applications cannot be found or accessed"}',
            AuthorizationError,
            NEEDS_ROLES,
        ),
        (
            POLICY,
            403,
            '{"error": "policy quota exceeded"}',
            QuotaError,
            OVER_QUOTA,
        ),
        (
            POLICY,
            404,
            '{"description":"Unknown request","error_code":"CF-NotFound","code":10000}',
            NotFoundError,
            NO_POLICY_SERVER,
        ),
        (
            POLICY,
            406,
            '{"error": "api version \'v1\' not supported"}',
            RejectedError,
            "this foundation does not speak version 1 of the policy API",
        ),
        (
            POLICY,
            500,
            '{"error": "filter policies failed"}',
            UnavailableError,
            BLIND,
        ),
        (
            POLICY,
            500,
            '{"error": "database create failed"}',
            UnavailableError,
            f"try again; if it stays so, {OPERATOR}",
        ),
        (UAA, 401, '{"error":"invalid_client","error_description":"Bad credentials"}', AuthenticationError, SIGN_IN),
        (CC, 304, "", UnexpectedAnswerError, "check that CF_API names the API itself, with https://"),
    ],
)
def test_each_cause_has_its_class_and_its_hint(service, status, body, kind, hint):
    error = failed_answer(answer(service, status, body, {"x-vcap-request-id": "1f3c::9"}))
    assert type(error) is kind
    assert error.hint == hint
    assert error.request_line == f"POST /v3/thing -> {status} (request id 1f3c::9)"


def test_only_writes_that_may_have_happened_are_unknown():
    assert failed_answer(answer(POLICY, 502, "", effect=Effect.REPEATABLE)).outcome_unknown
    assert not failed_answer(answer(POLICY, 500, "", effect=Effect.REPEATABLE)).outcome_unknown
    assert not failed_answer(answer(POLICY, 502, "", effect=Effect.READ)).outcome_unknown


@pytest.mark.parametrize(
    ("trouble", "summary", "hint"),
    [
        (Trouble.NAME, "the name h cannot be resolved (why)", "check CF_API, the network and the DNS settings"),
        (Trouble.CONNECTION, "h cannot be reached (why)", "check CF_API, the port and whether a proxy is needed"),
        (
            Trouble.TLS,
            "the TLS certificate of h is not trusted (why)",
            "name the authority that signed it with CF_CA_FILE, or, knowing the risk, use --skip-ssl-validation",
        ),
        (
            Trouble.READ_TIMEOUT,
            "h did not answer in time (why)",
            "try again; if it stays so, the foundation is overloaded or its database is down",
        ),
        (Trouble.PROXY, "the proxy in front of h failed (why)", "check HTTPS_PROXY, HTTP_PROXY and NO_PROXY"),
    ],
)
def test_no_answer_says_what_kept_it_away(trouble, summary, hint):
    error = no_answer(Request("GET", "https://h/x"), trouble, "h", "why")
    assert (error.summary, error.hint) == (summary, hint)


def test_the_network_tells_a_wrong_name_from_a_closed_port(make_http, monkeypatch):
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    with Http(HttpSettings()) as http:
        with pytest.raises(Exception, match=r"the name nosuchhost\.invalid cannot be resolved"):
            http.send(Request("GET", "http://nosuchhost.invalid/"))
        with pytest.raises(Exception, match=r"127\.0\.0\.1 cannot be reached \(Connection refused\)"):
            http.send(Request("GET", "http://127.0.0.1:1/"))
    with pytest.raises(Exception, match="proxy"):
        make_http(lambda _: (_ for _ in ()).throw(httpx.ProxyError("407"))).send(Request("GET", "https://h/"))


@pytest.mark.parametrize(
    ("wait", "hint"),
    [("7", "try again in 7 seconds"), ("\u00b2", "try again later"), ("9" * 400, "try again in 999999999 seconds")],
)
def test_only_plain_digits_are_a_wait(wait, hint):
    assert failed_answer(answer(CC, 429, "", {"retry-after": wait})).hint == hint


def test_a_page_of_many_titles_is_read_at_once():
    assert read_cause(answer(CC, 500, "<title>" * 100_000)).text == "a web page instead of an API answer"
    assert read_cause(answer(CC, 500, "<TITLE> 502 </Title><title>x</title>")).text == "a web page titled '502'"
