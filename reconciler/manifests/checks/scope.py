"""The Foundation: there is one, and it says which spaces may be touched."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.diagnostics import Diagnostic, error
from reconciler.manifests.text import shown
from reconciler.model.names import SpaceRef

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from reconciler.manifests.loaded import FoundationDocument, SpaceDocument


def several_foundations(foundations: Sequence[FoundationDocument]) -> Iterator[Diagnostic]:
    """Find every Foundation after the first: a run applies to one."""
    for item in foundations[1:]:
        message = f"a second Foundation, {shown(item.value.name)}: manifests that are read together apply to one"
        first = (foundations[0].document.span("name"),)
        hint = "keep the manifests of each foundation in a folder of their own"
        yield error("second-foundation", message, item.document.span("name"), hint=hint, related=first)


def foreign_spaces(spaces: Sequence[SpaceDocument], foundation: FoundationDocument) -> Iterator[Diagnostic]:
    """Find Spaces that the Foundation does not let these manifests touch."""
    patterns = foundation.value.spaces
    if not patterns:
        return
    for item in spaces:
        space = SpaceRef(item.value.org, item.value.space)
        if not any(pattern.matches(space) for pattern in patterns):
            message = f"{shown(str(space))} is not among the spaces that the Foundation lets these manifests touch"
            hint = "move the document to another folder, or add the space to `spaces` of the Foundation"
            related = (foundation.document.span("spaces"),)
            yield error("space-outside-foundation", message, item.document.span("space"), hint=hint, related=related)
