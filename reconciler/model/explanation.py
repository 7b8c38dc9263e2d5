"""The answer to one question: may this app open connections to that one, by what, and what is missing."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from reconciler.diagnostics import Span
    from reconciler.model.desired import Term
    from reconciler.model.names import AppRef, SpaceRef
    from reconciler.model.policy import NetworkPolicy
    from reconciler.model.ports import PortRange, TlsMode
    from reconciler.model.route import InternalRoute


class Standing(StrEnum):
    """How a policy stands between manifests and platform.

    `in_place`: declared and live. `declared`: wanted by manifests that were read without a platform. `pending`:
    declared, and one of the two apps is still to come. `to_create` and `to_revoke`: what the next apply does.
    `blocked`: wanted, and out of this caller's reach. `foreign`: live, and no business of these manifests.
    """

    IN_PLACE = "in_place"
    DECLARED = "declared"
    PENDING = "pending"
    TO_CREATE = "to_create"
    TO_REVOKE = "to_revoke"
    BLOCKED = "blocked"
    FOREIGN = "foreign"


class Gap(StrEnum):
    """What keeps a connection from working, or from going on working.

    `app`: one of the two does not exist. `policy`: nothing allows it. `declaration`: it is allowed now, and no manifest
    wants it. `route`: there is no name to call, and so no certificate for one. `port`: the port itself is no use.
    """

    APP = "app"
    POLICY = "policy"
    DECLARATION = "declaration"
    ROUTE = "route"
    PORT = "port"


@dataclass(frozen=True, slots=True)
class Addition:
    """Manifest lines that would help. `place` says where they go; `origin` is the line there, if there is one."""

    place: str
    lines: tuple[str, ...]
    origin: Span | None = None


@dataclass(frozen=True, slots=True)
class Missing:
    """Something that is missing: what, and what to do about it."""

    gap: Gap
    message: str
    addition: Addition | None = None
    hint: str | None = None


@dataclass(frozen=True, slots=True)
class Condition:
    """Something that has to hold as well and cannot be seen from here, with the lines that help to it."""

    message: str
    addition: Addition | None = None


@dataclass(frozen=True, slots=True)
class ExplainedPolicy:
    """A policy between the two apps: the entries that ask for it, how it stands, and what its ports speak.

    `rules` are what a cell installs for it.
    """

    policy: NetworkPolicy
    standing: Standing
    terms: tuple[Term, ...]
    tls: TlsMode | None
    rules: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CallName:
    """An address to call, such as `https://ledger.apps.internal:61443`.

    `certificate` is the name that the platform's certificate holds there; None where the platform shows none. With
    `live` false the route comes with the next apply.
    """

    route: InternalRoute
    address: str
    certificate: str | None
    live: bool


@dataclass(frozen=True, slots=True)
class Explanation:
    """The whole answer. `ports` and `protocol` are what was asked, None for any.

    `allowed` is about now, or about the manifests alone where `offline`; `allowed_after_plan` about the world after the
    next apply, None where `offline`. `chain` is a way through other apps, where there is no direct one. `hidden`
    are spaces of the two whose policies the caller is not shown: what looks forbidden may be allowed. So it may where
    the answer `hangs_on_labels`, which only the platform knows.
    """

    source: AppRef
    destination: AppRef
    ports: PortRange | None
    protocol: str | None
    offline: bool
    allowed: bool
    allowed_after_plan: bool | None
    policies: tuple[ExplainedPolicy, ...] = ()
    names: tuple[CallName, ...] = ()
    missing: tuple[Missing, ...] = ()
    conditions: tuple[Condition, ...] = ()
    hidden: tuple[SpaceRef, ...] = ()
    chain: tuple[ExplainedPolicy, ...] = ()
    hangs_on_labels: bool = False
