"""What an ingress entry refers to inside its own document: ports by name, and label selectors."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.diagnostics import Diagnostic, error
from reconciler.manifests.checks.walk import port_lists, sources
from reconciler.manifests.selectors import parse_selector
from reconciler.manifests.text import Speller, shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reconciler.manifests.loaded import SpaceDocument


def unknown_ports(item: SpaceDocument) -> Iterator[Diagnostic]:
    """Find grants for ports that the app does not have."""
    speller = Speller()
    names = {id(ports): {port.name for port in ports} for ports in port_lists(item)}
    for index, app in enumerate(item.value.apps):
        known, listed = names[id(app.ports)], ""
        for number, grant in enumerate(app.ingress):
            for place, name in enumerate(grant.ports):
                if name in known:
                    continue
                span = item.document.span("apps", index, "ingress", number, "ports", place)
                listed = listed or _listed(known)  # once an app, and only where one is wrong: there may be thousands
                hint = speller.did_you_mean(name, known) or listed
                yield error("unknown-port", f"app {shown(app.name)} has no port named {shown(name)}", span, hint=hint)


def _listed(known: set[str]) -> str:
    names = ", ".join(map(shown, sorted(known)[:10]))
    return f"its ports are {names}" if known else "list it under `ports:`"


def bad_selectors(item: SpaceDocument) -> Iterator[Diagnostic]:
    """Find label selectors that Cloud Controller would not take."""
    if all(source.labels is None for source in item.value.sources):
        return
    for source, place in sources(item):
        if source.labels is None:
            continue
        try:
            parse_selector(source.labels)
        except ValueError as problem:
            hint = "write for example tier=web,!legacy or `env in (prod,stage)`"
            yield error("bad-selector", str(problem), place.span(item, "labels"), hint=hint)
