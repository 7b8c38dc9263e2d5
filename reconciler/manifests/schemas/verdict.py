"""The JSON Schemas, and their verdict on data: whether it fits."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from reconciler.resources import schemas_path

if TYPE_CHECKING:
    from collections.abc import Mapping

    import jsonschema_rs

MAX_PROBLEMS = 1000
"""How many problems of one file are reported. A file with more is not a manifest with mistakes."""


@lru_cache
def load_schema(kind: str) -> Mapping[str, Any]:
    """Give the JSON Schema of a kind."""
    import json  # noqa: PLC0415 - not needed by most commands

    schema: Mapping[str, Any] = json.loads((schemas_path() / "v1" / f"{kind.lower()}.schema.json").read_bytes())
    return schema


@lru_cache
def _validator(kind: str, part: str | None = None) -> jsonschema_rs.Draft202012Validator:
    """Make the validator of a kind, or of what a reference in its schema leads to."""
    import jsonschema_rs  # noqa: PLC0415 - costs four times a bare start

    schema = dict(load_schema(kind))
    if part is not None:
        schema = {"$schema": schema["$schema"], "$defs": schema["$defs"], "$ref": part}
    return jsonschema_rs.Draft202012Validator(schema, validate_formats=True)


def is_valid(kind: str, data: Any, part: str | None = None) -> bool:  # noqa: ANN401 - any document
    """Say whether data fits the schema of a kind, or the part of it that a `$ref` there leads to."""
    return _validator(kind, part).is_valid(data)
