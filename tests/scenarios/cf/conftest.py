from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import stamina

from reconciler.cf.credentials import ClientCredentials, Credentials
from reconciler.cf.foundation import CloudFoundry, FoundationSettings
from reconciler.cf.http import HttpSettings
from reconciler.simulator.foundation import Foundation
from reconciler.simulator.seed import build_world
from reconciler.simulator.transport import EmbeddedTransport

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ADMIN = ClientCredentials("reconciler", "s3cret")
ADMIN_CLIENT = {
    "id": "reconciler",
    "secret": "s3cret",
    "scopes": ["network.admin", "cloud_controller.admin", "cloud_controller.read", "cloud_controller.write"],
}


@pytest.fixture(autouse=True)
def no_waiting() -> Iterator[None]:
    stamina.set_testing(True, attempts=3)
    yield
    stamina.set_testing(False)


@pytest.fixture
def make_foundation() -> Callable[..., Foundation]:
    """An embedded foundation with one administrating client beside what the seed brings."""

    def make(**snapshot: Any) -> Foundation:
        clients = [ADMIN_CLIENT, *snapshot.pop("clients", [])]
        return Foundation(build_world({"clients": clients, **snapshot}))

    return make


@pytest.fixture
def connect() -> Iterator[Callable[..., CloudFoundry]]:
    opened: list[CloudFoundry] = []

    def make(foundation: Foundation, credentials: Credentials = ADMIN, **settings: Any) -> CloudFoundry:
        transport = EmbeddedTransport(foundation, sleep=lambda _: None)
        now = settings.pop("now", lambda: foundation.world.now().timestamp())
        http = HttpSettings(transport=transport, now=now)
        chosen = FoundationSettings(http=http, **{"pause": lambda _: None, **settings})
        opened.append(CloudFoundry(foundation.base_url, credentials, chosen))
        return opened[-1]

    yield make
    for platform in opened:
        platform.close()


INTERNAL = [{"name": "apps.internal", "internal": True}, {"name": "apps.example.com"}]


@pytest.fixture
def small(make_foundation) -> Foundation:
    """Two organizations, four spaces, routes inside and outside, policies of every kind."""
    payments = {
        "name": "payments",
        "apps": [
            {"name": "Ledger", "labels": {"tier": "core"}},
            {"name": "checkout", "environment": {"SSL_CERT_FILE": "/old.pem", "API_KEY": "very-secret"}},
        ],
        "routes": [
            {"host": "Ledger", "domain": "apps.internal", "destinations": ["Ledger"]},
            {"host": "checkout", "domain": "apps.example.com", "destinations": ["checkout"]},
            {
                "host": "jobs",
                "domain": "apps.internal",
                "destinations": [{"app": "checkout", "process_type": "worker"}],
            },
        ],
    }
    web = {
        "name": "web",
        "apps": [{"name": "frontend"}],
        "routes": [{"host": "frontend", "domain": "apps.internal", "destinations": ["frontend"]}],
    }
    other = {"name": "space", "apps": [{"name": "stranger"}], "routes": [{"host": "taken", "domain": "apps.internal"}]}
    return make_foundation(
        domains=INTERNAL,
        organizations=[{"name": "Acme", "spaces": [payments, web]}, {"name": "other", "spaces": [other]}],
        network_policies=[
            {"source": "Acme/web/frontend", "destination": "Acme/payments/Ledger", "ports": 61443},
            {"source": "other/space/stranger", "destination": "Acme/payments/Ledger", "ports": "7000-7010"},
            {"source": "other/space/stranger", "destination": "other/space/stranger", "protocol": "udp", "ports": 53},
            {"source": {"guid": "gone"}, "destination": "Acme/payments/Ledger", "ports": 8080},
            {"source": "Acme/web/frontend", "destination": {"guid": "a, b%2Cc é"}, "ports": 8080},
        ],
    )
