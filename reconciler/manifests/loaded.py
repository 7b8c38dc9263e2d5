"""What loading gives: documents with their values, a bundle of them, and everything that is wrong."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reconciler.diagnostics import Diagnostic, Span
    from reconciler.manifests import marks
    from reconciler.manifests.documents import (
        ExpectationManifest,
        Foundation,
        GuardrailManifest,
        Template,
        WaiverManifest,
    )
    from reconciler.manifests.parsed import Document
    from reconciler.manifests.space import Space
    from reconciler.model.expectation import Expectation
    from reconciler.model.guardrail import Expression, Guardrail, Waiver


class Use(NamedTuple):
    """The use of a template by an app entry: the template's document, and where the values of the use stand."""

    template: Document
    values: Mapping[str, marks.Mark]


_NO_USES: Mapping[Span, Use] = MappingProxyType({})


class SpaceDocument(NamedTuple):
    """A Space, and the document that says where everything in it stands.

    Both hold what templates give. In `document` that stands where the template is used, or, where a parameter stands
    for it, at the value given there. `uses` are the uses, by that place: a place among them is of the template.
    """

    document: Document
    value: Space
    uses: Mapping[Span, Use] = _NO_USES


class FoundationDocument(NamedTuple):
    """A Foundation, and the document that says where everything in it stands."""

    document: Document
    value: Foundation


class TemplateDocument(NamedTuple):
    """A Template, and the document that says where everything in it stands."""

    document: Document
    value: Template


class GuardrailDocument(NamedTuple):
    """A Guardrail, and the document that says where everything in it stands."""

    document: Document
    value: GuardrailManifest


class WaiverDocument(NamedTuple):
    """A Waiver, and the document that says where everything in it stands."""

    document: Document
    value: WaiverManifest


class ExpectationDocument(NamedTuple):
    """An Expectation, and the document that says where everything in it stands."""

    document: Document
    value: ExpectationManifest


class Documents:
    """The documents that fit their schemas, by kind, in the order in which they were read."""

    def __init__(self) -> None:
        self.spaces: list[SpaceDocument] = []
        self.foundations: list[FoundationDocument] = []
        self.templates: list[TemplateDocument] = []
        self.guardrails: list[GuardrailDocument] = []
        self.waivers: list[WaiverDocument] = []
        self.expectations: list[ExpectationDocument] = []


class Bundle(NamedTuple):
    """Manifests that belong together and hold no error.

    `files` are as the caller spelled them, sorted. `digest` covers their contents and nothing else: the same manifests
    have the same digest wherever they lie and however the path to them was typed. `guardrails` include the limits that
    templates put on the apps that use them.
    """

    spaces: tuple[SpaceDocument, ...]
    foundation: FoundationDocument | None
    files: tuple[str, ...]
    digest: str
    guardrails: tuple[Guardrail, ...] = ()
    waivers: tuple[Waiver, ...] = ()
    expectations: tuple[Expectation, ...] = ()

    @property
    def api(self) -> str | None:
        """The foundation that the manifests are for, if they say so."""
        return self.foundation.value.api if self.foundation else None


class Loaded(NamedTuple):
    """The outcome of loading: `bundle` is None when any diagnostic is an error. `diagnostics` are sorted.

    The `expressions` of guardrails are there in either case: whether they can be used is still to be asked.
    """

    bundle: Bundle | None
    diagnostics: tuple[Diagnostic, ...]
    expressions: tuple[Expression, ...] = ()
