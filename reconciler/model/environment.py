"""The environment variables that `trust` governs."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from reconciler.model.names import AppRef

SYSTEM_TRUST = MappingProxyType(
    {
        "SSL_CERT_FILE": "/etc/ssl/certs/ca-certificates.crt",
        "REQUESTS_CA_BUNDLE": "/etc/ssl/certs/ca-certificates.crt",
    }
)
"""What `trust: system` sets, and all it ever looks at: the container's own CA bundle, which the platform extends
with the CA that signs the certificates on port 61443."""


class EnvironmentVariable(NamedTuple):
    """The address of one environment variable of an app."""

    app: AppRef
    name: str

    def __str__(self) -> str:
        """Give the address as plans and reports show it."""
        return f"{self.app} {self.name}"
