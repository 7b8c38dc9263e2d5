"""Domains: shared ones, of which some are internal."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from reconciler.simulator.cloud_controller import presenters
from reconciler.simulator.cloud_controller.errors import unprocessable
from reconciler.simulator.cloud_controller.filters import ListSpec, narrowed, read_list_query
from reconciler.simulator.cloud_controller.labels import change_metadata
from reconciler.simulator.cloud_controller.paging import present_page

if TYPE_CHECKING:
    from collections.abc import Iterable

    from reconciler.simulator.cloud_controller.call import Call
    from reconciler.simulator.entities import Domain
    from reconciler.simulator.exchange import Response

_DOMAINS = ListSpec(("names", "organization_guids", "label_selector"))


def list_domains(call: Call) -> Response:
    """Answer `GET /v3/domains`; there is no filter for internal domains."""
    query = read_list_query(call.request.query, _DOMAINS)
    names = query.get("names")
    named = map(call.world.domain_named, names) if names is not None else call.world.domains.values()
    found: Iterable[Domain] = {item.guid: item for item in named if item}.values()
    found = narrowed(found, query.chosen("guids"), lambda item: item.guid)
    found = narrowed(found, query.chosen("organization_guids"), lambda item: item.organization or "")
    seen = [item for item in found if call.access.sees_domain(item) and query.matches(item)]
    return call.ok(present_page(call, query, seen, presenters.domain))


def get_domain(call: Call, guid: str) -> Response:
    """Answer `GET /v3/domains/:guid`."""
    return call.ok(presenters.domain(call, call.domain(guid)))


def create_domain(call: Call) -> Response:
    """Answer `POST /v3/domains` for shared domains; only admins make those."""
    body = call.body({"name", "internal", "metadata", "router_group", "relationships"})
    call.access.require_admin()
    name = body.get("name")
    if not isinstance(name, str) or not name:
        raise unprocessable("Name can't be blank")
    if call.world.domain_named(name) is not None:
        raise unprocessable(f'The domain name "{name}" is already in use')
    domain = call.world.add_domain(name, internal=bool(body.get("internal")))
    change_metadata(domain, body.get("metadata"), call.world.settings)
    return call.ok(presenters.domain(call, domain), 201)


def change_domain(call: Call, guid: str) -> Response:
    """Answer `PATCH /v3/domains/:guid`: metadata."""
    domain = call.domain(guid)
    call.access.require_admin()
    change_metadata(domain, call.body({"metadata"}).get("metadata"), call.world.settings)
    return call.ok(presenters.domain(call, domain))


def delete_domain(call: Call, guid: str) -> Response:
    """Answer `DELETE /v3/domains/:guid`: a job removes the domain and its routes."""
    domain = call.domain(guid)
    call.access.require_admin()
    return call.accepted("domain.delete", lambda: call.world.delete_domain(domain.guid))


def get_reservations(call: Call, guid: str) -> Response:
    """Answer `GET /v3/domains/:guid/route_reservations`, also for routes that the caller cannot see."""
    domain = call.domain(guid)
    query = dict(parse_qsl(call.request.query))
    port = int(query["port"]) if query.get("port", "").isdigit() else None
    route = call.world.route_at(domain.guid, query.get("host", ""), query.get("path", ""), port)
    return call.ok({"matching_route": route is not None})
