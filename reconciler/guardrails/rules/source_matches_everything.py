"""Grants to every app there is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.guardrails.rules.rule import Notice
from reconciler.manifests.checks.walk import sources
from reconciler.manifests.selectors import parse_selector
from reconciler.manifests.text import shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reconciler.guardrails.rules.rule import RuleInput
    from reconciler.manifests.space import Source, Space


def check(given: RuleInput) -> Iterator[Notice]:
    """Find sources that are `*` in org, space and app, and whose labels, if any, an app without labels meets."""
    for item in given.bundle.spaces:
        for source, place in sources(item) if _names_everything(item.value) else ():
            if _is_everything(source):
                but = f", but for {shown(source.labels)}" if source.labels else ""
                yield Notice(
                    f"this grant is for every app of every organization{but}",
                    "name the callers, or give them a label and ask for it",
                    place.span(item),
                )


def _names_everything(space: Space) -> bool:
    # There may be half a million sources, and hardly a document has one like this: only there places are worth finding.
    for app in space.apps:
        for grant in app.ingress:
            for source in grant.sources:
                if source.org is not None and _is_everything(source):
                    return True
    return False


def _is_everything(source: Source) -> bool:
    return (
        _is_any(source.org)
        and _is_any(source.space)
        and (source.app is None or _is_any(source.app))
        and (source.labels is None or parse_selector(source.labels).matches({}))
    )


def _is_any(pattern: str | None) -> bool:
    return pattern is not None and not pattern.strip("*")
