"""Space documents as text in canonical form, with a comment wherever a person has to decide."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.manifests.export.entries import PLAINTEXT
from reconciler.manifests.writer import canonical
from reconciler.manifests.yaml_text import flow, scalar
from reconciler.model.ports import Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reconciler.manifests.export.entries import AppEntry, GrantEntry, LeftOut, Opened, SpaceEntries

_LONGEST_COMMENT = 500
_WIDEST_LIST = 90

PREFACE = """\
# What the platform holds for this space: planning it right away changes nothing. The platform does not tell who owns
# an app, why a caller is let in and until when, or what a port speaks. Each TODO asks for that.
"""

PARTIAL_PREFACE = """\
# Made by somebody who is not shown every policy: callers may be missing, so `manages: additions` takes nothing away.
# Whoever has network.admin and reads every space should export or check it before it says `manages: apps`. The platform
# does not tell who owns an app, why a caller is let in and until when, or what a port speaks. Each TODO asks for that.
"""

_CHECK_TLS = "TODO: check; `tls: manual` if the app ends TLS itself"
_BESIDE_TLS = "TODO: plaintext beside platform TLS; remove it once its callers use https"
_LEFT_OUT = "is left out, so that nothing of it is touched: a manifest cannot say all of it"
_UNCALLED = "Nobody may call the apps below; their own calls stand with the apps that they call."
_NO_CALLER_SHOWN = "No callers of the apps below were shown; their own calls stand with the apps that they call."


def render_space(entries: SpaceEntries) -> str:
    """Write the document of one space."""
    text = "".join(f"{line}\n" for line in _document(entries))
    formatted = canonical("export", text.encode())
    # Whatever the formatter cannot take is left as it was written: it means the same.
    return text if isinstance(formatted, list) else formatted.decode()


def _document(entries: SpaceEntries) -> Iterator[str]:
    yield from (PARTIAL_PREFACE if entries.is_partial else PREFACE).splitlines()
    yield "apiVersion: c2c/v1"
    yield "kind: Space"
    yield f"org: {scalar(entries.space.org)}"
    yield f"space: {scalar(entries.space.space)}"
    yield "# owner: TODO"
    yield f"manages: {entries.manages}"
    for item in entries.left_out:
        yield from _left_out(item)
    called = [entry for entry in entries.apps if entry.is_called]
    others = [entry for entry in entries.apps if not entry.is_called]
    yield "apps:" if entries.apps else "apps: []"
    for number, entry in enumerate(called):
        if number:
            yield ""
        yield from (f"  {line}" for line in app_lines(entry))
    if others:
        if called:
            yield ""
        yield f"  # {_NO_CALLER_SHOWN if entries.is_partial else _UNCALLED}"
        yield from (f"  - name: {scalar(entry.app.app)}" for entry in others)


def _left_out(item: LeftOut) -> Iterator[str]:
    yield comment(f"{item.app.app} {_LEFT_OUT}")
    for reason in item.reasons:
        yield comment(f"  {reason}")
    if item.rest is not None:
        yield "# When that is settled, give it this entry:"
        yield from (f"#   {line}".rstrip() for line in app_lines(item.rest))


def app_lines(entry: AppEntry) -> Iterator[str]:
    """Write one item of `apps`, its first line with the dash."""
    yield f"- name: {scalar(entry.app.app)}"
    for stale in entry.stale:
        yield "  " + comment(f"Stale, and gone within the hour if its caller is: {stale}")
    if entry.trust:
        yield "  trust: system"
    if entry.routes:
        yield f"  routes: {flow(entry.routes)}"
    if entry.ports:
        yield "  ports:"
        yield from (f"    {line}" for line in _port_lines(entry.ports))
    if entry.ingress:
        yield "  ingress:"
        for grant in entry.ingress:
            yield from (f"    {line}" for line in _grant_lines(grant))


def _port_lines(ports: tuple[Opened, ...]) -> Iterator[str]:
    has_tls = any(port.is_auto for port in ports)
    for port in ports:
        if port.is_auto:
            yield "- " + flow(port_mapping(port))
            continue
        note = _BESIDE_TLS if has_tls and port == PLAINTEXT else _CHECK_TLS
        yield f"- {flow(port_mapping(port))}  # {note}"


def port_mapping(port: Opened) -> dict[str, str | int]:
    """Write a port entry as data."""
    if port.is_auto:
        return {"name": port.name, "tls": port.tls.value}
    number = port.ports.start if port.ports.start == port.ports.end else str(port.ports)
    protocol = {} if port.protocol == Protocol.TCP else {"protocol": port.protocol}
    return {"name": port.name, "port": number, **protocol, "tls": port.tls.value}


def _grant_lines(grant: GrantEntry) -> Iterator[str]:
    written = flow(grant.sources[0] if len(grant.sources) == 1 else grant.sources)
    if len(written) <= _WIDEST_LIST:
        yield f"- from: {written}"
    else:
        yield "- from:"
        yield from (f"    - {flow(source)}" for source in grant.sources)
    yield f"  ports: {flow([port.name for port in grant.ports])}"
    yield "  # why: TODO"


def comment(text: str) -> str:
    """Write a comment line. Whatever cannot be seen in it, or would end the line, is escaped."""
    cut = text if len(text) <= _LONGEST_COMMENT else f"{text[:_LONGEST_COMMENT]}..."
    return "# " + "".join(char if char.isprintable() else ascii(char)[1:-1] for char in cut)
