"""The verdict on a document: does it fit its JSON Schema? Fast for the many that do, words for those that do not."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from reconciler.diagnostics import Diagnostic, error
from reconciler.manifests.text import did_you_mean, shown
from reconciler.resources import schemas_path

if TYPE_CHECKING:
    from collections.abc import Mapping

    import jsonschema_rs

    from reconciler.manifests.parsed import Document

MAX_PROBLEMS = 1000
"""How many problems of one file are reported. A file with more is not a manifest with mistakes."""

API_VERSION = "c2c/v1"
READ_KINDS = ("Space", "Foundation", "Template", "Guardrail", "Waiver", "Expectation")
"""The kinds that a folder of manifests may hold."""

_SNAPSHOT = "Snapshot"


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


def check_manifest(document: Document) -> tuple[str | None, list[Diagnostic]]:
    """Give the kind of a manifest that fits its schema, or None and everything that is wrong with it."""
    refusal = _refuse(document)
    if refusal is not None:
        return None, [refusal]
    kind = document.data["kind"]
    problems = check_document(kind, document)
    return (None, problems) if problems else (kind, [])


def check_document(kind: str, document: Document) -> list[Diagnostic]:
    """List what is wrong with a document of a known kind; nothing when it fits its schema."""
    if is_valid(kind, document.data):
        return []
    from reconciler.manifests.schema_errors import explain  # noqa: PLC0415 - jsonschema is slow to import

    return explain(load_schema(kind), document)


def _refuse(document: Document) -> Diagnostic | None:
    """Refuse what no schema is to be asked about: no mapping, another version, another kind."""
    data = document.data
    if not isinstance(data, dict):
        message = "a document is a mapping that begins with apiVersion and kind"
        hint = f"write `apiVersion: {API_VERSION}` and `kind: Space`"
        return error("wrong-type", message, document.span(), hint=hint)
    version = data.get("apiVersion", API_VERSION)
    if isinstance(version, str) and version != API_VERSION:
        message = f"this version does not know apiVersion {shown(version)}"
        return error("unknown-api-version", message, document.span("apiVersion"), hint=f"write {API_VERSION}")
    if "kind" not in data:
        hint = _kind_by_keys(data)
        return error("missing-key", "`kind` is missing: it says what the document is", document.span(), hint=hint)
    return _refuse_kind(data["kind"], document)


def _kind_by_keys(data: Mapping[str, Any]) -> str:
    for key, kind in _TELLING_KEYS.items():
        if key in data:
            return f"write `kind: {kind}`"
    return "write `kind: Space`, or another of the kinds"


_TELLING_KEYS = {
    "apps": "Space",
    "space": "Space",
    "enforcement": "Guardrail",
    "guardrail": "Waiver",
    "expect": "Expectation",
    "parameters": "Template",
    "app": "Template",
    "api": "Foundation",
}
"""Keys that only one kind has."""


def _refuse_kind(kind: object, document: Document) -> Diagnostic | None:
    if kind in READ_KINDS:
        return None
    span = document.span("kind")
    if kind == _SNAPSHOT:
        message = "a Snapshot is a live state, not a manifest"
        hint = "keep it outside the folder; `c2c simulate --seed` and `c2c plan --live` read it"
        return error("unsupported-kind", message, span, hint=hint)
    if not isinstance(kind, str):
        return error("wrong-type", "`kind` must be a word", span, hint="write `kind: Space`, or another of the kinds")
    hint = did_you_mean(kind, (*READ_KINDS, _SNAPSHOT)) or f"the kinds are {', '.join(READ_KINDS)}"
    return error("unknown-kind", f"there is no kind {shown(kind)}", span, hint=hint)
