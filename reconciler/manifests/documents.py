"""The documents as frozen values. They load exactly what the JSON Schemas accept; tests bind the two both ways.

The schemas in `schemas/v1` are the contract and give the error messages; nothing here is meant to be read by users.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Annotated, Literal, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    InstanceOf,
    StringConstraints,
    model_validator,
)

from reconciler.model.ports import (
    MAX_PORT,
    PLATFORM_TLS_APP_PORT,
    PLATFORM_TLS_PORT,
    PortRange,
    Protocol,
    TlsMode,
)
from reconciler.model.scope import SpacePattern

_T = TypeVar("_T")
_CONTROL = "\\x00-\\x1f\\x7f-\\x9f\u2028\u2029"
_PORT = "(?:[1-9][0-9]{0,3}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5])"
_PORTS = re.compile(f"({_PORT})(?:-({_PORT}))?")
_DATE = re.compile("[1-9][0-9]{3}-[0-9]{2}-[0-9]{2}")
_LABEL = "[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_SPACE_PATTERN = re.compile(f"([^/{_CONTROL}]+)/([^/{_CONTROL}]+)")
_ENCODED = re.compile("%([0-9A-F]{2})")
_SOURCE = re.compile(f"[^/{_CONTROL}]+(?:/[^/{_CONTROL}]+){{0,2}}")
_MAX_ADDRESS = 1023


class Manages(StrEnum):
    """How far a Space document reaches: the apps listed, every app of the space, or additions only."""

    APPS = "apps"
    SPACE = "space"
    ADDITIONS = "additions"


def _text(pattern: str, longest: int) -> StringConstraints:
    return StringConstraints(min_length=1, max_length=longest, pattern=f"^(?:{pattern})$")


_HOST = r"(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])"

Name = Annotated[str, _text(f"[^{_CONTROL}]+", 255)]
LiteralName = Annotated[str, _text(f"[^*{_CONTROL}]+", 255)]
Words = Annotated[str, _text(f"[^{_CONTROL}]+", 1000)]
Route = Annotated[str, _text(f"[A-Za-z0-9_-]{{1,63}}(?:\\.{_LABEL})+", 253)]
Domain = Annotated[str, _text(f"{_LABEL}(?:\\.{_LABEL})*", 253)]
Api = Annotated[str, _text(f"https?://{_HOST}(?::[0-9]{{1,5}})?(?:/[A-Za-z0-9._~%/-]*)?", 2048)]


def _decode(segment: str) -> str:
    """Undo `reconciler.model.names.encode_segment`."""
    return _ENCODED.sub(lambda found: chr(int(found[1], 16)), segment)


def _day(value: object) -> date:
    if isinstance(value, str) and _DATE.fullmatch(value):
        return date.fromisoformat(value)
    raise ValueError("not a day")


def _port_range(value: object) -> PortRange:
    # A range that runs backwards is let through: the schema cannot say it, `checks.ports` does.
    if isinstance(value, str) and (found := _PORTS.fullmatch(value)):
        return PortRange(int(found[1]), int(found[2] or found[1]))
    if isinstance(value, int | float) and not isinstance(value, bool) and 1 <= value <= MAX_PORT and value % 1 == 0:
        return PortRange(int(value), int(value))
    raise ValueError("not a port")


def _space_pattern(value: object) -> SpacePattern:
    found = _SPACE_PATTERN.fullmatch(value) if isinstance(value, str) and len(value) <= _MAX_ADDRESS else None
    if found is None:
        raise ValueError("not org/space")
    return SpacePattern(_decode(found[1]), _decode(found[2]))


def _whole(value: object) -> object:
    # JSON Schema takes 3.0 for an integer; a word or true it does not.
    if isinstance(value, bool) or not isinstance(value, int | float) or value % 1 != 0:
        raise ValueError("not a whole number")
    return int(value)


def _number(value: object) -> object:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError("not a number")  # noqa: TRY004 - pydantic collects ValueError only
    return value


def _unique(value: tuple[_T, ...]) -> tuple[_T, ...]:
    if len(set(value)) != len(value):
        raise ValueError("the items are not unique")
    return value


def _listed(value: object) -> object:
    return value if isinstance(value, list) else [value]


Day = Annotated[InstanceOf[date], BeforeValidator(_day)]
Ports = Annotated[InstanceOf[PortRange], BeforeValidator(_port_range)]
Pattern = Annotated[InstanceOf[SpacePattern], BeforeValidator(_space_pattern)]


class _Strict(BaseModel):
    """Frozen, and deaf to unknown keys and to null: a key that is given has a value."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=False)

    @model_validator(mode="before")
    @classmethod
    def _no_null(cls, data: object) -> object:
        if not isinstance(data, dict) or None in data.values():
            raise ValueError("a mapping without null is needed")
        return data


