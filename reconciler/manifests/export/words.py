"""What a manifest can say of live names, ports and routes, and the reason where it cannot."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import TypeAdapter, ValidationError

from reconciler.manifests.documents.values import LiteralName, Route
from reconciler.manifests.resolving.routes import parse_route
from reconciler.manifests.space import SELF
from reconciler.model.names import SpaceRef, fold, is_glob
from reconciler.model.ports import PLATFORM_TLS_PORT, RESERVED_PORTS

if TYPE_CHECKING:
    from reconciler.model.names import AppRef
    from reconciler.model.policy import NetworkPolicy
    from reconciler.model.route import InternalRoute

SourceForm = str | dict[str, str]
"""A source as a manifest writes it: text, or a mapping of names."""

_NAME: TypeAdapter[str] = TypeAdapter(LiteralName)
_ROUTE: TypeAdapter[str] = TypeAdapter(Route)


def name_problem(address: AppRef | SpaceRef) -> str | None:
    """Say why a manifest cannot name an app or a space; None if it can."""
    if any(map(is_glob, address)):
        return "a `*` in a name would be read as a pattern"
    if not all(_accepts(_NAME, name) for name in address):
        return "its name holds characters that no manifest can, or is too long"
    return None


def port_problem(policy: NetworkPolicy) -> str | None:
    """Say why a manifest cannot open the ports of a policy; None if it can."""
    if policy.is_platform_tls:
        return None
    for number, reason in RESERVED_PORTS.items():
        if policy.ports.contains(number):
            return f"port {number} is the platform's own: {reason}"
    if policy.ports.contains(PLATFORM_TLS_PORT):
        return f"port {PLATFORM_TLS_PORT} is where the platform ends TLS, and is opened by `tls: auto` on tcp alone"
    return None


def route_problem(route: InternalRoute) -> str | None:
    """Say why a manifest cannot name a route; None if it can."""
    if _accepts(_ROUTE, str(route)) and parse_route(str(route)) == route:
        return None
    return "a manifest cannot write this name"


def _accepts(kind: TypeAdapter[str], text: str) -> bool:
    try:
        kind.validate_python(text)
    except ValidationError:
        return False
    return True


def source_form(source: AppRef, home: AppRef) -> SourceForm:
    """Write a caller as seen from the app that it calls: as short as the language allows."""
    if source == home:
        return str(SELF)
    if any("/" in name or "%" in name for name in source):
        return _mapping(source, home)
    if fold(source.org) != fold(home.org):
        return "/".join(source)
    if fold(source.space) != fold(home.space):
        return f"{source.space}/{source.app}"
    return _mapping(source, home) if source.app == str(SELF) else source.app


def _mapping(source: AppRef, home: AppRef) -> dict[str, str]:
    """Leave out what is the document's own: org and space each stand for themselves."""
    names = source._asdict()
    if source.space_ref.folded == home.space_ref.folded:
        return {"app": source.app}
    if fold(source.org) == fold(home.org):
        del names["org"]
    return names
