"""Guardrails and waivers: what nobody may do, and who may for a while."""

from __future__ import annotations

from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from reconciler.model.selection import EVERY_APP

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from reconciler.diagnostics import Span
    from reconciler.model.ports import PortRange, Protocol, TlsMode
    from reconciler.model.scope import AppPattern
    from reconciler.model.selection import AppSelection


RESERVED_PREFIX = "template "
"""How the names of guardrails begin that templates bring along; others may not begin so."""


class Enforcement(StrEnum):
    """What a guardrail does with what it finds: `deny` refuses the plan, `warn` asks, `audit` only lists."""

    DENY = "deny"
    WARN = "warn"
    AUDIT = "audit"


class Required(StrEnum):
    """What a grant can be asked to carry; the owner is that of the destination's Space document."""

    WHY = "why"
    UNTIL = "until"
    OWNER = "owner"


class Match(NamedTuple):
    """The policies that a guardrail or a waiver is about: those between these apps."""

    source: AppSelection = EVERY_APP
    destination: AppSelection = EVERY_APP


class Limits(NamedTuple):
    """What policies must keep to; None where nothing is said, so that an empty list forbids everything.

    `same_*: true` wants both ends in one space, organization or zone, `false` in two. `sources` and `deny_sources` are
    address patterns. `max_sources` counts the source apps of one destination app, `max_destinations` the destination
    apps of one source app, `max_days` the days from today to a grant's `until`. `routes` are patterns for the internal
    routes of the destination app. `expression` is CEL.
    """

    tls: tuple[TlsMode, ...] | None = None
    protocols: tuple[Protocol, ...] | None = None
    ports: tuple[PortRange, ...] | None = None
    max_port_span: int | None = None
    same_space: bool | None = None
    same_org: bool | None = None
    same_zone: bool | None = None
    sources: tuple[AppPattern, ...] | None = None
    deny_sources: tuple[AppPattern, ...] | None = None
    max_sources: int | None = None
    max_destinations: int | None = None
    require: tuple[Required, ...] | None = None
    max_days: int | None = None
    template: tuple[str, ...] | None = None
    routes: tuple[str, ...] | None = None
    expression: str | None = None


_NO_PLACES: Mapping[str, Span] = MappingProxyType({})


class Guardrail(NamedTuple):
    """A rule over policies. `introduced` judges only what a plan adds, so that old sins do not block new work.

    `places` are the lines of its limits, by key.
    """

    name: str
    enforcement: Enforcement
    match: Match
    limits: Limits
    origin: Span
    description: str | None = None
    introduced: bool = False
    places: Mapping[str, Span] = _NO_PLACES

    def place(self, key: str) -> Span:
        """Give the line of a limit, or of the guardrail if it is not written there."""
        return self.places.get(key, self.origin)


class Expression(NamedTuple):
    """The expression of a guardrail by itself: it can be tried while other things are still wrong."""

    guardrail: str
    text: str
    origin: Span


class Waiver(NamedTuple):
    """An exception from one guardrail until its last day (UTC)."""

    name: str
    guardrail: str
    match: Match
    why: str
    until: date
    origin: Span
    owner: str | None = None
