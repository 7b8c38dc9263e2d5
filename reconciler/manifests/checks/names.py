"""Names by which reports and other documents refer to a document: each stands for one of its kind."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.diagnostics import Diagnostic, Span, error
from reconciler.manifests.text import shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reconciler.manifests.loaded import Documents


def duplicate_names(documents: Documents) -> Iterator[Diagnostic]:
    """Find two documents of one kind and name. Upper and lower case differ."""
    for items in (documents.templates, documents.guardrails, documents.waivers, documents.expectations):
        seen: dict[str, Span] = {}
        for item in items:
            span = item.document.span("name")
            first = seen.setdefault(item.value.name, span)
            if first != span:
                message = f"a second {item.value.kind} named {shown(item.value.name)}"
                yield error("duplicate-name", message, span, hint="give it another name", related=(first,))
