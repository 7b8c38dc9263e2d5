"""Steps as JSON objects, both ways: what a journal holds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, assert_never

from reconciler.model.environment import SYSTEM_TRUST
from reconciler.model.names import parse_app_ref, parse_space_ref
from reconciler.model.policy import NetworkPolicy
from reconciler.model.ports import MAX_PORT, Protocol
from reconciler.model.route import InternalRoute, RouteDestination
from reconciler.planning.steps import (
    AddDestination,
    CleanUp,
    CreatePolicies,
    CreateRoute,
    DeletePolicies,
    DeleteRoute,
    RemoveDestination,
    SetEnvironment,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from reconciler.planning.steps import Step


def encode_step(step: Step) -> dict[str, Any]:
    """Turn a step into JSON; `do` says what kind it is."""
    body: dict[str, Any]
    match step:
        case CreateRoute(route, space):
            body = {"do": "create_route", "route": list(route), "space": str(space)}
        case AddDestination(destination):
            body = {"do": "add_destination", **_encode_destination(destination)}
        case CreatePolicies(policies):
            body = {"do": "create_policies", "policies": [_encode_policy(policy) for policy in policies]}
        case SetEnvironment(app, variables, before):
            body = {"do": "set_environment", "app": str(app), "variables": dict(variables), "before": dict(before)}
        case DeletePolicies(policies):
            body = {"do": "delete_policies", "policies": [_encode_policy(policy) for policy in policies]}
        case RemoveDestination(destination):
            body = {"do": "remove_destination", **_encode_destination(destination)}
        case DeleteRoute(route, space, apps):
            body = {"do": "delete_route", "route": list(route), "space": str(space), "apps": [*map(str, apps)]}
        case CleanUp():
            body = {"do": "clean_up"}
        case _:
            assert_never(step)
    return body


def decode_step(data: dict[str, Any]) -> Step:
    """Read a step. Raise ValueError, KeyError or TypeError when it is none."""
    decode = _DECODERS.get(data["do"])
    if decode is None:
        raise ValueError(f"there is no step {data['do']!r}")
    return decode(data)


_DECODERS: dict[str, Callable[[dict[str, Any]], Step]] = {
    "create_route": lambda data: CreateRoute(_route(data["route"]), parse_space_ref(data["space"])),
    "add_destination": lambda data: AddDestination(_destination(data)),
    "create_policies": lambda data: CreatePolicies(tuple(map(_policy, data["policies"]))),
    "set_environment": lambda data: SetEnvironment(
        parse_app_ref(data["app"]), _values(data["variables"]), _values(data["before"])
    ),
    "delete_policies": lambda data: DeletePolicies(tuple(map(_policy, data["policies"]))),
    "remove_destination": lambda data: RemoveDestination(_destination(data)),
    "delete_route": lambda data: DeleteRoute(
        _route(data["route"]), parse_space_ref(data["space"]), tuple(map(parse_app_ref, data["apps"]))
    ),
    "clean_up": lambda _: CleanUp(),
}


def _encode_policy(policy: NetworkPolicy) -> list[str | int]:
    return [str(policy.source), str(policy.destination), policy.protocol, policy.start, policy.end]


def _policy(data: list[Any]) -> NetworkPolicy:
    source, destination, protocol, start, end = data
    if not isinstance(protocol, str) or type(start) is not int or type(end) is not int:
        raise TypeError("not a policy")
    if protocol not in list(Protocol) or not 1 <= start <= end <= MAX_PORT:
        raise ValueError("not a policy")
    return NetworkPolicy(parse_app_ref(source), parse_app_ref(destination), protocol, start, end)


def _encode_destination(destination: RouteDestination) -> dict[str, Any]:
    return {"route": list(destination.route), "app": str(destination.app)}


def _destination(data: dict[str, Any]) -> RouteDestination:
    return RouteDestination(_route(data["route"]), parse_app_ref(data["app"]))


def _route(data: list[Any]) -> InternalRoute:
    host, domain = data
    if not isinstance(host, str) or not isinstance(domain, str):
        raise TypeError("not a route")
    return InternalRoute(host, domain)


def _values(data: dict[str, Any]) -> dict[str, str | None]:
    if any(value is not None and not isinstance(value, str) for value in data.values()):
        raise TypeError("not variables")
    foreign = sorted(data.keys() - SYSTEM_TRUST.keys())
    if foreign:
        raise ValueError(f"{foreign[0]!r} is not among the variables that `trust` governs")
    return dict(data)
