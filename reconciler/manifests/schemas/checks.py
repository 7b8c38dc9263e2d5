"""Holding a document against the schema of its kind: fast for the many that fit, words for those that do not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.diagnostics import Diagnostic, error
from reconciler.manifests.schemas.verdict import is_valid, load_schema
from reconciler.manifests.text import did_you_mean, shown

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from reconciler.manifests.parsing.parsed import Document

API_VERSION = "c2c/v1"
READ_KINDS = ("Space", "Foundation", "Template", "Guardrail", "Waiver", "Expectation")
"""The kinds that a folder of manifests may hold."""

EVERY_KIND = frozenset(READ_KINDS)

_SNAPSHOT = "Snapshot"


def check_manifest(document: Document) -> tuple[str | None, list[Diagnostic]]:
    """Give the kind of a manifest that fits its schema, or None and everything that is wrong with it."""
    refusal = _refuse(document)
    if refusal is not None:
        return None, [refusal]
    kind = document.data["kind"]
    problems = check_document(kind, document)
    return (None, problems) if problems else (kind, [])


def kinds_meant(document: Document) -> frozenset[str]:
    """Say of which kinds a manifest that was refused may be: of any, where it names none of them."""
    kind = document.data.get("kind") if isinstance(document.data, dict) else None
    return frozenset((kind,)) if kind in READ_KINDS else EVERY_KIND


def check_document(kind: str, document: Document) -> list[Diagnostic]:
    """List what is wrong with a document of a known kind; nothing when it fits its schema."""
    if is_valid(kind, document.data):
        return []
    from reconciler.manifests.schemas.errors import explain  # noqa: PLC0415 - jsonschema is slow to import

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
