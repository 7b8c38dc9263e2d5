from __future__ import annotations

import base64
import html
import json
from urllib.parse import quote, quote_plus, urlencode

import httpx
import pytest

from reconciler.cf.credentials import ClientCredentials, PasswordCredentials, SessionCredentials, TokenCredentials
from reconciler.cf.foundation import CloudFoundry, FoundationSettings
from reconciler.cf.http import HttpSettings
from reconciler.errors import C2CError, PlatformError, RejectedError
from reconciler.model.route import InternalRoute
from reconciler.model.scope import ReadSet
from reconciler.wire.secrecy import HIDDEN, HIDDEN_WHOLE, Secrets

API = "https://api.example.test"
PASSWORD = 'S3cret p@ss+word/"é'


def basic(secret: str) -> str:
    return base64.b64encode(f"bob:{secret}".encode()).decode()


WRITINGS = {
    "raw": str,
    "other case": str.swapcase,
    "quoted": quote,
    "all quoted": lambda text: quote(text, safe=""),
    "form": lambda text: urlencode({"password": text}),
    "quoted twice": lambda text: quote(quote_plus(text)),
    "small hexadecimal digits": lambda text: quote(text, safe="").lower(),
    "every character quoted": lambda text: "".join(f"%{byte:02x}" for byte in text.encode()),
    "json": json.dumps,
    "json as it is": lambda text: json.dumps(text, ensure_ascii=False),
    "json, slashes too": lambda text: json.dumps(text).replace("/", "\\/"),
    "json, everything": lambda text: "".join(f"\\u{ord(character):04x}" for character in text),
    "json twice": lambda text: json.dumps(json.dumps(text)),
    "repr": repr,
    "html": html.escape,
    "html numbers": lambda text: "".join(f"&#{ord(character)};" for character in text),
    "basic": basic,
    "url-safe basic": lambda text: base64.urlsafe_b64encode(f"bob:{text}".encode()).decode(),
    "base64": lambda text: base64.b64encode(text.encode()).decode(),
    "base64 in the middle": lambda text: base64.b64encode(f"pw={text}&x=y".encode()).decode(),
    "base64 of a form": lambda text: base64.b64encode(urlencode({"password": text}).encode()).decode(),
    "base64 in lines": lambda text: base64.encodebytes(f"{'x' * 50}{text}{'y' * 50}".encode()).decode(),
    "hexadecimal": lambda text: text.encode().hex(),
}


def shows(text: str, secret: str = PASSWORD) -> bool:
    low = text.lower()
    return any(form.lower() in low for form in ("S3cret", "p@ss", "cGFzc", basic(secret)[4:20], secret))


@pytest.mark.parametrize("write", WRITINGS.values(), ids=WRITINGS)
def test_a_secret_is_hidden_however_it_is_written(write):
    hidden = Secrets(PASSWORD).hide(f"you sent {write(PASSWORD)} to me")
    assert not shows(hidden)
    assert HIDDEN in hidden or hidden == HIDDEN_WHOLE


def test_what_repeats_no_secret_stays_as_it_is():
    text = "policy quota exceeded for app 3a1f-00 (100% of 50), see https://x.test/a+b?c=d%20e &amp; \\u0041"
    assert Secrets(PASSWORD, "ey.J.x" * 300).hide(text) == text
    assert Secrets().hide(text) == text
    assert Secrets("").hide(text) == text


def test_a_short_secret_is_hidden_as_a_word_only():
    assert Secrets("pw").hide("pw, pwd and 'pw'") == f"{HIDDEN}, pwd and '{HIDDEN}'"


def test_the_cut_shows_no_part_of_a_secret():
    token = "t0ken-" * 300
    secrets = Secrets(token)
    for before in range(0, 12_000, 97):
        assert "t0ken" not in secrets.brief("x" * before + token, 600)
    assert secrets.brief(token * 100 + "x", 600).count("t0ken") == 0
    assert secrets.brief("x" * 700, 600) == "x" * 599 + "…"
    assert secrets.brief("x" * 600, 600) == "x" * 600


def test_an_error_is_cleaned_with_all_that_led_to_it():
    error = PlatformError("S3cret", path="/S3cret", request_id="S3cret", hint="our own words")
    error.__cause__ = ValueError("S3cret", 7)
    Secrets("S3cret").clean(error)
    assert "S3cret" not in f"{error} {error!r} {vars(error)} {error.__cause__!r}"
    assert error.hint == "our own words"


# Through the whole client: the server repeats what it was sent wherever it can


def page(*rows: object, **changes: object) -> dict[str, object]:
    return {"pagination": {"total_pages": 1, "total_results": len(rows), "next": None, **changes}, "resources": rows}


ROOT = {
    "links": {
        "uaa": {"href": "https://uaa.example.test"},
        "network_policy_v1": {"href": f"{API}/networking/v1/external"},
    }
}


