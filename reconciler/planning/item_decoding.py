"""Changes, items and positions read back from JSON. The inverse of `reconciler.planning.encoding`."""

from __future__ import annotations

from reconciler.diagnostics import Span
from reconciler.model.desired import Kind, Origins
from reconciler.model.environment import EnvironmentVariable
from reconciler.model.names import AppRef, SpaceRef, parse_app_ref, parse_space_ref
from reconciler.model.policy import NetworkPolicy
from reconciler.model.ports import TlsMode
from reconciler.model.route import InternalRoute, RouteDestination
from reconciler.planning.changes import (
    Change,
    Create,
    Delete,
    Item,
    MappedApp,
    OwnedRoute,
    PolicyRule,
    Reason,
    Replace,
    VariableSetting,
)
from reconciler.planning.json_fields import fields_of, list_of, number_of, optional, text_of


def decode_change(data: object) -> Change:
    """Read one change. Raise KeyError, TypeError or ValueError when it is none."""
    fields = fields_of(data)
    kind, reason, origins = (
        Kind(text_of(fields["kind"])),
        Reason(text_of(fields["reason"])),
        decode_origins(fields["origin"]),
    )
    before, after = (optional(fields[side], lambda item: _item(kind, item)) for side in ("before", "after"))
    if before is not None and after is not None:
        return Replace(before, after, reason, origins)
    if after is not None:
        return Create(after, reason, origins)
    if before is not None:
        return Delete(before, reason, origins)
    raise ValueError("a change of nothing into nothing")


def _item(kind: Kind, data: object) -> Item:
    fields = fields_of(data)
    if kind is Kind.NETWORK_POLICY:
        ends = app_of(fields["source"]), app_of(fields["destination"])
        ports = number_of(fields["start"]), number_of(fields["end"])
        return PolicyRule(NetworkPolicy(*ends, text_of(fields["protocol"]), *ports), optional(fields["tls"], mode_of))
    if kind is Kind.INTERNAL_ROUTE:
        return OwnedRoute(InternalRoute(text_of(fields["host"]), text_of(fields["domain"])), space_of(fields["space"]))
    if kind is Kind.ROUTE_DESTINATION:
        host, _, domain = text_of(fields["route"]).partition(".")
        return MappedApp(RouteDestination(InternalRoute(host, domain), app_of(fields["app"])))
    variable = EnvironmentVariable(app_of(fields["app"]), text_of(fields["name"]))
    return VariableSetting(variable, text_of(fields["value"]))


def decode_span(data: object) -> Span:
    """Read a position."""
    fields = fields_of(data)
    return Span(text_of(fields["file"]), number_of(fields["line"]), number_of(fields["column"]))


def decode_origins(data: object) -> Origins:
    """Read a list of positions."""
    return list_of(data, decode_span)


def app_of(value: object) -> AppRef:
    """Read the address of an app."""
    return parse_app_ref(text_of(value))


def space_of(value: object) -> SpaceRef:
    """Read the address of a space."""
    return parse_space_ref(text_of(value))


def mode_of(value: object) -> TlsMode:
    """Read what ports speak."""
    return TlsMode(text_of(value))
