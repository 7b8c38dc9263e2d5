"""Expectations: tests for the network, written beside the manifests."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from reconciler.diagnostics import Span
    from reconciler.model.ports import PortRange, Protocol
    from reconciler.model.selection import AppSelection


@dataclass(frozen=True, slots=True)
class Reach:
    """Whether connections from any of the sources to any of the destinations are allowed.

    `ports` None means any port, and `protocol` None any protocol. With `through` a chain of apps counts as well, not
    only a policy between the two. `allowed: true` wants every source to reach every destination.
    """

    sources: AppSelection
    destinations: AppSelection
    allowed: bool
    origin: Span
    ports: PortRange | None = None
    protocol: Protocol | None = None
    through: bool = False


@dataclass(frozen=True, slots=True)
class OnlyFrom:
    """That nobody but the sources may call the destinations. A source that may not call is no failure."""

    destinations: AppSelection
    sources: tuple[AppSelection, ...]
    origin: Span
    ports: PortRange | None = None
    protocol: Protocol | None = None
    through: bool = False


@dataclass(frozen=True, slots=True)
class Expectation:
    """A named list of them."""

    name: str
    expect: tuple[Reach | OnlyFrom, ...]
    origin: Span
    description: str | None = None
