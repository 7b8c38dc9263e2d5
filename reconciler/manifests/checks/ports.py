"""The ports of one app: names, ranges, and what the platform keeps for itself."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from reconciler.diagnostics import Diagnostic, Span, error, warning
from reconciler.manifests.checks.walk import port_lists
from reconciler.manifests.text import shown
from reconciler.model.names import fold
from reconciler.model.ports import PLATFORM_TLS_PORT, RESERVED_PORTS, TlsMode

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reconciler.manifests.loaded import SpaceDocument
    from reconciler.manifests.space import App, Port

    Path = tuple[str | int, ...]

_NOT_BY_NUMBER = (*RESERVED_PORTS, PLATFORM_TLS_PORT)
_NO_HOST = re.compile("[^a-z0-9-]+")
_LONGEST_HOST = 63


def port_problems(item: SpaceDocument) -> Iterator[Diagnostic]:
    """Look for everything that is wrong with ports. Most apps listen alike: each set of ports is looked at once."""
    if all(map(_are_sound, port_lists(item))):
        return
    for check in (duplicate_port_names, automatic_ports, duplicate_ports, reserved_ports, backwards_ranges):
        yield from check(item)


@lru_cache(maxsize=10_000)
def _are_sound(ports: tuple[Port, ...]) -> bool:
    """Say whether there is nothing to find. What is not plainly right is looked at closely."""
    written = [port.range for port in ports if port.tls is not TlsMode.AUTO]
    return (
        len({port.name for port in ports}) == len(ports)
        and len(ports) - len(written) <= 1
        and len({(port.protocol, port.range) for port in ports}) == len(ports)
        and all(start <= end and not any(start <= one <= end for one in _NOT_BY_NUMBER) for start, end in written)
    )


def _apps(item: SpaceDocument) -> Iterator[tuple[int, App]]:
    return enumerate(item.value.apps)


def _written_ports(item: SpaceDocument) -> Iterator[tuple[Port, Path]]:
    """Give every port that is written as a number or range, with its path."""
    for index, app in _apps(item):
        for number, port in enumerate(app.ports):
            if port.port is not None and port.tls is not TlsMode.AUTO:
                yield port, ("apps", index, "ports", number, "port")


def duplicate_port_names(item: SpaceDocument) -> Iterator[Diagnostic]:
    """Find two ports of one app under one name: an ingress entry could mean either."""
    for index, app in _apps(item):
        seen: dict[str, int] = {}
        for number, port in enumerate(app.ports):
            first = seen.setdefault(port.name, number)
            if first != number:
                span, other = (item.document.span("apps", index, "ports", place, "name") for place in (number, first))
                message = f"app {shown(app.name)} has two ports named {shown(port.name)}"
                yield error("duplicate-port-name", message, span, hint="give every port its own name", related=(other,))


def _automatic(item: SpaceDocument, index: int, app: App) -> list[Span]:
    """Give the places of an app's ports with `tls: auto`."""
    return [
        item.document.span("apps", index, "ports", number, "tls")
        for number, port in enumerate(app.ports)
        if port.tls is TlsMode.AUTO
    ]


def _has_automatic(ports: tuple[Port, ...], least: int = 1) -> bool:
    return sum(port.tls is TlsMode.AUTO for port in ports) >= least


def automatic_ports(item: SpaceDocument) -> Iterator[Diagnostic]:
    """Find apps with two `tls: auto` ports."""
    for index, app in _apps(item):
        if _has_automatic(app.ports, least=2):
            first, *others = _automatic(item, index, app)
            for span in others:
                message = (
                    f"app {shown(app.name)} has two ports with `tls: auto`; the platform ends TLS on one port only"
                )
                hint = "keep one, and grant access to it under its one name"
                yield error("two-auto-ports", message, span, hint=hint, related=(first,))


def automatic_without_route(item: SpaceDocument) -> Iterator[Diagnostic]:
    """Find apps with a `tls: auto` port and no name that its certificate could carry."""
    for index, app in _apps(item):
        if not app.routes and _has_automatic(app.ports):
            span = _automatic(item, index, app)[0]
            message = f"app {shown(app.name)} has no internal route, so no caller can check its certificate"
            hint = f"add one, such as `routes: [{_host_for(app.name)}.apps.internal]`"
            yield warning("auto-without-route", message, span, hint=hint)


def _host_for(name: str) -> str:
    """Make a host of an app's name, as far as its characters allow it."""
    return _NO_HOST.sub("-", fold(name))[:_LONGEST_HOST].strip("-") or "my-app"


def duplicate_ports(item: SpaceDocument) -> Iterator[Diagnostic]:
    """Find the same ports and protocol twice in one app: they could not both say what is spoken there."""
    for index, app in _apps(item):
        seen: dict[tuple[str, int, int], int] = {}
        for number, port in enumerate(app.ports):
            if port.tls is TlsMode.AUTO:
                continue
            first = seen.setdefault((port.protocol, *port.range), number)
            if first != number:
                span, other = (item.document.span("apps", index, "ports", place, "port") for place in (number, first))
                message = f"app {shown(app.name)} has {port.protocol}/{port.range} twice"
                yield error("duplicate-port", message, span, hint="keep one entry", related=(other,))


def reserved_ports(item: SpaceDocument) -> Iterator[Diagnostic]:
    """Find ports that no policy should open."""
    for port, path in _written_ports(item):
        opened = port.range
        alone = opened.start == opened.end
        if alone and opened.start not in RESERVED_PORTS and opened.start != PLATFORM_TLS_PORT:
            continue
        for number, reason in RESERVED_PORTS.items():
            if opened.contains(number):
                hint = "choose another port" if alone else "split the range around it"
                message = f"port {number} is the platform's own: {reason}"
                yield error("reserved-port", message, item.document.span(*path), hint=hint)
        if opened.contains(PLATFORM_TLS_PORT):
            message = f"port {PLATFORM_TLS_PORT} is where the platform ends TLS; it is not opened by number"
            hint = "write `tls: auto` and leave `port` out" if alone else "split the range around it"
            yield error("platform-tls-port", message, item.document.span(*path), hint=hint)


def backwards_ranges(item: SpaceDocument) -> Iterator[Diagnostic]:
    """Find ranges whose end comes before their start."""
    for port, path in _written_ports(item):
        start, end = port.range
        if start > end:
            message = f"the range {start}-{end} runs backwards"
            yield error("backwards-range", message, item.document.span(*path), hint=f"write {end}-{start}")
