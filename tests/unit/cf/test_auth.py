from __future__ import annotations

import base64
from urllib.parse import parse_qs

import httpx
import pytest

from reconciler.cf.auth import TokenSource
from reconciler.cf.credentials import (
    ClientCredentials,
    PasscodeCredentials,
    PasswordCredentials,
    SessionCredentials,
    TokenCredentials,
)
from reconciler.cf.uaa import Uaa
from reconciler.errors import AuthenticationError, UnavailableError, UnexpectedAnswerError, UnreachableError

UAA = "https://uaa.example.test"
SECRETS = ("hunter2", "s3cret", "Zx9-passcode", "refresh-1", "refresh-2", "access-")


class Clock:
    def __init__(self) -> None:
        self.time = 1_000_000.0

    def __call__(self) -> float:
        return self.time


class UaaServer:
    """Grants numbered tokens that last 1,200 s, or gives the answer it is told to."""

    def __init__(self, clock: Clock, make_jwt) -> None:
        self.clock, self.make_jwt = clock, make_jwt
        self.asked: list[dict[str, str]] = []
        self.clients: list[str] = []
        self.refusals: dict[str, httpx.Response] = {}
        self.rotating = False
        self.announces_lifetime = True
        self.jwt = True

    def __call__(self, request: httpx.Request) -> httpx.Response:
        form = {name: values[0] for name, values in parse_qs(request.content.decode()).items()}
        self.asked.append(form)
        basic = request.headers.get("authorization", "Basic ").removeprefix("Basic ")
        self.clients.append(base64.b64decode(basic).decode())
        assert str(request.url) == f"{UAA}/oauth/token"
        if form["grant_type"] in self.refusals:
            return self.refusals[form["grant_type"]]
        number = len(self.asked)
        claims = {"exp": int(self.clock.time) + 1200, "n": number}
        body: dict[str, object] = {"access_token": self.make_jwt(**claims) if self.jwt else f"access-{number}"}
        if self.announces_lifetime:
            body["expires_in"] = 1199
        if form["grant_type"] != "client_credentials":
            body["refresh_token"] = f"refresh-{number}" if self.rotating or number == 1 else form.get("refresh_token")
        return httpx.Response(200, json=body)

    @property
    def grants(self) -> list[str]:
        return [form["grant_type"] for form in self.asked]


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def server(clock, make_jwt):
    return UaaServer(clock, make_jwt)


@pytest.fixture
def source(server, clock, make_http):
    def make(credentials):
        return TokenSource(credentials, Uaa(make_http(server), lambda: UAA).grant, clock)

    return make


def refusal(status: int, error: str, description: str) -> httpx.Response:
    return httpx.Response(status, json={"error": error, "error_description": description})


BAD = refusal(401, "invalid_client", "Bad credentials")


@pytest.mark.parametrize(
    ("credentials", "form", "client"),
    [
        (
            PasswordCredentials("ada", "hunter2"),
            {"grant_type": "password", "username": "ada", "password": "hunter2"},
            "cf:",
        ),
        (PasscodeCredentials("Zx9-passcode"), {"grant_type": "password", "passcode": "Zx9-passcode"}, "cf:"),
        (
            ClientCredentials("c:i", "s3c %+ret"),
            {"grant_type": "client_credentials", "client_id": "c:i", "client_secret": "s3c %+ret"},
            "",
        ),
    ],
)
def test_each_form_of_credentials_asks_for_its_grant(source, server, credentials, form, client):
    tokens = source(credentials)
    assert server.asked == []
    assert tokens.token() == tokens.token()
    assert server.asked == [form]
    assert server.clients == [client]


def test_a_given_token_is_used_as_it_is(source, server):
    assert source(TokenCredentials("opaque")).token() == "opaque"
    assert server.asked == []


def test_a_given_token_is_used_to_its_last_second_and_no_longer(source, clock, make_jwt):
    token = make_jwt(exp=clock.time + 10)
    tokens = source(TokenCredentials(token))
    assert tokens.token() == token
    clock.time += 10
    with pytest.raises(AuthenticationError) as caught:
        tokens.token()
    assert caught.value.summary == "the access token has expired"
    assert caught.value.hint == "get a new one with `cf oauth-token`, or use credentials that can be renewed"


