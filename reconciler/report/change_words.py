"""One change in words: its mark, what changes, why and what it speaks. Not escaped: every format does that its way."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from reconciler.model.desired import Kind
from reconciler.planning.changes import MappedApp, OwnedRoute, PolicyRule, Replace, VariableSetting
from reconciler.planning.encoding import encode_item
from reconciler.report.addresses import seen_from
from reconciler.report.words import TLS_WORDS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from reconciler.diagnostics import Span
    from reconciler.planning.changes import Change, Item

KIND_WORDS = MappingProxyType(
    {
        Kind.NETWORK_POLICY: "",
        Kind.INTERNAL_ROUTE: "route ",
        Kind.ROUTE_DESTINATION: "route ",
        Kind.ENVIRONMENT: "env ",
    }
)
"""What stands before the address of a thing that is no change."""


def subject_of(change: Change) -> str:
    """Name what changes as the manifests of its space would: other spaces and organizations only where they differ."""
    item = change.item
    if isinstance(item, PolicyRule):
        ports = f"{item.policy.protocol}/{item.policy.ports}"
        if isinstance(change, Replace) and isinstance(change.before, PolicyRule):
            ports = f"{change.before.policy.protocol}/{change.before.policy.ports} => {ports}"
        return f"{seen_from(item.home, item.policy.source)} -> {seen_from(item.home, item.policy.destination)} {ports}"
    if isinstance(item, OwnedRoute):
        return f"route {item.route}"
    if isinstance(item, MappedApp):
        return f"route {item.destination.route} -> {seen_from(item.home, item.destination.app)}"
    return f"env {seen_from(item.home, item.variable.app)} {item.variable.name}"


def note_of(item: Item) -> str:
    """Say what else there is to know of a thing: what its ports speak, whether its app has to restart."""
    if isinstance(item, PolicyRule):
        return TLS_WORDS[item.tls]
    return "needs a restart" if isinstance(item, VariableSetting) else ""


def details_of(change: Change) -> list[str]:
    """Say field by field what a replacement changes, where the subject does not say it."""
    if not isinstance(change, Replace) or isinstance(change.item, PolicyRule):
        return []
    from reconciler.report.field_edits import field_edits  # noqa: PLC0415 - deepdiff costs more than the whole start

    return field_edits(encode_item(change.before), encode_item(change.after))


def short_origin(origins: Iterable[Span]) -> str:
    """Name the manifest lines of something: the first one, and how many more there are."""
    spans = list(origins)
    if not spans:
        return ""
    more = f" (+{len(spans) - 1})" if len(spans) > 1 else ""
    return f"{spans[0].file}:{spans[0].line}{more}"
