"""Ingress entries: one entry, port, matched source and matched destination make one policy."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from reconciler.diagnostics import error
from reconciler.manifests.parsing.parsed import DocumentPlace
from reconciler.manifests.resolving.callers import Callers
from reconciler.manifests.space import SELF
from reconciler.model.desired import Grant, Kind, Pending, Term
from reconciler.model.names import AppRef
from reconciler.model.policies import PolicyMap
from reconciler.model.ports import PLATFORM_TLS_APP_PORT, PortRange, Protocol, TlsMode

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from reconciler.diagnostics import Diagnostic, Place
    from reconciler.manifests.loaded import SpaceDocument
    from reconciler.manifests.resolving.callers import Places
    from reconciler.manifests.resolving.lookup import Apps, LiveIndex
    from reconciler.manifests.space import App, Ingress, Port, Source, Space
    from reconciler.model.numbering import Numbering


_new = tuple.__new__
_Group = dict[int, Grant]
_Grants = dict[int, _Group]
"""Grants by place of the destination and number."""

_MOST_KEPT = 10_000
"""Lists of ports whose openings are kept: where there are more, few of them come twice."""

MAX_POLICIES = 2_000_000
"""Policies that one set of manifests may ask for. The policy server is validated at 60,000."""


class DeclaredOpening(NamedTuple):
    """One range that a declared port opens, and the last day on which it does."""

    protocol: str
    ports: PortRange
    tls: TlsMode
    until: date | None


_Opened = dict[str, list[tuple[DeclaredOpening, int]]]
"""What each port of an app opens, by its name. Each number and the place of a source make the number of a policy."""


def openings(port: Port) -> tuple[DeclaredOpening, ...]:
    """List what a port opens: itself, and, while a migration lasts, the plaintext port behind platform TLS."""
    main = DeclaredOpening(port.protocol.value, port.range, port.tls, None)
    if port.plaintext_until is None:
        return (main,)
    plaintext = PortRange(PLATFORM_TLS_APP_PORT, PLATFORM_TLS_APP_PORT)
    return (main, DeclaredOpening(Protocol.TCP.value, plaintext, TlsMode.NONE, port.plaintext_until))


class GrantResolver:
    """Collects the policies that are wanted, those no longer wanted, and those that have to wait."""

    def __init__(self, index: LiveIndex, numbering: Numbering, today: date) -> None:
        self._numbering = numbering
        self._today = today
        self._asked = 0
        self._wanted: _Grants = {}
        self._expired: _Grants = {}
        self._callers = Callers(index, numbering)
        self._openings = _Openings(numbering)
        self.pending: list[Pending] = []
        self.diagnostics: list[Diagnostic] = []

    @property
    def policies(self) -> PolicyMap[Grant]:
        """What is wanted, each policy with what the entries that ask for it say."""
        return PolicyMap(self._numbering, {place: group for place, group in self._wanted.items() if group})

    @property
    def expired(self) -> PolicyMap[Grant]:
        """What grants that have ended used to ask for."""
        return PolicyMap(self._numbering, {place: group for place, group in self._expired.items() if group})

    def add(self, document: SpaceDocument, entries: Sequence[Apps]) -> None:
        """Take in the ingress of a document whose entries stand for the given live apps."""
        space = document.value
        meant = self._callers.seen_from(space)
        for number, (app, apps) in enumerate(zip(space.apps, entries, strict=True)):
            if not app.ingress:
                continue
            places = list(map(self._numbering.app, apps))
            entry = _Entry(space, app, places, self._openings[app.ports], meant)
            for position, ingress in enumerate(app.ingress):
                # As DocumentPlace(...), which takes twice as long: there are hundreds of thousands.
                place = _new(DocumentPlace, (document.document, ("apps", number, "ingress", position)))
                self._take(entry, ingress, place)

    def _take(self, entry: _Entry, ingress: Ingress, place: Place) -> None:
        _, _, places, ports, meant = entry
        sources, named, why, last_day = ingress
        opened = ports[named[0]] if len(named) == 1 else [opening for port in named for opening in ports[port]]
        calls_itself = SELF in sources
        callers = [meant[source] for source in sources if not (calls_itself and source.is_self)]
        met = callers if all(callers) else list(filter(None, callers))
        more = len(opened) * len(places) * (sum(map(len, met)) + calls_itself)
        # No bound holds for what asks for nothing yet, or for too much: it is not gone through app by app.
        asking = places if more and self._within_bounds(more, place) else ()
        for opening, offset in opened:
            until = _earlier(last_day, opening.until)
            is_wanted = until is None or until >= self._today
            # As Grant((Term(...),)), which takes three times as long.
            grant = _new(Grant, (_new(Term, (place, opening.tls, why, until)),))
            grants = self._wanted if is_wanted else self._expired
            for called in asking:
                group = grants.setdefault(called, {})
                for sources_meant in met:
                    _record(offset, sources_meant, grant, group)
                if calls_itself:
                    _record(offset, (called,), grant, group)
            if is_wanted and not (places and met is callers):
                self._wait(entry, ingress, opening, place)

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

    def _wait(self, entry: _Entry, ingress: Ingress, opening: DeclaredOpening, place: Place) -> None:
        """Note what has to wait for its callers, or for the app itself."""
        name = str(AppRef(entry.space.org, entry.space.space, entry.app.name))
        for source in ingress.sources:
            caller, is_met = name, bool(entry.places)
            if not source.is_self:
                caller, is_met = describe_source(entry.space, source), bool(entry.meant[source])
            missing = dict.fromkeys(end for end, live in ((caller, is_met), (name, entry.places)) if not live)
            if missing:
                address = f"{caller} -> {name} {opening.protocol}/{opening.ports}"
                self.pending.append(Pending(Kind.NETWORK_POLICY, address, tuple(missing), (place.span,)))


class _Entry(NamedTuple):
    """An app entry of a Space, the places of the live apps that it stands for, and what its ports and sources mean."""

    space: Space
    app: App
    places: list[int]
    ports: _Opened
    meant: Mapping[Source, Places]


class _Openings(dict["tuple[Port, ...]", _Opened]):
    """What lists of ports open; most apps of an organization listen alike."""

    def __init__(self, numbering: Numbering) -> None:
        super().__init__()
        self._number = numbering.opening

    def __missing__(self, ports: tuple[Port, ...]) -> _Opened:
        if len(self) >= _MOST_KEPT:
            self.clear()
        found = self[ports] = {
            port.name: [(one, self._number(one.protocol, *one.ports)) for one in openings(port)] for port in ports
        }
        return found


def _record(offset: int, sources: Sequence[int], grant: Grant, group: _Group) -> None:
    """Ask for policies of callers, given as their numbers. `group` is what one destination was asked for."""
    for source in sources:
        known = group.setdefault(source + offset, grant)
        # Sources and ports of one entry may overlap; what it asks twice is asked once.
        if known is not grant and known[-1].place is not grant[0].place:
            group[source + offset] = Grant((*known, *grant))


def describe_source(space: Space, source: Source) -> str:
    """Name a source for people: its address, and its label selector if it has one."""
    address = str(AppRef(source.org or space.org, source.space or space.space, source.app or "*"))
    return f"{address} [{source.labels}]" if source.labels else address


def _earlier(one: date | None, other: date | None) -> date | None:
    return min(one, other) if one and other else one or other
