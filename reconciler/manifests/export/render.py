"""Space documents as text in canonical form, with a comment wherever a person has to decide."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.manifests.editing.insertion import Item
from reconciler.manifests.editing.writer import canonical
from reconciler.manifests.editing.yaml_text import flow, scalar
from reconciler.manifests.export.entries import PLAINTEXT
from reconciler.model.ports import Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from reconciler.manifests.export.entries import AppEntry, LeftOut, Opened, SpaceEntries
    from reconciler.manifests.export.words import SourceForm

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
_WHY = "why: TODO"
_BESIDE_TLS = "TODO: plaintext beside platform TLS; remove it once its callers use https"
_LEFT_OUT = "is left out, so that nothing of it is touched: a manifest cannot say all of it"
_TAKEN_IN = "`manages: space` would take it in all the same, and take away what is not declared here:"
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
    yield f"# {_TAKEN_IN}"
    for reason in item.reasons:
        yield comment(f"  {reason}")
    if item.rest is not None:
        yield "# When that is settled, give it this entry:"
        yield from (f"#   {line}".rstrip() for line in app_lines(item.rest))


def app_item(entry: AppEntry) -> Item:
    """Write one item of `apps`."""
    notes = [f"{scalar(entry.app.app)}: {note}" for item in (*_ports(entry), *_grants(entry)) for note in item.notes]
    return Item(tuple(app_lines(entry)), tuple(notes))


def app_lines(entry: AppEntry) -> Iterator[str]:
    """Write one item of `apps`, its first line with the dash."""
    yield f"- name: {scalar(entry.app.app)}"
    for stale in entry.stale:
        yield "  " + comment(f"Stale, and gone within the hour if its caller is: {stale}")
    if entry.trust:
        yield "  trust: system"
    if entry.routes:
        yield f"  routes: {flow(entry.routes)}"
    for key, items in (("ports", _ports(entry)), ("ingress", _grants(entry))):
        if items:
            yield f"  {key}:"
            yield from (f"    {line}" for item in items for line in item.lines)


def _ports(entry: AppEntry) -> list[Item]:
    has_tls = any(port.is_auto for port in entry.ports)
    return [port_item(port, port.name, has_tls=has_tls) for port in entry.ports]


def _grants(entry: AppEntry) -> list[Item]:
    return [grant_item(grant.sources, [port.name for port in grant.ports]) for grant in entry.ingress]


def port_item(port: Opened, name: str, *, has_tls: bool) -> Item:
    """Write one item of `ports`. `has_tls` says whether the app has the platform's TLS, too."""
    written = f"- {flow(_port_mapping(port, name))}"
    if port.is_auto:
        return Item((written,))
    todo = _BESIDE_TLS if has_tls and port == PLAINTEXT else _CHECK_TLS
    return Item((f"{written}  # {todo}",), (f"{scalar(name)}: {todo}",))


def _port_mapping(port: Opened, name: str) -> dict[str, str | int]:
    if port.is_auto:
        return {"name": name, "tls": port.tls.value}
    number = port.ports.start if port.ports.start == port.ports.end else str(port.ports)
    protocol = {} if port.protocol == Protocol.TCP else {"protocol": port.protocol}
    return {"name": name, "port": number, **protocol, "tls": port.tls.value}


def grant_item(sources: Sequence[SourceForm], ports: Sequence[str]) -> Item:
    """Write one item of `ingress`: these callers may use the ports of these names."""
    written = flow(sources[0] if len(sources) == 1 else sources)
    callers = [f"- from: {written}"]
    if len(written) > _WIDEST_LIST:
        callers = ["- from:", *(f"    - {flow(source)}" for source in sources)]
    return Item((*callers, f"  ports: {flow(ports)}", f"  # {_WHY}"), (f"{written}: {_WHY}",))


def comment(text: str) -> str:
    """Write a comment line. Whatever cannot be seen in it, or would end the line, is escaped."""
    cut = text if len(text) <= _LONGEST_COMMENT else f"{text[:_LONGEST_COMMENT]}..."
    return "# " + "".join(char if char.isprintable() else ascii(char)[1:-1] for char in cut)
