"""A small foundation, in process, and clients that are signed in to it."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from reconciler.simulator.foundation import Foundation
from reconciler.simulator.seed import build_world
from reconciler.simulator.transport import EmbeddedTransport

SEED: dict[str, Any] = {
    "domains": [{"name": "apps.internal", "internal": True}, {"name": "apps.example.com"}],
    "organizations": [
        {
            "name": "acme",
            "spaces": [
                {
                    "name": "web",
                    "apps": [{"name": "frontend", "labels": {"tier": "web"}}, {"name": "admin"}],
                    "routes": [{"host": "frontend", "domain": "apps.internal", "destinations": ["frontend"]}],
                },
                {"name": "payments", "apps": [{"name": "ledger", "labels": {"tier": "data"}}]},
            ],
        },
        {"name": "globex", "spaces": [{"name": "lab", "apps": [{"name": "probe"}]}]},
    ],
    "network_policies": [
        {"source": "acme/web/frontend", "destination": "acme/payments/ledger", "protocol": "tcp", "ports": 61443},
        {"source": "globex/lab/probe", "destination": "acme/payments/ledger", "protocol": "tcp", "ports": "7000-7010"},
    ],
    "users": [
        {
            "name": "admin",
            "password": "admin",
            "scopes": ["openid", "network.admin", "cloud_controller.admin", "cloud_controller.read"],
        },
        {
            "name": "dora",
            "password": "secret",
            "scopes": ["openid", "network.write", "cloud_controller.read", "cloud_controller.write"],
            "space_developer": ["acme/web", "acme/payments"],
        },
        {
            "name": "audit",
            "password": "secret",
            "scopes": ["openid", "cloud_controller.read", "cloud_controller.global_auditor"],
        },
    ],
    "clients": [{"id": "robot", "secret": "s3cret", "scopes": ["network.admin", "cloud_controller.admin"]}],
}


class Clock:
    def __init__(self) -> None:
        self.time = datetime(2026, 11, 20, 6, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.time

    def pass_seconds(self, seconds: float) -> None:
        self.time += timedelta(seconds=seconds)


@pytest.fixture
def seed() -> dict[str, Any]:
    return SEED


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def make_foundation(clock: Clock) -> Callable[..., Foundation]:
    def make(**settings: Any) -> Foundation:
        return Foundation(build_world(SEED | {"settings": settings}, now=clock))

    return make


@pytest.fixture
def foundation(make_foundation: Callable[..., Foundation]) -> Foundation:
    return make_foundation()


@pytest.fixture
def connect() -> Iterator[Callable[..., httpx.Client]]:
    clients: list[httpx.Client] = []

    def make(foundation: Foundation, user: str | None = "admin") -> httpx.Client:
        client = httpx.Client(transport=EmbeddedTransport(foundation), base_url=foundation.base_url)
        clients.append(client)
        if user is not None:
            form = {"grant_type": "password", "username": user, "password": "admin" if user == "admin" else "secret"}
            token = client.post("/uaa/oauth/token", data=form, auth=("cf", "")).json()["access_token"]
            client.headers["Authorization"] = f"bearer {token}"
        foundation.requests.clear()
        return client

    yield make
    for client in clients:
        client.close()


@pytest.fixture
def admin(foundation: Foundation, connect: Callable[..., httpx.Client]) -> httpx.Client:
    return connect(foundation)


@pytest.fixture
def developer(foundation: Foundation, connect: Callable[..., httpx.Client]) -> httpx.Client:
    return connect(foundation, "dora")
