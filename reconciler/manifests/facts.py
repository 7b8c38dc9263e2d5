"""What manifests and platform know of each live app."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.manifests.lookup import LiveIndex
from reconciler.model.names import SpaceRef
from reconciler.model.network import AppFacts

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reconciler.diagnostics import Span
    from reconciler.manifests.loaded import Bundle
    from reconciler.model.live import LiveState
    from reconciler.model.names import AppRef


def facts_of(bundle: Bundle, live: LiveState) -> Mapping[AppRef, AppFacts]:
    """Say what is known of every live app; zone and owner are those of a Space document for its space."""
    index = LiveIndex(live)
    lines: dict[AppRef, Span] = {}
    zones: dict[SpaceRef, str | None] = {}
    owners: dict[SpaceRef, str | None] = {}
    for document in bundle.spaces:
        space = SpaceRef(document.value.org, document.value.space)
        zones[space.folded] = zones.get(space.folded) or document.value.zone
        owners[space.folded] = owners.get(space.folded) or document.value.owner
        for number, app in enumerate(document.value.apps):
            span = document.document.span("apps", number, "name")
            lines |= dict.fromkeys(index.named(space, app.live_names), span)
    return {
        ref: AppFacts(app.labels, zones.get(home), owners.get(home), origin=lines.get(ref))
        for ref, app in live.apps.items()
        for home in (ref.space_ref.folded,)
    }
