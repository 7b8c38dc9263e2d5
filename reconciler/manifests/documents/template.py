"""Template documents."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from reconciler.manifests.documents.guardrail import LimitsWritten
from reconciler.manifests.documents.values import LiteralName, Strict, Words, fits, text

ParameterName = Annotated[str, text("[A-Za-z_][A-Za-z0-9_-]*", 63)]


class Template(Strict):
    """A Template document.

    `parameters` are JSON Schemas. `app` is data: it becomes part of an app entry, and is read as one, when it is used.
    """

    api_version: Literal["c2c/v1"] = Field(alias="apiVersion")
    kind: Literal["Template"]
    name: LiteralName
    description: Words | None = None
    parameters: Annotated[
        dict[ParameterName, Annotated[dict[str, Any], fits("Template", "#/$defs/parameter")]], Field(max_length=100)
    ] = Field(default={}, validate_default=False)
    app: Annotated[dict[str, Any], fits("Template", "#/$defs/body")]
    limits: LimitsWritten | None = None
