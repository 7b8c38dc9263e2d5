from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator

import httpx
import pytest
import stamina

from reconciler.cf.http import Http, HttpSettings

API = "https://api.example.test"
Handler = Callable[[httpx.Request], httpx.Response]


@pytest.fixture(autouse=True)
def no_waiting() -> Iterator[None]:
    """Retries happen, three attempts in all, without their pauses."""
    stamina.set_testing(True, attempts=3)
    yield
    stamina.set_testing(False)


@pytest.fixture
def make_http() -> Iterator[Callable[..., Http]]:
    """A client whose network is a function that plays the server."""
    opened: list[Http] = []

    def make(handler: Handler, **settings: object) -> Http:
        opened.append(Http(HttpSettings(transport=httpx.MockTransport(handler), **settings)))  # type: ignore[arg-type]
        return opened[-1]

    yield make
    for http in opened:
        http.close()


@pytest.fixture
def make_jwt() -> Callable[..., str]:
    def make(**claims: object) -> str:
        parts = ({"alg": "none"}, claims)
        encoded = [base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode() for part in parts]
        return ".".join([*encoded, "c2lnbmF0dXJl"])

    return make


@pytest.fixture
def root_body() -> dict[str, object]:
    return {
        "links": {
            "self": {"href": API},
            "cloud_controller_v3": {"href": f"{API}/v3", "meta": {"version": "3.228.0"}},
            "network_policy_v1": {"href": f"{API}/networking/v1/external"},
            "uaa": {"href": "https://uaa.example.test"},
            "login": {"href": "https://login.example.test"},
        }
    }
