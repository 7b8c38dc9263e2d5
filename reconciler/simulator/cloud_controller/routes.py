"""Routes: who owns them, who shares them, and what may not be one."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from reconciler.simulator.cloud_controller import presenters
from reconciler.simulator.cloud_controller.call import dig
from reconciler.simulator.cloud_controller.errors import ApiError, feature_disabled, unknown_request, unprocessable
from reconciler.simulator.cloud_controller.filters import ListQuery, ListSpec, narrowed, read_list_query
from reconciler.simulator.cloud_controller.labels import change_metadata
from reconciler.simulator.cloud_controller.organizations import space_includer
from reconciler.simulator.cloud_controller.paging import present_page

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from reconciler.simulator.cloud_controller.call import Call
    from reconciler.simulator.entities import Domain, Route, Space
    from reconciler.simulator.exchange import Response

MAX_HOST = 63
MAX_NAME = 253
MAX_PATH = 128

_HOST = re.compile(r"[\w-]*|\*", re.ASCII)
_ROUTES = ListSpec(
    (
        "hosts",
        "space_guids",
        "organization_guids",
        "domain_guids",
        "app_guids",
        "paths",
        "ports",
        "service_instance_guids",
        "label_selector",
    ),
    includes=("domain", "space", "space.organization", "route_policies"),
)


def list_routes(call: Call) -> Response:
    """Answer `GET /v3/routes`."""
    query = read_list_query(call.request.query, _ROUTES)
    return _page(call, query, _found(call, query))


def list_app_routes(call: Call, guid: str) -> Response:
    """Answer `GET /v3/apps/:guid/routes`."""
    query = read_list_query(call.request.query, _ROUTES)
    app = call.app(guid)
    return _page(call, query, (item for item in _found(call, query) if _leads_to(item, frozenset({app.guid}))))


def _page(call: Call, query: ListQuery, found: Iterable[Route]) -> Response:
    seen = [item for item in found if call.access.sees_route(item) and query.matches(item)]
    with_spaces = space_includer(call, query)

    def include(shown: Sequence[Route]) -> dict[str, Any]:
        included = with_spaces(shown)
        if query.includes("domain"):
            domains = dict.fromkeys(item.domain for item in shown)
            included["domains"] = [presenters.domain(call, call.world.domains[guid]) for guid in domains]
        return included

    return call.ok(present_page(call, query, seen, presenters.route, include))


def _candidates(call: Call, query: ListQuery) -> Iterable[Route]:
    """Start from the filter with the best index."""
    world = call.world
    guids, apps, hosts, spaces = map(query.get, ("guids", "app_guids", "hosts", "space_guids"))
    if guids is not None:
        return [world.routes[guid] for guid in guids if guid in world.routes]
    if apps is not None:
        return [item for guid in apps for item in world.routes_of(guid)]
    if hosts is not None:
        return world.routes_hosted(hosts)
    if spaces is not None:
        return [item for guid in spaces for item in world.routes_in(guid)]
    return world.routes.values()


def _found(call: Call, query: ListQuery) -> Iterable[Route]:
    found: Iterable[Route] = {item.guid: item for item in _candidates(call, query)}.values()
    found = narrowed(found, query.chosen("hosts"), lambda item: item.host)
    found = narrowed(found, query.chosen("paths"), lambda item: item.path)
    found = narrowed(found, query.chosen("ports"), lambda item: str(item.port or ""))
    found = narrowed(found, query.chosen("domain_guids"), lambda item: item.domain)
    organizations = query.chosen("organization_guids")
    found = narrowed(found, organizations, lambda item: call.world.spaces[item.space].organization)
    apps, spaces = query.chosen("app_guids"), query.chosen("space_guids")
    if query.get("service_instance_guids") is not None:
        return ()
    return [
        item
        for item in found
        if (apps is None or _leads_to(item, apps))
        and (spaces is None or not spaces.isdisjoint((item.space, *item.shared_spaces)))
    ]


def _leads_to(route: Route, apps: frozenset[str]) -> bool:
    return any(item.app in apps for item in route.destinations.values())


def get_route(call: Call, guid: str) -> Response:
    """Answer `GET /v3/routes/:guid`."""
    return call.ok(presenters.route(call, call.route(guid)))


def create_route(call: Call) -> Response:
    """Answer `POST /v3/routes`.

    Source: cloud_controller_ng `app/actions/route_create.rb`, `app/models/runtime/route.rb`.
    """
    body = call.body({"host", "path", "port", "relationships", "metadata", "options"})
    host, path = body.get("host") or "", body.get("path") or ""
    _check_host(host)
    space = call.world.spaces.get(dig(body, "relationships", "space", "data", "guid") or "")
    if space is None or not call.access.sees(space):
        raise unprocessable("Invalid space. Ensure that the space exists and you have access to it.")
    domain = call.world.domains.get(dig(body, "relationships", "domain", "data", "guid") or "")
    if domain is None or not call.access.sees_domain(domain):
        raise unprocessable("Invalid domain. Ensure that the domain exists and you have access to it.")
    _check_permission(call, space)
    _check_address(call, domain, host, path, body.get("port"))
    route = call.world.add_route(space.guid, domain.guid, host, path)
    try:
        change_metadata(route, body.get("metadata"), call.world.settings)
    except ApiError:
        call.world.delete_route(route.guid)
        raise
    return call.ok(presenters.route(call, route), 201)


def _check_permission(call: Call, space: Space) -> None:
    call.access.require_write(space.guid)
    if not call.world.settings.route_creation and not call.access.is_admin:
        raise feature_disabled("route_creation")


def _check_host(host: object) -> None:
    if not isinstance(host, str):
        raise unprocessable("Host must be a string")
    problems = []
    if len(host) > MAX_HOST:
        problems.append(f"Host is too long (maximum is {MAX_HOST} characters)")
    if not _HOST.fullmatch(host):
        problems.append('Host must be either "*" or contain only alphanumeric characters, "_", or "-"')
    if problems:
        raise unprocessable(*problems)


def _check_address(call: Call, domain: Domain, host: str, path: str, port: object) -> None:
    if port is not None:
        raise unprocessable("Routes with protocol 'http' do not support ports.")
    if domain.internal and host == "*":
        raise unprocessable("Wildcard hosts are not supported for internal domains.")
    if not host and domain.organization is None:
        raise unprocessable("Missing host. Routes in shared domains must have a host defined.")
    if len(host) + 1 + len(domain.name) > MAX_NAME:
        raise unprocessable("Host combined with domain name must be no more than 253 characters.")
    if call.world.domain_named(f"{host}.{domain.name}") is not None:
        raise unprocessable(f"Route conflicts with domain '{host}.{domain.name}'.")
    _check_path(domain, path)
    # Routes are unique in the whole foundation; the message does not tell whose route it is.
    if call.world.route_at(domain.guid, host, path) is not None:
        with_path = f" and path '{path}'" if path else ""
        raise unprocessable(f"Route already exists with host '{host}'{with_path} for domain '{domain.name}'.")


def _check_path(domain: Domain, path: str) -> None:
    if not path:
        return
    if domain.internal:
        raise unprocessable("Paths are not supported for internal domains.")
    if path == "/":
        raise unprocessable("Path cannot be a single '/'.")
    if not path.startswith("/"):
        raise unprocessable("Path is missing the beginning '/'.")
    if "?" in path:
        raise unprocessable("Path cannot contain '?'.")
    if len(path) > MAX_PATH:
        raise unprocessable(f"Path exceeds {MAX_PATH} characters.")


def change_route(call: Call, guid: str) -> Response:
    """Answer `PATCH /v3/routes/:guid`: metadata."""
    route = call.writable_route(guid)
    change_metadata(route, call.body({"metadata", "options"}).get("metadata"), call.world.settings)
    return call.ok(presenters.route(call, route))


def delete_route(call: Call, guid: str) -> Response:
    """Answer `DELETE /v3/routes/:guid`: a job removes the route, mapped or not."""
    route = call.route(guid)
    call.access.require_write(route.space)
    return call.accepted("route.delete", lambda: call.world.delete_route(route.guid))


def get_sharing(call: Call, guid: str, name: str) -> Response:
    """Answer `GET /v3/routes/:guid/relationships/shared_spaces`."""
    route = _sharable(call, guid, name)
    return call.ok(_sharing(call, route))


def share_route(call: Call, guid: str, name: str) -> Response:
    """Answer `POST /v3/routes/:guid/relationships/shared_spaces`."""
    route = _sharable(call, guid, name)
    call.access.require_write(route.space)
    data = call.body({"data"}).get("data")
    guids = [dig(item, "guid") for item in data] if isinstance(data, list) else []
    missing = [item for item in guids if item not in call.world.spaces or not call.access.sees_space(item)]
    if missing or not guids:
        raise unprocessable(
            f"Unable to share route '{_name(call, route)}' with spaces {missing}. "
            "Ensure the spaces exist and that you have access to them."
        )
    if route.space in guids:
        raise unprocessable(
            f"Unable to share route '{_name(call, route)}' with space "
            f"'{call.world.spaces[route.space].name}'. Routes cannot be shared into the space where "
            "they were created."
        )
    for space in guids:
        call.world.share_route(route, space)
    return call.ok(_sharing(call, route))


def unshare_route(call: Call, guid: str, name: str, space: str) -> Response:
    """Answer `DELETE /v3/routes/:guid/relationships/shared_spaces/:space_guid`."""
    route = _sharable(call, guid, name)
    call.access.require_write(route.space)
    if space not in route.shared_spaces:
        raise unprocessable(
            f"Unable to unshare route '{_name(call, route)}' from space '{space}'. Ensure the space "
            "exists and the route has been shared to this space."
        )
    call.world.unshare_route(route, space)
    return call.ok(None, 204)


def _sharable(call: Call, guid: str, name: str) -> Route:
    if name != "shared_spaces":
        raise unknown_request()
    if not call.world.settings.route_sharing:
        raise feature_disabled("route_sharing")
    return call.route(guid)


def _sharing(call: Call, route: Route) -> dict[str, Any]:
    link = call.url("routes", route.guid, "relationships", "shared_spaces")
    return presenters.references(route.shared_spaces) | {"links": {"self": link}}


def _name(call: Call, route: Route) -> str:
    return f"{route.host}.{call.world.domains[route.domain].name}{route.path}"
