"""Space documents: the apps of a space, their ports and their callers."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Literal, cast

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    InstanceOf,
    ValidatorFunctionWrapHandler,
    WrapValidator,
    model_validator,
)

from reconciler.manifests.documents.template import read_template_name
from reconciler.manifests.documents.values import (
    CONTROL,
    MAX_ADDRESS,
    Day,
    LiteralName,
    Name,
    Ports,
    Route,
    Strict,
    Words,
    decode,
    listed,
    unique,
)
from reconciler.model.ports import PLATFORM_TLS_APP_PORT, PLATFORM_TLS_PORT, PortRange, Protocol, TlsMode

_SOURCE = re.compile(f"[^/{CONTROL}]+(?:/[^/{CONTROL}]+){{0,2}}")


class Manages(StrEnum):
    """How far a Space document reaches: the apps listed, every app of the space, or additions only."""

    APPS = "apps"
    SPACE = "space"
    ADDITIONS = "additions"


class _SourceMapping(Strict):
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
        if len(value) > MAX_ADDRESS or not _SOURCE.fullmatch(value):
            raise ValueError("not app, space/app or org/space/app")
        org, space, app = ([None, None, *map(decode, value.split("/"))])[-3:]
        return Source(org, space, app)
    mapping = _SourceMapping.model_validate(value)
    if mapping.app is None and mapping.labels is None:
        raise ValueError("a source needs app or labels")
    return Source(mapping.org, mapping.space, mapping.app, mapping.labels)


class Port(Strict):
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


def _shared(value: object, read: ValidatorFunctionWrapHandler) -> Port:
    """Read a port, or give the one that was read from the same words: most apps of an organization listen alike."""
    if not isinstance(value, dict):
        return cast("Port", read(value))
    # 1, 1.0 and true are equal but not the same to the schema.
    words = (*value.items(), *map(type, value.values()))
    try:
        known = _PORTS.get(words)
    except TypeError:
        return cast("Port", read(value))
    if known is None:
        known = cast("Port", read(value))
        if len(_PORTS) >= _MOST_PORTS:
            _PORTS.clear()
        _PORTS[words] = known
    return known


_PORTS: dict[tuple[object, ...], Port] = {}
_MOST_PORTS = 10_000
_PLATFORM_TLS = PortRange(PLATFORM_TLS_PORT, PLATFORM_TLS_PORT)


class Ingress(Strict):
    """A grant. `sources` keep the order of `from`; their positions are at `from`, or at its items if it is a list."""

    sources: Annotated[
        tuple[Annotated[InstanceOf[Source], BeforeValidator(read_source)], ...],
        BeforeValidator(listed),
        Field(alias="from", min_length=1),
    ]
    ports: Annotated[tuple[Words, ...], Field(min_length=1), AfterValidator(unique)]
    why: Words | None = None
    until: Day | None = None


class App(Strict):
    """An app entry of a Space. `template` is the name of the one it uses, whose keys the entry holds as well."""

    name: LiteralName
    template: Annotated[str, BeforeValidator(read_template_name)] | None = None
    match: Annotated[tuple[Name, ...], Field(min_length=1)] = Field(default=(), validate_default=False)
    routes: tuple[Route, ...] = ()
    ports: tuple[Annotated[Port, WrapValidator(_shared)], ...] = ()
    ingress: tuple[Ingress, ...] = ()
    trust: Literal["system"] | None = None

    @property
    def live_names(self) -> tuple[str, ...]:
        """The live names, or patterns of them, that the entry stands for."""
        return self.match or (self.name,)


class Space(Strict):
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
