"""How a document that fits its schema becomes a value: one reader a kind. Spaces wait for the templates they use."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.manifests.documents import (
    ExpectationManifest,
    Foundation,
    GuardrailManifest,
    Template,
    WaiverManifest,
)
from reconciler.manifests.loaded import (
    ExpectationDocument,
    FoundationDocument,
    GuardrailDocument,
    TemplateDocument,
    WaiverDocument,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from reconciler.manifests.loaded import Documents
    from reconciler.manifests.parsing.parsed import Document


def _foundation(documents: Documents, document: Document) -> None:
    documents.foundations.append(FoundationDocument(document, Foundation.model_validate(document.data)))


def _template(documents: Documents, document: Document) -> None:
    documents.templates.append(TemplateDocument(document, Template.model_validate(document.data)))


def _guardrail(documents: Documents, document: Document) -> None:
    documents.guardrails.append(GuardrailDocument(document, GuardrailManifest.model_validate(document.data)))


def _waiver(documents: Documents, document: Document) -> None:
    documents.waivers.append(WaiverDocument(document, WaiverManifest.model_validate(document.data)))


def _expectation(documents: Documents, document: Document) -> None:
    documents.expectations.append(ExpectationDocument(document, ExpectationManifest.model_validate(document.data)))


READERS: Mapping[str, Callable[[Documents, Document], None]] = {
    "Foundation": _foundation,
    "Template": _template,
    "Guardrail": _guardrail,
    "Waiver": _waiver,
    "Expectation": _expectation,
}
"""By kind, what puts a document among those that were read."""