def test_a_session_is_renewed_when_less_than_a_minute_is_left(source, server, clock, make_jwt):
    token = make_jwt(exp=clock.time + 100)
    tokens = source(SessionCredentials(token, "refresh-0", "my-cf", "s3cret"))
    clock.time += 39
    assert tokens.token() == token
    clock.time += 2
    assert tokens.token() != token
    assert server.asked == [{"grant_type": "refresh_token", "refresh_token": "refresh-0"}]
    assert server.clients == ["my-cf:s3cret"]


def test_a_session_that_cannot_be_renewed_says_so(source, clock, make_jwt):
    tokens = source(SessionCredentials(make_jwt(exp=clock.time - 1)))
    with pytest.raises(AuthenticationError) as caught:
        tokens.token()
    assert caught.value.summary == "the cf CLI's session has expired and cannot be renewed"
    assert caught.value.hint == "sign in again with `cf login`"


@pytest.mark.parametrize("announced", [True, False])
def test_a_granted_token_is_refreshed_before_it_ends(source, server, clock, announced):
    server.announces_lifetime = announced
    tokens = source(PasswordCredentials("ada", "hunter2"))
    first = tokens.token()
    clock.time += 1138
    assert tokens.token() == first
    clock.time += 3
    assert tokens.token() != first
    assert server.grants == ["password", "refresh_token"]


def test_a_rotated_refresh_token_replaces_the_old_one(source, server, clock):
    server.rotating = True
    tokens = source(PasswordCredentials("ada", "hunter2"))
    for _ in range(3):
        tokens.token()
        clock.time += 1200
    assert [form.get("refresh_token") for form in server.asked] == [None, "refresh-1", "refresh-2"]


def test_a_dead_refresh_token_falls_back_to_the_password(source, server, clock):
    tokens = source(PasswordCredentials("ada", "hunter2"))
    tokens.token()
    clock.time += 1200
    server.refusals["refresh_token"] = refusal(401, "invalid_token", "expired")
    tokens.token()
    assert server.grants == ["password", "refresh_token", "password"]


def test_a_client_asks_again_with_its_secret(source, server, clock):
    tokens = source(ClientCredentials("ci", "s3cret"))
    tokens.token()
    clock.time += 1200
    tokens.token()
    assert server.grants == ["client_credentials", "client_credentials"]


def test_an_opaque_token_lives_as_long_as_the_uaa_says(source, server, clock):
    server.jwt = False
    tokens = source(ClientCredentials("ci", "s3cret"))
    assert tokens.token() == "access-1"
    clock.time += 1140
    assert tokens.token() == "access-2"


def test_clocks_that_are_apart_do_not_ask_for_a_token_each_time(source, server):
    tokens = source(ClientCredentials("ci", "s3cret"))
    server.clock = Clock()
    server.clock.time -= 86_400
    tokens.token()
    tokens.token()
    assert len(server.asked) == 1


def test_a_rejected_token_is_replaced_once_for_all_threads(source, server):
    tokens = source(ClientCredentials("ci", "s3cret"))
    first = tokens.token()
    assert tokens.renew(first)
    assert tokens.renew(first)
    assert tokens.token() != first
    assert len(server.asked) == 2


def test_a_rejected_token_without_replacement_stays_rejected(source, server):
    assert not source(TokenCredentials("t")).renew("t")
    assert not source(SessionCredentials("t")).renew("t")
    assert server.asked == []


