"""The real client against the embedded foundation, in process."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from reconciler.cf.credentials import Credentials, PasswordCredentials
from reconciler.cf.foundation import CloudFoundry, FoundationSettings
from reconciler.cf.http import HttpSettings
from reconciler.simulator.foundation import Foundation
from reconciler.simulator.seed import build_world
from reconciler.simulator.transport import EmbeddedTransport

URL = "https://api.sys.example.com"
NOW = datetime(2026, 11, 20, 6, tzinfo=UTC)
ADMIN = PasswordCredentials("admin", "admin")


def embedded_foundation(seed: dict[str, Any]) -> Foundation:
    """Make a foundation whose clock stands still."""
    return Foundation(build_world(seed, now=lambda: NOW), URL)


def client_of(foundation: Foundation, credentials: Credentials = ADMIN) -> CloudFoundry:
    """Sign in to it."""
    http = HttpSettings(transport=EmbeddedTransport(foundation, sleep=lambda _: None), now=NOW.timestamp)
    return CloudFoundry(URL, credentials, FoundationSettings(http, pause=lambda _: None))
