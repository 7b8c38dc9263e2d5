"""What loading gives: documents with their values, a bundle of them, and everything that is wrong."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from reconciler.diagnostics import Diagnostic
    from reconciler.manifests.documents import Foundation, Space
    from reconciler.manifests.source import Document
    from reconciler.model.expectation import Expectation
    from reconciler.model.guardrail import Guardrail, Waiver


@dataclass(frozen=True, slots=True)
class SpaceDocument:
    """A Space, and the document that says where everything in it stands."""

    document: Document
    value: Space


@dataclass(frozen=True, slots=True)
class FoundationDocument:
    """A Foundation, and the document that says where everything in it stands."""

    document: Document
    value: Foundation


@dataclass(frozen=True, slots=True)
class Bundle:
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


@dataclass(frozen=True, slots=True)
class Loaded:
    """The outcome of loading: `bundle` is None when any diagnostic is an error. `diagnostics` are sorted."""

    bundle: Bundle | None
    diagnostics: tuple[Diagnostic, ...]
