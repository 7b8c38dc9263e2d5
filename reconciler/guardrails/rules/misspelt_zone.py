"""Zones that no Space has, although one has nearly that name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.guardrails.rules.rule import Notice
from reconciler.manifests.text import Speller, shown
from reconciler.model.expectation import Reach
from reconciler.model.names import fold, is_glob

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reconciler.diagnostics import Span
    from reconciler.guardrails.rules.rule import RuleInput
    from reconciler.manifests.loaded import Bundle
    from reconciler.model.selection import AppSelection


def check(given: RuleInput) -> Iterator[Notice]:
    """Find words for zones that are no zone of any Space but nearly spell one: such a guardrail guards nothing."""
    zones = {fold(item.value.zone): item.value.zone for item in given.bundle.spaces if item.value.zone}
    speller = Speller()
    for what, selection, origin in _selections(given.bundle):
        for word in _words(selection):
            if is_glob(word) or fold(word) in zones:
                continue
            meant = speller.suggest(word, zones.values())
            if meant is not None:
                message = f"{what} names the zone {shown(word)}, which no Space has"
                yield Notice(message, f"did you mean {shown(meant)}?", origin)


def _words(selection: AppSelection) -> Iterator[str]:
    yield from selection.zone
    for other in selection.others:
        yield from _words(other)


def _selections(bundle: Bundle) -> Iterator[tuple[str, AppSelection, Span]]:
    for guardrail in bundle.guardrails:
        for selection in (guardrail.match.source, guardrail.match.destination):
            yield f"the guardrail {shown(guardrail.name)}", selection, guardrail.origin
    for waiver in bundle.waivers:
        for selection in (waiver.match.source, waiver.match.destination):
            yield f"the waiver {shown(waiver.name)}", selection, waiver.origin
    for expectation in bundle.expectations:
        for item in expectation.expect:
            sources = (item.sources,) if isinstance(item, Reach) else item.sources
            for selection in (*sources, item.destinations):
                yield f"the expectation {shown(expectation.name)}", selection, item.origin