def everything_of(request: httpx.Request) -> str:
    headers = " ".join(f"{name}: {value}" for name, value in request.headers.items())
    return f"{request.url} {headers} {request.content.decode()}"


def latin(text: str) -> str:
    return "".join(character if " " <= character <= "~" else "?" for character in text)


def echo_in_description(request):
    return httpx.Response(401, json={"error": "scope", "error_description": f"scope {everything_of(request)}"})


def echo_in_text(request):
    return httpx.Response(500, text=everything_of(request))


def echo_in_title(request):
    return httpx.Response(500, text=f"<html><title>{everything_of(request)}</title>")


def echo_in_v3(request):
    return httpx.Response(422, json={"errors": [{"code": 1, "title": "x", "detail": everything_of(request)}]})


def echo_in_request_id(request):
    return httpx.Response(404, headers={"x-vcap-request-id": latin(everything_of(request))})


def echo_in_router_error(request):
    return httpx.Response(404, headers={"x-cf-routererror": latin(everything_of(request))})


def echo_in_link(request):
    host = request.headers.get("authorization", "x").split()[-1].rstrip("=")
    return httpx.Response(200, json=page(next={"href": f"http://{host}/x"}) | {"links": {"uaa": {"href": host}}})


ECHOES = [
    echo_in_description,
    echo_in_text,
    echo_in_title,
    echo_in_v3,
    echo_in_request_id,
    echo_in_router_error,
    echo_in_link,
]
SECRET = "S3cret p@ss+word"
CALLERS = {
    "password": PasswordCredentials("bob", SECRET),
    "client": ClientCredentials("ci", SECRET),
    "session": SessionCredentials("t0ken.of.session", "S3cret-refresh", "cli", SECRET),
    "token": TokenCredentials("t0ken.of.mine"),
}
MARKS = ("S3cret", "p@ss", "p%40ss", "t0ken", "cGFzcw", basic(SECRET)[8:], "UzNjcmV0")


def fetch_with(credentials, handler) -> C2CError:
    # Asked twice at most: what is waited for between attempts is not what these tests are about.
    settings = FoundationSettings(http=HttpSettings(transport=httpx.MockTransport(handler), attempts=2))
    with CloudFoundry(API, credentials, settings) as platform, pytest.raises(C2CError) as caught:
        platform.fetch(ReadSet())
    return caught.value


@pytest.mark.parametrize("credentials", CALLERS.values(), ids=CALLERS)
@pytest.mark.parametrize("echo", ECHOES)
@pytest.mark.parametrize("place", ["uaa", "controller", "policies"])
def test_no_echo_shows_a_secret(credentials, echo, place):
    def server(request: httpx.Request) -> httpx.Response:
        path = request.url.path
        if path == "/":
            return httpx.Response(200, json=ROOT)
        if path == "/oauth/token":
            return echo(request) if place == "uaa" else httpx.Response(200, json={"access_token": "t0ken.granted.x"})
        if path.startswith("/networking"):
            return echo(request)
        return echo(request) if place == "controller" else httpx.Response(200, json=page())

    error: BaseException | None = fetch_with(credentials, server)
    while error is not None:
        shown = f"{error} {error!r} {vars(error)} {getattr(error, 'request_line', '')}".lower()
        assert not [mark for mark in MARKS if mark.lower() in shown]
        error = error.__cause__ or error.__context__


def test_a_failed_job_and_its_address_show_no_secret():
    route = InternalRoute("h", "apps.internal")
    data = {"domain": {"data": {"guid": "d"}}, "space": {"data": {"guid": "s"}}}

    def server(request: httpx.Request) -> httpx.Response:
        token = request.headers.get("authorization", "").removeprefix("bearer ")
        path = request.url.path
        if request.method == "DELETE":
            return httpx.Response(202, headers={"location": f"/v3/jobs/{token}"})
        answers = {
            "/": ROOT,
            "/v3/domains": page({"guid": "d", "name": "apps.internal", "internal": True}),
            "/v3/routes": page({"guid": "r", "host": "h", "path": "", "destinations": [], "relationships": data}),
            "/networking/v1/external/policies": {"total_policies": 0, "policies": []},
            f"/v3/jobs/{token}": {"state": "FAILED", "errors": [{"detail": f"you sent {basic(token)}"}]},
        }
        return httpx.Response(200, json=answers.get(path, page()))

    settings = FoundationSettings(http=HttpSettings(transport=httpx.MockTransport(server)), pause=lambda _: None)
    with CloudFoundry(API, TokenCredentials("t0ken-of-mine"), settings) as platform:
        platform.fetch(ReadSet(hosts=frozenset({route})))
        with pytest.raises(RejectedError) as caught:
            platform.delete_route(route, [])
    assert "t0ken" not in f"{caught.value} {caught.value.request_line}"
    assert base64.b64encode(b"t0ken-of-mine").decode() not in str(caught.value)
    assert caught.value.request_line == f"GET /v3/jobs/{HIDDEN}"
