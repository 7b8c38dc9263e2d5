"""Space documents as values: the apps of a space, their ports and their callers.

There are hundreds of thousands of grants in a large organization, so these are plain tuples, read from data that fit
the schema already: the schema says what may be written, and reading what it lets through never fails. What many apps
say in the same words is one object.
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

import orjson

from reconciler.model.names import decode_segment
from reconciler.model.ports import PLATFORM_TLS_PORT, PortRange, Protocol, TlsMode

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

_new = tuple.__new__
"""As the class of a tuple itself, which takes twice as long: there are hundreds of thousands."""

_PLATFORM_TLS = PortRange(PLATFORM_TLS_PORT, PLATFORM_TLS_PORT)
_MOST_KEPT = 500_000


class Manages(StrEnum):
    """How far a Space document reaches: the apps listed, every app of the space, or additions only."""

    APPS = "apps"
    SPACE = "space"
    ADDITIONS = "additions"


class Source(NamedTuple):
    """Who may call. `app` and the rest are as written; None where nothing is.

    A missing `org` or `space` means that of the document. Names are decoded and may hold `*`; `labels` is a label
    selector. With `is_self` everything else is None: the instances of the app among themselves.
    """

    org: str | None = None
    space: str | None = None
    app: str | None = None
    labels: str | None = None
    is_self: bool = False

    def __str__(self) -> str:
        """Give the source as a message shows it."""
        if self.is_self:
            return "self"
        address = "/".join(part for part in (self.org, self.space, self.app) if part is not None)
        return " ".join(part for part in (address, f"labels {self.labels}" if self.labels else "") if part)


SELF = Source(is_self=True)


class Port(NamedTuple):
    """A port of an app. `port` is what was written, which a `tls: auto` port leaves out as a rule."""

    name: str
    tls: TlsMode
    port: PortRange | None = None
    protocol: Protocol = Protocol.TCP
    plaintext_until: date | None = None

    @property
    def range(self) -> PortRange:
        """The ports that a policy opens: for `tls: auto` the platform's TLS port alone."""
        return self.port if self.tls is not TlsMode.AUTO and self.port else _PLATFORM_TLS


class Ingress(NamedTuple):
    """A grant. `sources` keep the order of `from`; their positions are at `from`, or at its items if it is a list."""

    sources: tuple[Source, ...]
    ports: tuple[str, ...]
    why: str | None = None
    until: date | None = None


class App(NamedTuple):
    """An app entry of a Space. `template` is the name of the one it uses, whose keys the entry holds as well."""

    name: str
    template: str | None = None
    match: tuple[str, ...] = ()
    routes: tuple[str, ...] = ()
    ports: tuple[Port, ...] = ()
    ingress: tuple[Ingress, ...] = ()
    trust: str | None = None

    @property
    def live_names(self) -> tuple[str, ...]:
        """The live names, or patterns of them, that the entry stands for."""
        return self.match or (self.name,)


class _Space(NamedTuple):
    org: str
    space: str
    owner: str | None = None
    zone: str | None = None
    manages: Manages = Manages.APPS
    apps: tuple[App, ...] = ()


class Space(_Space):
    """A Space document."""

    @cached_property
    def sources(self) -> Collection[Source]:
        """Everything that its grants name as a source, each once; one that is written in two ways may come twice."""
        return set[Source]().union(*[ingress.sources for app in self.apps for ingress in app.ingress])


def uses_templates(data: Mapping[str, Any]) -> bool:
    """Say whether an app of a Space that fits its schema uses a template."""
    return any("template" in app for app in data.get("apps", ()))


def read_space(data: Mapping[str, Any]) -> Space:
    """Read a Space that fits its schema."""
    reader = _AppReader()
    space = Space(
        data["org"],
        data["space"],
        _said(data.get("owner")),
        data.get("zone"),
        Manages(data.get("manages", Manages.APPS)),
        tuple(map(reader.app, data.get("apps", ()))),
    )
    vars(space)["sources"] = reader.sources  # to gather them later takes another pass over all grants
    return space


