"""The manifest lines that would allow a call, name an app or make it trust: ready to be pasted, and where they go."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from reconciler.manifests.resolving.grants import openings
from reconciler.manifests.space import Manages
from reconciler.model.explanation import Addition
from reconciler.model.names import encode_segment, fold
from reconciler.model.ports import PLATFORM_TLS_PORT, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from reconciler.analysis.evidence import Call
    from reconciler.analysis.reachability import Asked
    from reconciler.manifests.loaded import SpaceDocument
    from reconciler.manifests.resolving.facts import Entry
    from reconciler.manifests.space import Port
    from reconciler.model.names import AppRef, SpaceRef
    from reconciler.model.ports import PortRange
    from reconciler.model.route import InternalRoute

_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_./-]*")
_WORDS_OF_YAML = frozenset({"true", "false", "null", "self"})
_INDENT = "  "
_LONGEST_HOST = 63


def entry_lines(call: Call, entry: Entry) -> Addition:
    """Write what lets the source call a destination that an entry lists."""
    lines = _grant(call, entry.app.ports)
    return Addition(f"in the entry of {entry.app.name}, beside what is there", tuple(lines), entry.origin)


def app_lines(
    call: Call,
    routes: Sequence[str],
    document: SpaceDocument | None,
    others: Mapping[InternalRoute, SpaceRef | None],
) -> Addition:
    """Write an entry for a destination that no manifest lists, with a document around it if its space has none.

    `routes` are those that it keeps, or is to get; `others` lead there too, and belong to other spaces.
    """
    name = call.destination.app
    listed = [f"- name: {_quoted(name)}", *_indented([f"routes: [{', '.join(routes)}]", *_grant(call, ())])]
    if document is None:
        return Addition("a file of its own", tuple(_document(call.destination, listed)))
    kept = document.value.manages is Manages.ADDITIONS
    warning = f", with every other caller of {name}: those that are not listed lose their access"
    for route, owner in others.items():
        warning += (
            f"; the route {route} belongs to {owner or 'a space that you cannot see'}, and no longer leads to {name}"
        )
    return Addition(f"under `apps`{'' if kept else warning}", tuple(listed), document.document.span("apps"))


def _grant(call: Call, declared: Sequence[Port]) -> list[str]:
    name, port_line = _port(call.asked, declared)
    ports = ["ports:", f"{_INDENT}- {port_line}"] if port_line else []
    caller = "self" if call.source == call.destination else _quoted(_seen_from(call.destination, call.source))
    return [*ports, "ingress:", f"{_INDENT}- from: {caller}", f"{_INDENT * 2}ports: [{_quoted(name)}]"]


def route_name(app: AppRef, domain: str) -> str:
    """Make a route from an app's name."""
    host = re.sub(r"[^a-z0-9-]+", "-", fold(app.app))[:_LONGEST_HOST].strip("-") or "app"
    return f"{host}.{domain}"


def route_lines(destination: AppRef, domain: str, entry: Entry) -> Addition:
    """Write what gives the destination a name."""
    line = f"routes: [{route_name(destination, domain)}]"
    return Addition(f"in the entry of {entry.app.name}", (line,), entry.origin)


def trust_lines(entry: Entry) -> Addition:
    """Write what makes an app trust the platform's certificates."""
    return Addition(f"in the entry of {entry.app.name}", ("trust: system",), entry.origin)


def _document(app: AppRef, listed: Sequence[str]) -> list[str]:
    return [
        "apiVersion: c2c/v1",
        "kind: Space",
        f"org: {_quoted(app.org)}",
        f"space: {_quoted(app.space)}",
        "manages: additions   # nothing that is there is taken away",
        "apps:",
        *_indented(listed),
    ]


def _indented(lines: Sequence[str]) -> list[str]:
    return [f"{_INDENT}{line}" for line in lines]


def _port(asked: Asked, declared: Sequence[Port]) -> tuple[str, str | None]:
    """Name the declared port that opens what is asked for, or a new one with its line."""
    for port in declared:
        if any(_opens(opening.protocol, opening.ports, asked) for opening in openings(port)):
            return port.name, None
    taken = {port.name for port in declared}
    if asked.ports is None or (asked.ports.start == asked.ports.end == PLATFORM_TLS_PORT and _is_tcp(asked)):
        name = _free("api", taken)
        return name, f"{{name: {name}, tls: auto}}"
    protocol = asked.protocol or Protocol.TCP.value
    name = _free(f"{protocol}-{asked.ports}", taken)
    udp = f"protocol: {protocol}, " if protocol != Protocol.TCP else ""
    line = f"{{name: {name}, port: {asked.ports}, {udp}tls: none}}"
    return name, f"{line}   # tls: manual if the app ends TLS itself" if not udp else line


def _opens(protocol: str, ports: PortRange, asked: Asked) -> bool:
    if asked.protocol not in (None, protocol):
        return False
    return asked.ports is None or (ports.start <= asked.ports.start and asked.ports.end <= ports.end)


def _is_tcp(asked: Asked) -> bool:
    return asked.protocol in (None, Protocol.TCP.value)


def _free(name: str, taken: set[str]) -> str:
    candidate, number = name, 2
    while candidate in taken:
        candidate, number = f"{name}-{number}", number + 1
    return candidate


def _seen_from(destination: AppRef, source: AppRef) -> str:
    """Name a source as the manifest of the destination does. The word `self` alone means something else there."""
    app, space = encode_segment(source.app), encode_segment(source.space)
    if source.space_ref.folded == destination.space_ref.folded and app != "self":
        return app
    return f"{space}/{app}" if fold(source.org) == fold(destination.org) else str(source)


def _quoted(text: str) -> str:
    """Write a word as YAML reads it back."""
    if _PLAIN.fullmatch(text) and fold(text) not in _WORDS_OF_YAML:
        return text
    return json.dumps(text, ensure_ascii=False)
