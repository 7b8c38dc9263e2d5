"""App manifests with `network_policies`, as Cloud Foundry's RFC-0034 sketches them for a space."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reconciler.diagnostics import Diagnostic, Span, error, warning
from reconciler.manifests.editing.space_line import spaces_named
from reconciler.manifests.importing.declared import (
    DeclaredPolicy,
    DeclaredRoute,
    NotImported,
    Reading,
    read_ports,
    read_protocol,
)
from reconciler.manifests.parsing.source import parse_documents
from reconciler.manifests.text import shown
from reconciler.model.names import AppRef, SpaceRef, fold
from reconciler.model.route import internal_route

if TYPE_CHECKING:
    from collections.abc import Iterable

    from reconciler.manifests.parsing.parsed import Document

POLICIES = "network_policies"
_SHAPE = "write {destination: {app: {name, port_range}}, source: {app: {name, space, org}}, protocol}"
_DESTINATION = {"name", "port_range"}
_SOURCE = {"name", "space", "org"}


def read_app_manifest(file: str, content: bytes, home: SpaceRef | None, domains: frozenset[str]) -> Reading:
    """Read the policies and internal routes of an app manifest. `home` is its space if no comment at the top names one.

    `domains` are the internal ones; routes on any other are none of ours. Nothing else of the manifest is looked at.
    """
    documents, problems = parse_documents(file, content)
    space = _home(file, spaces_named(content.decode(errors="replace")), home)
    if isinstance(space, Diagnostic):
        problems.append(space)
    reader = _Reader(SpaceRef("", "") if isinstance(space, Diagnostic) else space, domains, problems)
    found = [document for document in documents if isinstance(document.data, dict) and POLICIES in document.data]
    for document in found:
        reader.document(document)
    if not (reader.policies or reader.routes or reader.not_imported or problems):
        message = f"no network policy is in this app manifest, under `{POLICIES}`"
        problems.append(warning("nothing-to-import", message, Span(file, 1, 1)))
    return Reading(
        policies=tuple(reader.policies),
        routes=tuple(reader.routes),
        not_imported=tuple(reader.not_imported),
        diagnostics=tuple(problems),
    )


def _home(file: str, named: dict[SpaceRef, int], home: SpaceRef | None) -> SpaceRef | Diagnostic:
    """Say for which space a manifest is, or why that is not clear: its own comments and `--space` must agree."""
    if not named:
        message = "this app manifest does not say for which space it is"
        hint = "give --space ORG/SPACE, or write `# space: ORG/SPACE` in its first line"
        return home or error("no-space", message, Span(file, 1, 1), hint=hint)
    first, *others = named
    other = next((one for one in others if one.folded != first.folded), None)
    if other is not None:
        message = f"this app manifest says that it is for {first}, and that it is for {other}"
        return error("contradicting-space", message, Span(file, named[other], 1), hint="remove one of the comments")
    if home is not None and home.folded != first.folded:
        message = f"this app manifest says that it is for {first}, and --space says {home}"
        hint = "leave --space out, which is for files that do not say it; or correct the comment"
        return error("contradicting-space", message, Span(file, named[first], 1), hint=hint)
    return first


class _Reader:
    def __init__(self, home: SpaceRef, domains: frozenset[str], problems: list[Diagnostic]) -> None:
        self._home = home
        self._domains = domains
        self._problems = problems
        self.policies: list[DeclaredPolicy] = []
        self.routes: list[DeclaredRoute] = []
        self.not_imported: list[NotImported] = []

    def document(self, document: Document) -> None:
        items = document.data[POLICIES]
        if not isinstance(items, list):
            self._wrong(f"`{POLICIES}` is a list", document.span(POLICIES))
            return
        for number in range(len(items)):
            self._policy(document, number, items[number])
        routes = document.data.get("routes")
        for number, route in enumerate(routes if isinstance(routes, list) else ()):
            if isinstance(route, dict) and isinstance(route.get("url"), str):
                self._route(document, number, route)

    def _policy(self, document: Document, number: int, item: Any) -> None:  # noqa: ANN401 - whatever the file holds
        path: tuple[str | int, ...] = (POLICIES, number)
        span = document.span(*path)
        if not isinstance(item, dict):
            self._wrong("a policy is a mapping", span)
            return
        self._unknown(item, {"source", "destination", "protocol"}, document, path)
        source = self._app(document, (*path, "source"), item.get("source"), _SOURCE)
        destination = self._app(document, (*path, "destination"), item.get("destination"), _DESTINATION)
        protocol = read_protocol(item.get("protocol"), document.span(*path, "protocol"))
        if isinstance(protocol, Diagnostic):
            self._problems.append(protocol)
        if source is None or destination is None:
            return
        place = document.span(*path, "destination", "app", "port_range")
        ports = read_ports(destination.get("port_range"), place)
        if isinstance(ports, Diagnostic):
            self._problems.append(ports)
        elif not isinstance(protocol, Diagnostic):
            ends = (
                AppRef(source.get("org", self._home.org), source.get("space", self._home.space), source["name"]),
                AppRef(*self._home, destination["name"]),
            )
            self.policies.append(DeclaredPolicy(span, *ends, protocol, ports))

    def _app(
        self,
        document: Document,
        path: tuple[str | int, ...],
        side: Any,  # noqa: ANN401 - whatever the file holds
        keys: set[str],
    ) -> dict[str, Any] | None:
        """Give the `app` of an end, if it is one."""
        app = side.get("app") if isinstance(side, dict) else None
        if not isinstance(app, dict) or not isinstance(app.get("name"), str) or not app["name"]:
            self._wrong(f"the {path[-1]} of a policy is an app with a name", document.span(*path))
            return None
        self._unknown(side, {"app"}, document, path)
        self._unknown(app, keys, document, (*path, "app"))
        if "org" in app and "space" not in app:
            self._wrong("a source with an org has a space, too", document.span(*path, "app", "org"))
            return None
        for key in keys - {"port_range"}:
            if key in app and not (isinstance(app[key], str) and app[key]):
                self._wrong(f"{shown(app[key])} is not a name", document.span(*path, "app", key))
                return None
        return app

    def _unknown(self, found: dict[str, Any], known: set[str], document: Document, path: Iterable[str | int]) -> None:
        for key in found.keys() - known:
            self._wrong(f"{shown(key)} is no part of this", document.key_span(*path, key))

    def _wrong(self, message: str, span: Span) -> None:
        self._problems.append(error("wrong-shape", message, span, hint=_SHAPE))

    def _route(self, document: Document, number: int, route: dict[str, Any]) -> None:
        """Take in the apps of an internal route; what is more than a host and apps by their web process is listed."""
        host, _, domain = route["url"].partition(".")
        if not host or fold(domain) not in self._domains:
            return
        destinations = route.get("destinations")
        for index, item in enumerate(destinations if isinstance(destinations, list) else ()):
            span = document.span("routes", number, "destinations", index)
            name = _web_of(item)
            if name is not None:
                self.routes.append(DeclaredRoute(span, internal_route(host, domain), AppRef(*self._home, name)))
            else:
                reason = "a manifest maps the web process of an app, and leaves its port to the policy"
                self.not_imported.append(NotImported(span, f"a destination of the route {route['url']}", reason))


def _web_of(destination: object) -> str | None:
    """Give the app of a destination that says nothing but its name."""
    match destination:
        case {"app": {"name": str(name), **of_app}, **rest} if name and not of_app and not rest:
            return name
    return None
