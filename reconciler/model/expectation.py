"""Expectations: tests for the network, written beside the manifests."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from reconciler.diagnostics import Span
    from reconciler.model.ports import PortRange, Protocol
    from reconciler.model.selection import AppSelection


class Reach(NamedTuple):
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


class OnlyFrom(NamedTuple):
    """That nobody but the sources may call the destinations. A source that may not call is no failure."""

    destinations: AppSelection
    sources: tuple[AppSelection, ...]
    origin: Span
    ports: PortRange | None = None
    protocol: Protocol | None = None
    through: bool = False


class Expectation(NamedTuple):
    """A named list of them."""

    name: str
    expect: tuple[Reach | OnlyFrom, ...]
    origin: Span
    description: str | None = None