@pytest.mark.parametrize(
    ("credentials", "answer", "summary", "hint"),
    [
        (
            PasswordCredentials("ada", "hunter2"),
            BAD,
            "the UAA does not accept the password of the user ada",
            "check CF_USERNAME and CF_PASSWORD",
        ),
        (
            PasswordCredentials("ada", "hunter2"),
            refusal(401, "unauthorized", "Bad credentials"),
            "the UAA does not accept the password of the user ada",
            "check CF_USERNAME and CF_PASSWORD",
        ),
        (
            PasswordCredentials("ada", "hunter2"),
            refusal(401, "unauthorized", "Your account has been locked because of too many failed attempts to login."),
            "the user ada is locked after too many failed attempts",
            "wait some minutes, or ask an administrator",
        ),
        (
            ClientCredentials("ci", "s3cret"),
            BAD,
            "the UAA does not accept the secret of the client ci",
            "check CF_CLIENT_ID and CF_CLIENT_SECRET",
        ),
        (
            ClientCredentials("ci", "s3cret"),
            refusal(401, "invalid_client", "Unauthorized grant type: client_credentials"),
            "the UAA client ci may not use the grant client_credentials",
            "ask an administrator to add the grant to the client, or sign in another way",
        ),
        (
            ClientCredentials("ci", "s3cret"),
            refusal(400, "invalid_scope", "Invalid scope: network.admin"),
            "the client ci may not have the scopes asked for: the UAA says: Invalid scope: network.admin",
            "ask an administrator for network.admin",
        ),
        (
            PasscodeCredentials("Zx9-passcode"),
            refusal(401, "invalid_client", "Invalid passcode"),
            "the UAA does not accept the passcode",
            "a passcode works once and for minutes; fetch a new one",
        ),
        (
            SessionCredentials("e30.eyJleHAiOjF9.x", "refresh-1"),
            refusal(401, "invalid_token", "The token expired, was revoked, or the token ID is incorrect"),
            "the session of the cf CLI has expired or was revoked",
            "sign in again with `cf login`",
        ),
        (
            SessionCredentials("e30.eyJleHAiOjF9.x", "refresh-1"),
            refusal(400, "invalid_grant", "Wrong client for this refresh token"),
            "the session of the cf CLI has expired or was revoked",
            "sign in again with `cf login`",
        ),
    ],
)
def test_each_refusal_names_its_cause(source, server, credentials, answer, summary, hint):
    server.refusals = dict.fromkeys(["password", "client_credentials", "refresh_token"], answer)
    with pytest.raises(AuthenticationError) as caught:
        source(credentials).token()
    assert (caught.value.summary, caught.value.hint) == (summary, hint)
    assert caught.value.request_line == f"POST /oauth/token -> {answer.status_code}"


def test_a_uaa_that_is_down_is_not_a_bad_password(source, server):
    server.refusals["client_credentials"] = httpx.Response(503, text="<html><title>503</title></html>")
    with pytest.raises(UnavailableError, match="the UAA says") as caught:
        source(ClientCredentials("ci", "s3cret")).token()
    assert not caught.value.outcome_unknown
    assert len(server.asked) == 3


def test_a_uaa_that_cannot_be_reached_is_named(make_http, clock):
    def nobody(_: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("no")

    tokens = TokenSource(ClientCredentials("ci", "s3cret"), Uaa(make_http(nobody), lambda: UAA).grant, clock)
    with pytest.raises(UnreachableError, match=r"uaa\.example\.test cannot be reached"):
        tokens.token()


@pytest.mark.parametrize(
    "body", ["[]", "{}", '{"access_token": 7}', '{"access_token": ""}', '{"access_token": "a\\nb"}', "<html>", "nope"]
)
def test_an_answer_without_a_token_is_unexpected(source, server, body):
    server.refusals["client_credentials"] = httpx.Response(200, text=body)
    with pytest.raises(UnexpectedAnswerError, match="the answer of the UAA to POST /oauth/token is not"):
        source(ClientCredentials("ci", "s3cret")).token()


@pytest.mark.parametrize(
    "credentials",
    [
        PasswordCredentials("ada", "hunter2"),
        PasscodeCredentials("Zx9-passcode"),
        ClientCredentials("ci", "s3cret"),
        TokenCredentials("access-0"),
        SessionCredentials("e30.eyJleHAiOjF9.x", "refresh-1", "cf", "s3cret"),
    ],
)
@pytest.mark.parametrize("status", [200, 400, 401, 403, 500])
def test_no_secret_shows_in_any_error_whatever_the_uaa_echoes(source, server, credentials, status):
    echo = " ".join(SECRETS)
    server.refusals = dict.fromkeys(
        ["password", "client_credentials", "refresh_token"], refusal(status, "invalid_client", echo)
    )
    assert not [secret for secret in SECRETS if secret in repr(credentials)]
    values = "".join(str(getattr(credentials, name)) for name in credentials.__slots__)
    own = [value for value in SECRETS if value in values]
    try:
        source(credentials).token()
    except Exception as error:  # noqa: BLE001 - any error may be raised here; none may show a secret
        shown = []
        seen: BaseException | None = error
        while seen is not None:
            shown.append(f"{seen} {seen!r} {vars(seen)}")
            seen = seen.__cause__ or seen.__context__
        assert not [secret for secret in own if secret in "".join(shown)]
