"""Foundation documents."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from reconciler.manifests.documents.values import Api, Domain, SpaceAddress, Strict, Words, number, whole


class RemovalLimitsWritten(Strict):
    """How much one run may remove; None where nothing is said."""

    max_revokes: Annotated[int, BeforeValidator(whole), Field(ge=0, le=10**9)] | None = None
    max_revoke_percent: Annotated[float, BeforeValidator(number), Field(ge=0, le=100)] | None = None


class Foundation(Strict):
    """A Foundation document. `spaces` and `internal_domains` are empty when they are not given."""

    api_version: Literal["c2c/v1"] = Field(alias="apiVersion")
    kind: Literal["Foundation"]
    name: Words
    api: Api | None = None
    spaces: Annotated[tuple[SpaceAddress, ...], Field(min_length=1, max_length=1000)] = Field(
        default=(), validate_default=False
    )
    internal_domains: Annotated[tuple[Domain, ...], Field(min_length=1, max_length=1000)] = Field(
        default=(), validate_default=False
    )
    limits: RemovalLimitsWritten | None = None
