"""Guardrail and Waiver documents, and the limits that templates share with them."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field, StrictBool, model_validator

from reconciler.manifests.documents.apps import Selection
from reconciler.manifests.documents.values import (
    CONTROL,
    AppAddress,
    Day,
    LiteralName,
    Name,
    Ports,
    RoutePattern,
    Strict,
    Words,
    text,
    unique,
    whole,
)
from reconciler.model.finding import Severity
from reconciler.model.guardrail import RESERVED_PREFIX, Required
from reconciler.model.ports import Protocol, TlsMode

_MOST = 1000
_SomeOrNone = Field(max_length=_MOST)
_Some = Field(min_length=1, max_length=_MOST)
_FromZero = Annotated[int, BeforeValidator(whole), Field(ge=0, le=10**9)]
_FromOne = Annotated[int, BeforeValidator(whole), Field(ge=1, le=10**9)]
_Expression = Annotated[
    str, text("[^\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\x7f-\\x9f\u2028\u2029]+", 10_000)
]  # lines may end and be indented


def _not_reserved(name: str) -> str:
    if name.startswith(RESERVED_PREFIX):
        raise ValueError("a name of a template's limits")
    return name


class MatchWritten(Strict):
    """Which policies are meant; None where nothing is said."""

    source: Selection | None = None
    destination: Selection | None = None
    direction: Literal["ingress"] = "ingress"


class LimitsWritten(Strict):
    """What policies must keep to; None where nothing is said. The keys are those of `reconciler.model.guardrail`."""

    tls: Annotated[tuple[TlsMode, ...], _Some, AfterValidator(unique)] | None = None
    protocols: Annotated[tuple[Protocol, ...], _Some, AfterValidator(unique)] | None = None
    ports: Annotated[tuple[Ports, ...], _Some] | None = None
    max_port_span: _FromOne | None = None
    same_space: StrictBool | None = None
    same_org: StrictBool | None = None
    same_zone: StrictBool | None = None
    sources: Annotated[tuple[AppAddress, ...], _SomeOrNone] | None = None
    deny_sources: Annotated[tuple[AppAddress, ...], _Some] | None = None
    max_sources: _FromZero | None = None
    max_destinations: _FromZero | None = None
    require: Annotated[tuple[Required, ...], _Some, AfterValidator(unique)] | None = None
    max_days: _FromOne | None = None
    template: Annotated[tuple[LiteralName, ...], _Some, AfterValidator(unique)] | None = None
    routes: Annotated[tuple[RoutePattern, ...], _SomeOrNone] | None = None
    expression: _Expression | None = None

    @model_validator(mode="after")
    def _says_something(self) -> LimitsWritten:
        if not self.model_fields_set:
            raise ValueError("no limit")
        return self


class GuardrailManifest(Strict):
    """A Guardrail document."""

    api_version: Literal["c2c/v1"] = Field(alias="apiVersion")
    kind: Literal["Guardrail"]
    name: Annotated[Name, AfterValidator(_not_reserved)]
    description: Words | None = None
    enforcement: Severity
    baseline: Literal["introduced"] | None = None
    match: MatchWritten = MatchWritten()
    limits: LimitsWritten


class WaiverManifest(Strict):
    """A Waiver document. `guardrail` may be the name that a template's limits go by, which is longer than others."""

    api_version: Literal["c2c/v1"] = Field(alias="apiVersion")
    kind: Literal["Waiver"]
    name: Name
    guardrail: Annotated[str, text(f"[^{CONTROL}]+", 255 + len(RESERVED_PREFIX))]
    match: MatchWritten = MatchWritten()
    why: Words
    owner: Words | None = None
    until: Day
