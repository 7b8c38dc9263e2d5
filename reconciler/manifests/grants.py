"""Ingress entries: one entry, port, matched source and matched destination make one policy."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from reconciler.diagnostics import error
from reconciler.model.desired import Grant, Kind, Origins, Pending, Term
from reconciler.model.names import AppRef
from reconciler.model.policy import NetworkPolicy
from reconciler.model.ports import PLATFORM_TLS_APP_PORT, PortRange, Protocol, TlsMode

if TYPE_CHECKING:
    from datetime import date

    from reconciler.diagnostics import Diagnostic, Span
    from reconciler.manifests.bundle import SpaceDocument
    from reconciler.manifests.lookup import Apps, LiveIndex
    from reconciler.manifests.space import Ingress, Port, Source, Space


MAX_POLICIES = 2_000_000
"""Policies that one set of manifests may ask for. The policy server is validated at 60,000."""


class Opening(NamedTuple):
    """One range that a declared port opens, and the last day on which it does."""

    protocol: str
    ports: PortRange
    tls: TlsMode
    until: date | None


def openings(port: Port) -> tuple[Opening, ...]:
    """List what a port opens: itself, and, while a migration lasts, the plaintext port behind platform TLS."""
    main = Opening(port.protocol.value, port.range, port.tls, None)
    if port.plaintext_until is None:
        return (main,)
    plaintext = PortRange(PLATFORM_TLS_APP_PORT, PLATFORM_TLS_APP_PORT)
    return (main, Opening(Protocol.TCP.value, plaintext, TlsMode.NONE, port.plaintext_until))


class GrantResolver:
    """Collects the policies that are wanted, those no longer wanted, and those that have to wait."""

    def __init__(self, index: LiveIndex, today: date) -> None:
        self._index = index
        self._today = today
        self._asked = 0
        self._expired: dict[NetworkPolicy, Grant] = {}
        self.policies: dict[NetworkPolicy, Grant] = {}
        """What is wanted, each policy with what the entries that ask for it say."""
        self.pending: list[Pending] = []
        self.diagnostics: list[Diagnostic] = []

    @property
    def expired(self) -> dict[NetworkPolicy, Origins]:
        """What grants that have ended used to ask for."""
        return {policy: grant.origins for policy, grant in self._expired.items()}

    def add(self, document: SpaceDocument, number: int, apps: Apps) -> None:
        """Take in the ingress of the entry `number` of a document, which stands for the given live apps."""
        space = document.value
        app = space.apps[number]
        if not app.ingress:
            return
        ports = {port.name: openings(port) for port in app.ports}
        name = AppRef(space.org, space.space, app.name)
        for position, ingress in enumerate(app.ingress):
            origin = document.document.span("apps", number, "ingress", position)
            opened = [opening for port in ingress.ports for opening in ports[port]]
            # Sources and ports of one entry may overlap; what they ask twice is asked once.
            told: set[NetworkPolicy] | None = set() if len(opened) * len(ingress.sources) > 1 else None
            for source in ingress.sources:
                self._add_source(_Term(space, ingress, source, name, origin), apps, opened, told)

    def _add_source(self, term: _Term, apps: Apps, opened: list[Opening], told: set[NetworkPolicy] | None) -> None:
        sources = apps if term.source.is_self else self._index.sources(term.space, term.source)
        for opening in opened:
            wanted = not _passed(term.ingress.until, self._today) and not _passed(opening.until, self._today)
            if wanted and not (sources and apps):
                self._wait(term, opening, missing_source=not sources, missing_app=not apps)
                continue
            if not self._within_bounds(len(apps) * (1 if term.source.is_self else len(sources)), term.origin):
                return
            asks = Term(term.origin, opening.tls, term.ingress.why, _earlier(term.ingress.until, opening.until))
            self._ask(
                [
                    NetworkPolicy(source, destination, opening.protocol, *opening.ports)
                    for destination in apps
                    for source in ((destination,) if term.source.is_self else sources)
                ],
                asks,
                self.policies if wanted else self._expired,
                told,
            )

    def _ask(
        self,
        policies: list[NetworkPolicy],
        asks: Term,
        record: dict[NetworkPolicy, Grant],
        told: set[NetworkPolicy] | None,
    ) -> None:
        alone = Grant((asks,))
        for asked in policies:
            policy = self._index.known_policy(asked)
            if told is not None:
                if policy in told:
                    continue
                told.add(policy)
            known = record.setdefault(policy, alone)
            if known is not alone:
                record[policy] = Grant((*known, asks))

    def _within_bounds(self, more: int, origin: Span) -> bool:
        """Stop before patterns times ports become more than any platform could hold."""
        self._asked += more
        if self._asked <= MAX_POLICIES:
            return True
        if not self.diagnostics:
            message = f"the manifests up to here ask for more than {MAX_POLICIES:,} policies"
            hint = "name callers and ports more narrowly; a foundation is made for some ten thousand policies"
            self.diagnostics.append(error("too-many-policies", message, origin, hint=hint))
        return False

    def _wait(self, term: _Term, opening: Opening, *, missing_source: bool, missing_app: bool) -> None:
        source = str(term.name) if term.source.is_self else describe_source(term.space, term.source)
        missing = ([source] if missing_source else []) + ([str(term.name)] if missing_app else [])
        address = f"{source} -> {term.name} {opening.protocol}/{opening.ports}"
        self.pending.append(
            Pending(Kind.NETWORK_POLICY, address, tuple(dict.fromkeys(missing)), (term.origin,)),
        )


class _Term(NamedTuple):
    """One source of one ingress entry, with where it stands."""

    space: Space
    ingress: Ingress
    source: Source
    name: AppRef
    origin: Span


def describe_source(space: Space, source: Source) -> str:
    """Name a source for people: its address, and its label selector if it has one."""
    address = str(AppRef(source.org or space.org, source.space or space.space, source.app or "*"))
    return f"{address} [{source.labels}]" if source.labels else address


def _earlier(one: date | None, other: date | None) -> date | None:
    return min(one, other) if one and other else one or other


def _passed(until: date | None, today: date) -> bool:
    return until is not None and until < today
