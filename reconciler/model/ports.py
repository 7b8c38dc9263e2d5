"""Ports and port ranges, and the ports that the platform keeps for itself."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

PLATFORM_TLS_PORT = 61443
"""Where the platform's proxy ends TLS for container-to-container traffic. Source: executor `envoyconfig`."""

PLATFORM_TLS_APP_PORT = 8080
"""The only app port that the proxy on 61443 forwards to. Source: executor `envoyconfig`."""

RESERVED_PORTS = {
    2222: "the container's SSH daemon listens there, for ssh-proxy only",
    61001: "the platform's proxy listens there for the router's mutual TLS; apps cannot use it",
    61002: "the platform's proxy listens there for the router's mutual TLS; apps cannot use it",
}
"""Ports that no policy should open, each with the reason. Source: executor `envoyconfig`, diego-release."""

MAX_PORT = 65535


class Protocol(StrEnum):
    """What the policy server accepts; ICMP is refused there. Source: policy-server `api/policy_validator.go`."""

    TCP = "tcp"
    UDP = "udp"


class TlsMode(StrEnum):
    """Who ends TLS for a port: the platform, the app itself, or nobody (plaintext)."""

    AUTO = "auto"
    MANUAL = "manual"
    NONE = "none"


class PortRange(NamedTuple):
    """Ports `start` to `end`, both included, 1 to 65535."""

    start: int
    end: int

    def __str__(self) -> str:
        """Write one port as a number, more as `start-end`."""
        return str(self.start) if self.start == self.end else f"{self.start}-{self.end}"

    def overlaps(self, other: PortRange) -> bool:
        """Say whether the two ranges share a port."""
        return self.start <= other.end and other.start <= self.end

    def contains(self, port: int) -> bool:
        """Say whether the port lies in the range."""
        return self.start <= port <= self.end


def parse_port_range(text: str) -> PortRange:
    """Read `8080` or `7000-7010`. Raise ValueError with a sentence for people when it is neither."""
    first, dash, last = text.partition("-")
    numbers = (first, last) if dash else (first, first)
    if not all(number.isascii() and number.isdigit() for number in numbers):
        raise ValueError(f"not a port or a port range: {text!r}")
    start, end = (int(number) for number in numbers)
    if not (1 <= start <= MAX_PORT and 1 <= end <= MAX_PORT):
        raise ValueError(f"ports go from 1 to {MAX_PORT}: {text!r}")
    if start > end:
        raise ValueError(f"the range runs backwards; write {end}-{start}")
    return PortRange(start, end)