def _said(words: str | None) -> str | None:
    """Give the words, and None for blanks: they fit the schema, and a guardrail that wants words has to miss them."""
    return words if words is None or words.strip() else None


class _AppReader:
    """Reads the app entries of one document. Equal sources, and equal lists of names of ports, are one object."""

    def __init__(self) -> None:
        self._sources = _Sources()
        self._ports: dict[tuple[str, ...], tuple[str, ...]] = {}

    @property
    def sources(self) -> tuple[Source, ...]:
        """What has been named as a source."""
        return tuple(self._sources.values())

    def app(self, data: Mapping[str, Any]) -> App:
        ports = data.get("ports")
        values = (
            data["name"],
            data["template"]["name"] if "template" in data else None,
            tuple(data.get("match", ())),
            tuple(data.get("routes", ())),
            _PORTS.read(ports) if ports else (),
            tuple(map(self._ingress, data.get("ingress", ()))),
            data.get("trust"),
        )
        return _new(App, values)

    def _ingress(self, data: Mapping[str, Any]) -> Ingress:
        until, ports = data.get("until"), tuple(data["ports"])
        values = (
            self._sources.read(data["from"]),
            self._ports.setdefault(ports, ports),
            _said(data.get("why")),
            None if until is None else date.fromisoformat(until),
        )
        return _new(Ingress, values)


class _Sources(dict["str | Source", Source]):
    """The sources of one document by what is written; one that is written as a mapping by itself."""

    def read(self, written: str | Mapping[str, str] | list[Any]) -> tuple[Source, ...]:
        """Read what stands under `from`."""
        if type(written) is str:
            return (self[written],)
        listed = written if type(written) is list else (written,)
        try:
            return tuple(map(self.__getitem__, listed))
        except TypeError:  # a mapping, which cannot be looked up
            return tuple(map(self._read_one, listed))

    def _read_one(self, written: str | Mapping[str, str]) -> Source:
        if isinstance(written, str):
            return self[written]
        source = Source(**written)  # type: ignore[arg-type] # a mapping has no other keys
        return self.setdefault(source, source)

    def __missing__(self, written: str) -> Source:
        home, _, app = written.rpartition("/")
        org, space = _HOMES[home]
        name = app if "%" not in app else decode_segment(app)
        source = self[written] = SELF if written == "self" else _new(Source, (org, space, name, None, False))
        return source


class _Homes(dict[str, tuple[str | None, str | None]]):
    """Organizations and spaces by what is written before the name of an app: `org/space`, `space` or nothing."""

    def __missing__(self, written: str) -> tuple[str | None, str | None]:
        segments = written.split("/") if written else []
        *_, org, space = (None, None, *map(decode_segment, segments))
        if len(self) >= _MOST_KEPT:
            self.clear()
        self[written] = home = (org, space)
        return home


class _Ports(dict[bytes, tuple[Port, ...]]):
    """Lists of ports by their JSON. Most apps of an organization listen alike."""

    def read(self, written: list[Mapping[str, Any]]) -> tuple[Port, ...]:
        return self[orjson.dumps(written)]

    def __missing__(self, written: bytes) -> tuple[Port, ...]:
        ports = tuple(map(_port, orjson.loads(written)))
        if len(self) >= _MOST_KEPT:
            self.clear()
        self[written] = ports
        return ports


_HOMES = _Homes()
_PORTS = _Ports()


def _port(data: Mapping[str, Any]) -> Port:
    until = data.get("plaintext_until")
    return Port(
        data["name"],
        TlsMode(data["tls"]),
        _port_range(data["port"]) if "port" in data else None,
        Protocol(data.get("protocol", Protocol.TCP)),
        None if until is None else date.fromisoformat(until),
    )


def _port_range(written: str | float) -> PortRange:
    """Read a port or a range. One that runs backwards is let through: the schema cannot say it, the checks do."""
    if isinstance(written, str):
        start, _, end = written.partition("-")
        return PortRange(int(start), int(end or start))
    return PortRange(int(written), int(written))
