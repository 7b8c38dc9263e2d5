"""Ingress entries: one entry, port, matched source and matched destination make one policy."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from reconciler.diagnostics import error
from reconciler.manifests.parsed import DocumentPlace
from reconciler.model.desired import Grant, Kind, Origins, Pending, Term
from reconciler.model.names import AppRef
from reconciler.model.policy import NetworkPolicy
from reconciler.model.ports import PLATFORM_TLS_APP_PORT, PortRange, Protocol, TlsMode

if TYPE_CHECKING:
    from datetime import date

    from reconciler.diagnostics import Diagnostic, Place
    from reconciler.manifests.bundle import SpaceDocument
    from reconciler.manifests.lookup import Apps, LiveIndex
    from reconciler.manifests.space import App, Ingress, Port, Source, Space


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


class _Asked(NamedTuple):
    """One opening that one ingress entry asks for, and where the policies go that follow from it."""

    protocol: str
    start: int
    end: int
    grant: Grant
    record: dict[NetworkPolicy, Grant]
    is_wanted: bool


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
        meant = self._index.sources(space)
        for position, ingress in enumerate(app.ingress):
            place = DocumentPlace(document.document, ("apps", number, "ingress", position))
            asked = [self._ask(place, ingress, opening) for port in ingress.ports for opening in ports[port]]
            for source in ingress.sources:
                callers = apps if source.is_self else meant[source]
                if callers and apps:
                    pairs = len(apps) * (1 if source.is_self else len(callers))
                    if self._within_bounds(pairs * len(asked), place):
                        self._record(asked, None if source.is_self else callers, apps)
                else:
                    ends = (describe_source(space, source, app), callers), (str(name), apps)
                    self.pending += [_waiting(one, *ends) for one in asked if one.is_wanted]

    def _ask(self, place: Place, ingress: Ingress, opening: Opening) -> _Asked:
        is_wanted = not _passed(ingress.until, self._today) and not _passed(opening.until, self._today)
        term = Term(place, opening.tls, ingress.why, _earlier(ingress.until, opening.until))
        record = self.policies if is_wanted else self._expired
        return _Asked(opening.protocol, *opening.ports, Grant((term,)), record, is_wanted)

    def _record(self, asked: list[_Asked], sources: Apps | None, apps: Apps) -> None:
        """Ask for policies from all sources, or from each app itself, to all apps."""
        for protocol, start, end, grant, record, _ in asked:
            for destination in apps:
                for source in (destination,) if sources is None else sources:
                    # As NetworkPolicy(...), which takes twice as long: there are hundreds of thousands.
                    policy = tuple.__new__(NetworkPolicy, (source, destination, protocol, start, end))
                    first = record.setdefault(policy, grant)
                    # Sources and ports of one entry may overlap; what it asks twice is asked once.
                    if first is not grant and first[-1].place is not grant[0].place:
                        record[policy] = Grant((*first, *grant))

    def _within_bounds(self, more: int, place: Place) -> bool:
        """Stop before patterns times ports become more than any platform could hold."""
        self._asked += more
        if self._asked <= MAX_POLICIES:
            return True
        if not self.diagnostics:
            message = f"the manifests up to here ask for more than {MAX_POLICIES:,} policies"
            hint = "name callers and ports more narrowly; a foundation is made for some ten thousand policies"
            self.diagnostics.append(error("too-many-policies", message, place.span, hint=hint))
        return False


def _waiting(asked: _Asked, *ends: tuple[str, Apps]) -> Pending:
    """Say what has to wait, by the names of source and destination and the live apps that each means."""
    missing = dict.fromkeys(name for name, apps in ends if not apps)
    address = f"{ends[0][0]} -> {ends[1][0]} {asked.protocol}/{PortRange(asked.start, asked.end)}"
    return Pending(Kind.NETWORK_POLICY, address, tuple(missing), asked.grant.origins)


def describe_source(space: Space, source: Source, app: App) -> str:
    """Name a source of an app for people: its address, and its label selector if it has one."""
    if source.is_self:
        return str(AppRef(space.org, space.space, app.name))
    address = str(AppRef(source.org or space.org, source.space or space.space, source.app or "*"))
    return f"{address} [{source.labels}]" if source.labels else address


def _earlier(one: date | None, other: date | None) -> date | None:
    return min(one, other) if one and other else one or other


def _passed(until: date | None, today: date) -> bool:
    return until is not None and until < today