class _SourceMapping(_Strict):
    """The mapping form of a source."""

    org: Name | None = None
    space: Name | None = None
    app: Name | None = None
    labels: Words | None = None


@dataclass(frozen=True, slots=True)
class Source:
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


def read_source(value: object) -> Source:
    """Read the text or the mapping form of a source. Raise ValueError for anything else."""
    if value == "self":
        return SELF
    if isinstance(value, str):
        if len(value) > _MAX_ADDRESS or not _SOURCE.fullmatch(value):
            raise ValueError("not app, space/app or org/space/app")
        org, space, app = ([None, None, *map(_decode, value.split("/"))])[-3:]
        return Source(org, space, app)
    mapping = _SourceMapping.model_validate(value)
    if mapping.app is None and mapping.labels is None:
        raise ValueError("a source needs app or labels")
    return Source(mapping.org, mapping.space, mapping.app, mapping.labels)


class Port(_Strict):
    """A port of an app. `port` is what was written, which a `tls: auto` port leaves out as a rule."""

    name: Words
    tls: TlsMode
    port: Ports | None = None
    protocol: Protocol = Protocol.TCP
    plaintext_until: Day | None = None

    @model_validator(mode="after")
    def _agrees(self) -> Port:
        if self.tls is TlsMode.AUTO:
            app_port = PortRange(PLATFORM_TLS_APP_PORT, PLATFORM_TLS_APP_PORT)
            if self.port not in (None, app_port) or self.protocol is not Protocol.TCP:
                raise ValueError("tls: auto is tcp to the app's port 8080")
        elif self.port is None or self.plaintext_until is not None:
            raise ValueError("tls: manual and none need a port and have no plaintext_until")
        return self

    @property
    def range(self) -> PortRange:
        """The ports that a policy opens: for `tls: auto` the platform's TLS port alone."""
        return self.port if self.tls is not TlsMode.AUTO and self.port else _PLATFORM_TLS


_PLATFORM_TLS = PortRange(PLATFORM_TLS_PORT, PLATFORM_TLS_PORT)


class Ingress(_Strict):
    """A grant. `sources` keep the order of `from`; their positions are at `from`, or at its items if it is a list."""

    sources: Annotated[
        tuple[Annotated[InstanceOf[Source], BeforeValidator(read_source)], ...],
        BeforeValidator(_listed),
        Field(alias="from", min_length=1),
    ]
    ports: Annotated[tuple[Words, ...], Field(min_length=1), AfterValidator(_unique)]
    why: Words | None = None
    until: Day | None = None


class App(_Strict):
    """An app entry of a Space."""

    name: LiteralName
    match: Annotated[tuple[Name, ...], Field(min_length=1)] = Field(default=(), validate_default=False)
    routes: tuple[Route, ...] = ()
    ports: tuple[Port, ...] = ()
    ingress: tuple[Ingress, ...] = ()
    trust: Literal["system"] | None = None

    @property
    def live_names(self) -> tuple[str, ...]:
        """The live names, or patterns of them, that the entry stands for."""
        return self.match or (self.name,)


class Space(_Strict):
    """A Space document."""

    api_version: Literal["c2c/v1"] = Field(alias="apiVersion")
    kind: Literal["Space"]
    org: LiteralName
    space: LiteralName
    owner: Words | None = None
    zone: Words | None = None
    manages: Manages = Manages.APPS
    apps: tuple[App, ...] = ()

    @model_validator(mode="after")
    def _lists_apps(self) -> Space:
        if self.manages is not Manages.SPACE and "apps" not in self.model_fields_set:
            raise ValueError("apps is missing")
        return self


class Limits(_Strict):
    """How much one run may remove; None where nothing is said."""

    max_revokes: Annotated[int, BeforeValidator(_whole), Field(ge=0, le=10**9)] | None = None
    max_revoke_percent: Annotated[float, BeforeValidator(_number), Field(ge=0, le=100)] | None = None


class Foundation(_Strict):
    """A Foundation document. `spaces` and `internal_domains` are empty when they are not given."""

    api_version: Literal["c2c/v1"] = Field(alias="apiVersion")
    kind: Literal["Foundation"]
    name: Words
    api: Api | None = None
    spaces: Annotated[tuple[Pattern, ...], Field(min_length=1, max_length=1000)] = Field(
        default=(), validate_default=False
    )
    internal_domains: Annotated[tuple[Domain, ...], Field(min_length=1, max_length=1000)] = Field(
        default=(), validate_default=False
    )
    limits: Limits | None = None
