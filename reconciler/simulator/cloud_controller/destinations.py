"""Destinations: which apps answer under a route.

Source: cloud_controller_ng `app/actions/update_route_destinations.rb`,
`app/messages/route_update_destinations_message.rb`, `app/controllers/v3/routes_controller.rb`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from reconciler.simulator.cloud_controller import presenters
from reconciler.simulator.cloud_controller.call import dig
from reconciler.simulator.cloud_controller.errors import unknown_error, unprocessable
from reconciler.simulator.derived import default_port
from reconciler.simulator.exchange import Response

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from reconciler.simulator.cloud_controller.call import Call
    from reconciler.simulator.entities import Destination, Route

MAX_DESTINATIONS = 100
MAX_PORTS = 10
FIRST_PORT = 1024
LAST_PORT = 65535
_PROTOCOLS = ("http1", "http2", "tcp")
_KEYS = frozenset({"app", "weight", "port", "protocol"})


class Wanted(NamedTuple):
    """One destination of a request, with its defaults filled in."""

    app: str
    process_type: str
    port: int | None
    protocol: str | None

    @property
    def key(self) -> tuple[str, str, int | None]:
        """What tells one destination of a route from another."""
        return (self.app, self.process_type, self.port)


def list_destinations(call: Call, guid: str) -> Response:
    """Answer `GET /v3/routes/:guid/destinations`."""
    return call.ok(presenters.destination_list(call, call.route(guid)))


def add_destinations(call: Call, guid: str) -> Response:
    """Answer `POST /v3/routes/:guid/destinations`: what is there already stays as it is."""
    route = call.writable_route(guid)
    wanted = _read(call, route, minimum=1)
    if len({item.key for item in wanted}) < len(wanted):
        # Nobody rescues this one on POST.
        raise unknown_error()
    _check_protocols(route, wanted)
    existing = {item.key for item in route.destinations.values()}
    fresh = [item for item in wanted if item.key not in existing]
    if len(existing) + len(fresh) > MAX_DESTINATIONS:
        raise unprocessable(f"Routes can be mapped to at most {MAX_DESTINATIONS} destinations.")
    _apply(call, route, fresh, [])
    return call.ok(presenters.destination_list(call, route))


def replace_destinations(call: Call, guid: str) -> Response:
    """Answer `PATCH /v3/routes/:guid/destinations`: exactly these and no others; an empty list unmaps all."""
    route = call.writable_route(guid)
    wanted = _read(call, route, minimum=0)
    keys = {item.key for item in wanted}
    if len(keys) < len(wanted):
        raise unprocessable("Destinations cannot contain duplicate entries")
    existing = {item.key: item for item in route.destinations.values()}
    if any(item.key in existing and item.protocol not in {None, existing[item.key].protocol} for item in wanted):
        raise unknown_error()
    gone = [item for key, item in existing.items() if key not in keys]
    _apply(call, route, [item for item in wanted if item.key not in existing], gone)
    return call.ok(presenters.destination_list(call, route))


def change_destination(call: Call, guid: str, destination: str) -> Response:
    """Answer `PATCH /v3/routes/:guid/destinations/:guid`: the protocol."""
    route = call.writable_route(guid)
    found = _existing(route, destination)
    protocol = call.body({"protocol"}).get("protocol") or "http1"
    if protocol not in _PROTOCOLS[:2]:
        raise unprocessable("Destination protocol must be 'http1' or 'http2'")
    found.protocol = protocol
    found.updated_at = call.world.stamp()
    return call.ok(presenters.destination(call, found))


def remove_destination(call: Call, guid: str, destination: str) -> Response:
    """Answer `DELETE /v3/routes/:guid/destinations/:guid`; one that is gone already is refused."""
    route = call.writable_route(guid)
    _apply(call, route, [], [_existing(route, destination)])
    return Response(204)


def _existing(route: Route, guid: str) -> Destination:
    found = route.destinations.get(guid)
    if found is None:
        raise unprocessable(
            "Unable to unmap route from destination. Ensure the route has a destination with this guid."
        )
    return found


def _read(call: Call, route: Route, *, minimum: int) -> list[Wanted]:
    entries = call.body({"destinations"}).get("destinations")
    if not isinstance(entries, list) or not minimum <= len(entries) <= MAX_DESTINATIONS:
        raise unprocessable(
            f"Destinations must be an array containing between {minimum} and {MAX_DESTINATIONS} destination objects."
        )
    problems = [text for index, entry in enumerate(entries) for text in _problems(index, entry)]
    problems.extend(_port_problems(entries))
    if problems:
        raise unprocessable(*problems)
    _check_apps(call, route, entries)
    return [_wanted(call, entry) for entry in entries]


def _problems(index: int, entry: object) -> Iterable[str]:
    place = f"Destinations[{index}]:"
    if not isinstance(entry, dict):
        yield f"{place} must be an object."
    elif "app" not in entry:
        yield f'{place} must have an "app".'
    elif not entry.keys() <= _KEYS:
        yield f'{place} must have only "app" and optionally "weight", "port" or "protocol".'
    else:
        yield from (f"{place} {text}" for text in _value_problems(entry))


def _value_problems(entry: dict[str, Any]) -> Iterable[str]:
    if not isinstance(dig(entry, "app", "guid"), str):
        yield 'app must have the structure {"guid": "app_guid"}'
    elif dig(entry, "app", "process") is not None and not isinstance(dig(entry, "app", "process", "type"), str):
        yield 'process must have the structure {"type": "process_type"}'
    port = entry.get("port")
    if port is not None and (type(port) is not int or not FIRST_PORT <= port <= LAST_PORT):
        yield f"port must be a positive integer between {FIRST_PORT} and {LAST_PORT} inclusive."
    if entry.get("protocol") not in {None, *_PROTOCOLS}:
        yield "protocol must be 'http1', 'http2' or 'tcp'."


def _port_problems(entries: Sequence[object]) -> Iterable[str]:
    ports: dict[str, int] = {}
    for entry in entries:
        key = repr(dig(entry, "app"))
        ports[key] = ports.get(key, 0) + 1
    if any(count > MAX_PORTS for count in ports.values()):
        yield f"Process must have at most {MAX_PORTS} exposed ports."


def _check_apps(call: Call, route: Route, entries: Iterable[dict[str, Any]]) -> None:
    guids = list(dict.fromkeys(entry["app"]["guid"] for entry in entries))
    apps = call.world.apps
    missing = [guid for guid in guids if guid not in apps or not call.access.sees_app(apps[guid])]
    if missing:
        listed = '", "'.join(missing)
        raise unprocessable(f'App(s) with guid(s) "{listed}" do not exist.')
    reachable = {route.space, *route.shared_spaces}
    if any(apps[guid].space not in reachable for guid in guids):
        raise unprocessable("Routes destinations must be in either the route's space or the route's shared spaces")


def _wanted(call: Call, entry: dict[str, Any]) -> Wanted:
    app = call.world.apps[entry["app"]["guid"]]
    port = entry.get("port")
    kind = dig(entry, "app", "process", "type") or "web"
    return Wanted(app.guid, kind, default_port(app) if port is None else port, entry.get("protocol"))


def _check_protocols(route: Route, wanted: Iterable[Wanted]) -> None:
    existing = {item.key: item.protocol for item in route.destinations.values()}
    for item in wanted:
        if item.protocol is not None and existing.get(item.key, item.protocol) != item.protocol:
            raise unprocessable(
                f"Cannot add destination with protocol: {item.protocol}. Destination already exists for route: "
                f"{route.host}, app: {item.app}, process: {item.process_type}, and protocol: {existing[item.key]}."
            )


def _apply(call: Call, route: Route, fresh: Iterable[Wanted], gone: Iterable[Destination]) -> None:
    for found in gone:
        call.world.remove_destination(route, found.guid)
    for item in fresh:
        call.world.add_destination(
            route, item.app, process_type=item.process_type, port=item.port, protocol=item.protocol or "http1"
        )
