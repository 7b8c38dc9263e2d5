"""Ingress entries: one entry, port, matched source and matched destination make one policy."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from reconciler.diagnostics import error
from reconciler.manifests.parsed import DocumentPlace
from reconciler.model.desired import Grant, Kind, Origins, Pending, Term
from reconciler.model.names import AppRef
from reconciler.model.policies import PolicyMap
from reconciler.model.ports import PLATFORM_TLS_APP_PORT, PortRange, Protocol, TlsMode

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from reconciler.diagnostics import Diagnostic, Place
    from reconciler.manifests.loaded import SpaceDocument
    from reconciler.manifests.lookup import Apps, LiveIndex
    from reconciler.manifests.space import App, Ingress, Port, Source, Space
    from reconciler.model.numbering import Numbering
    from reconciler.model.policy import NetworkPolicy


_Grants = dict["AppRef", dict[int, Grant]]
"""Grants by destination and number."""

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

    def __init__(self, index: LiveIndex, numbering: Numbering, today: date) -> None:
        self._index = index
        self._numbering = numbering
        self._today = today
        self._asked = 0
        self._wanted: _Grants = {}
        self._expired: _Grants = {}
        self._callers = _Callers(numbering)
        self.pending: list[Pending] = []
        self.diagnostics: list[Diagnostic] = []

    @property
    def policies(self) -> PolicyMap[Grant]:
        """What is wanted, each policy with what the entries that ask for it say."""
        return PolicyMap(self._numbering, self._wanted)

    @property
    def expired(self) -> dict[NetworkPolicy, Origins]:
        """What grants that have ended used to ask for."""
        return {policy: grant.origins for policy, grant in PolicyMap(self._numbering, self._expired).items()}

    def add(self, document: SpaceDocument, number: int, apps: Apps) -> None:
        """Take in the ingress of the entry `number` of a document, which stands for the given live apps."""
        space = document.value
        app = space.apps[number]
        if not app.ingress:
            return
        ports = _openings_by_name(app.ports)
        meant = self._index.sources(space)
        for position, ingress in enumerate(app.ingress):
            place = DocumentPlace(document.document, ("apps", number, "ingress", position))
            opened = [opening for port in ingress.ports for opening in ports[port]]
            callers = [meant[source] for source in ingress.sources if not source.is_self]
            calls_itself = len(callers) < len(ingress.sources)
            is_complete = apps and all(callers)
            sources: list[int] = []
            is_bounded = self._within_bounds(len(opened) * len(apps) * (sum(map(len, callers)) + calls_itself), place)
            for each in callers if apps and is_bounded else ():
                sources += self._callers[each]
            for opening in opened:
                until = _earlier(ingress.until, opening.until)
                is_wanted = until is None or until >= self._today
                grant = Grant((Term(place, opening.tls, ingress.why, until),))
                number = self._numbering.opening(opening.protocol, *opening.ports)
                numbers = [source + number for source in sources]
                for called in apps if is_bounded else ():
                    itself = [self._numbering.source(called) + number] if calls_itself else []
                    _record(numbers + itself, grant, self._wanted if is_wanted else self._expired, called)
                if is_wanted and not is_complete:
                    self._wait(_Entry(space, app, apps), ingress, opening, place)

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

    def _wait(self, entry: _Entry, ingress: Ingress, opening: Opening, place: Place) -> None:
        """Note what has to wait for its callers, or for the app itself."""
        name = str(AppRef(entry.space.org, entry.space.space, entry.app.name))
        meant = self._index.sources(entry.space)
        for source in ingress.sources:
            caller, callers = name, entry.apps
            if not source.is_self:
                caller, callers = describe_source(entry.space, source), meant[source]
            missing = dict.fromkeys(end for end, live in ((caller, callers), (name, entry.apps)) if not live)
            if missing:
                address = f"{caller} -> {name} {opening.protocol}/{opening.ports}"
                self.pending.append(Pending(Kind.NETWORK_POLICY, address, tuple(missing), (place.span,)))


class _Entry(NamedTuple):
    """An app entry of a Space, and the live apps that it stands for."""

    space: Space
    app: App
    apps: Apps


@lru_cache(maxsize=10_000)
def _openings_by_name(ports: tuple[Port, ...]) -> Mapping[str, tuple[Opening, ...]]:
    """Give what the ports of an app open, by their names. Most apps listen alike."""
    return {port.name: openings(port) for port in ports}


class _Callers(dict["Apps", list[int]]):
    """The numbers with which the policies of callers begin. Most sources are named more than once."""

    def __init__(self, numbering: Numbering) -> None:
        super().__init__()
        self._numbering = numbering

    def __missing__(self, apps: Apps) -> list[int]:
        found = self[apps] = [self._numbering.source(app) for app in apps]
        return found


def _record(numbers: list[int], grant: Grant, record: _Grants, destination: AppRef) -> None:
    """Ask for the policies to a destination that have these numbers."""
    if not numbers:
        return
    asked = dict.fromkeys(numbers, grant)
    known = record.get(destination)
    if known is None:
        record[destination] = asked
    elif known.keys().isdisjoint(asked):
        known.update(asked)
    else:
        for number in asked:
            before = known.get(number)
            # Sources and ports of one entry may overlap; what it asks twice is asked once.
            if before is None:
                known[number] = grant
            elif before[-1].place is not grant[0].place:
                known[number] = Grant((*before, *grant))


def describe_source(space: Space, source: Source) -> str:
    """Name a source for people: its address, and its label selector if it has one."""
    address = str(AppRef(source.org or space.org, source.space or space.space, source.app or "*"))
    return f"{address} [{source.labels}]" if source.labels else address


def _earlier(one: date | None, other: date | None) -> date | None:
    return min(one, other) if one and other else one or other
