"""What every reader gives: policies between ends that have names, GUIDs or neither, each with its place."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from reconciler.diagnostics import Diagnostic, Span, error
from reconciler.manifests.text import shown
from reconciler.model.names import AppRef
from reconciler.model.ports import PortRange, Protocol, parse_port_range

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reconciler.model.route import InternalRoute


class AppGuid(NamedTuple):
    """An app by the platform's identifier; the live state, or the file itself, may know its name."""

    guid: str

    def __str__(self) -> str:
        """Write it as reports show it."""
        return f"(app {self.guid})"


class Unresolved(NamedTuple):
    """An end that the files alone do not name, as it is written there, and why that says too little."""

    text: str
    reason: str

    def __str__(self) -> str:
        """Write it as it stands in the file."""
        return self.text


End = AppRef | AppGuid | Unresolved


class DeclaredPolicy(NamedTuple):
    """One policy as a file declares it."""

    span: Span
    source: End
    destination: End
    protocol: str
    ports: PortRange

    def __str__(self) -> str:
        """Give the policy as plans show theirs."""
        return f"{self.source} -> {self.destination} {self.protocol}/{self.ports}"


class DeclaredRoute(NamedTuple):
    """An internal route that a file maps to an app of its own space."""

    span: Span
    route: InternalRoute
    app: AppRef


class NotImported(NamedTuple):
    """Something that a file says and no manifest will: what it is, and why. `home` is the app it leads to, if known."""

    span: Span
    what: str
    reason: str
    home: AppRef | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """What one reader found. With an error among the diagnostics the rest is not to be used.

    `names` are the apps that the files themselves name, by GUID.
    """

    policies: tuple[DeclaredPolicy, ...] = ()
    routes: tuple[DeclaredRoute, ...] = ()
    not_imported: tuple[NotImported, ...] = ()
    names: Mapping[str, AppRef] = field(default_factory=dict)
    diagnostics: tuple[Diagnostic, ...] = ()


def read_ports(value: object, span: Span) -> PortRange | Diagnostic:
    """Read ports as a file writes them: `8080`, `"8080"` or `"7000-7010"`."""
    if isinstance(value, bool) or not isinstance(value, int | str):
        return error("bad-port", f"{shown(value)} is not a port", span, hint="write a port or a range: 7000-7010")
    try:
        return parse_port_range(str(value).strip())
    except ValueError as problem:
        return error("bad-port", str(problem), span, hint="the policy server takes 1 to 65535, ranges upwards")


def read_protocol(value: object, span: Span) -> str | Diagnostic:
    """Read a protocol; nothing given means tcp, as in every one of the formats."""
    if value is None:
        return Protocol.TCP.value
    if isinstance(value, str) and value.lower() in set(Protocol):
        return value.lower()
    return error("bad-protocol", f"{shown(value)} is not a protocol", span, hint="the policy server takes tcp and udp")
