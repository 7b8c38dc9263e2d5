"""Network policies: who may open connections to whom, on which ports."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from reconciler.model.ports import PLATFORM_TLS_PORT, PortRange, Protocol, TlsMode

if TYPE_CHECKING:
    from reconciler.model.names import AppRef

DEFAULT_QUOTA = 150
"""Policies that one source app may have without `network.admin`, by the server's default since cf-networking of
October 2023 (50 before). The number in force cannot be asked for."""


class Opening(NamedTuple):
    """What a policy opens: ports of a protocol, `start` to `end`, both included."""

    protocol: str
    start: int
    end: int

    @property
    def is_platform_tls(self) -> bool:
        """Say whether it is exactly the port where the platform ends TLS."""
        return self.protocol == Protocol.TCP and self.start == self.end == PLATFORM_TLS_PORT

    @property
    def known_tls(self) -> TlsMode | None:
        """The TLS mode that the port alone proves; None where only the app's owner knows."""
        return TlsMode.AUTO if self.is_platform_tls else None


class NetworkPolicy(NamedTuple):
    """One policy as the policy server stores it; its identity is the exact tuple.

    Overlapping ranges stay side by side on the server: nothing is merged there (policy-server `store/store.go`).
    """

    source: AppRef
    destination: AppRef
    protocol: str
    start: int
    end: int

    def __str__(self) -> str:
        """Give the address of the policy, as plans and reports show it."""
        return f"{self.source} -> {self.destination} {self.protocol}/{self.ports}"

    @property
    def ports(self) -> PortRange:
        """The ports that the policy opens."""
        return PortRange(self.start, self.end)

    @property
    def opening(self) -> Opening:
        """What the policy opens."""
        return Opening(self.protocol, self.start, self.end)

    @property
    def is_platform_tls(self) -> bool:
        """Say whether the policy opens exactly the port where the platform ends TLS."""
        return self.opening.is_platform_tls

    @property
    def known_tls(self) -> TlsMode | None:
        """The TLS mode that the port alone proves; None where only the app's owner knows."""
        return self.opening.known_tls


class UnknownApp(NamedTuple):
    """The end of a live policy that has no name: a deleted app, or one that the caller may not see."""

    guid: str

    def __str__(self) -> str:
        """Show the platform's own identifier; there is nothing better."""
        return f"(unknown app {self.guid})"


class StalePolicy(NamedTuple):
    """A live policy with at least one end that cannot be named. It is reported and never touched."""

    source: AppRef | UnknownApp
    destination: AppRef | UnknownApp
    protocol: str
    start: int
    end: int

    def __str__(self) -> str:
        """Give the same form as for a policy with two names."""
        return f"{self.source} -> {self.destination} {self.protocol}/{PortRange(self.start, self.end)}"
