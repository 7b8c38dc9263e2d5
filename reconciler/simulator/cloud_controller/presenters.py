"""The JSON form of every resource.

Source: cloud_controller_ng `app/presenters/v3/*.rb`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

    from reconciler.simulator.cloud_controller.call import Call
    from reconciler.simulator.entities import (
        App,
        Destination,
        Domain,
        Job,
        Labelled,
        Organization,
        Resource,
        Role,
        Route,
        Space,
    )

Json = dict[str, Any]


def reference(guid: str | None) -> Json:
    """Write a relationship to one resource."""
    return {"data": {"guid": guid} if guid else None}


def references(guids: Iterable[str]) -> Json:
    """Write a relationship to many resources."""
    return {"data": [{"guid": guid} for guid in guids]}


def _stem(item: Resource) -> Json:
    return {"guid": item.guid, "created_at": item.created_at, "updated_at": item.updated_at}


def _metadata(item: Labelled) -> Json:
    return {"labels": item.labels, "annotations": item.annotations}


def organization(call: Call, item: Organization) -> Json:
    """Write an organization."""
    link = call.url("organizations", item.guid)["href"]
    return _stem(item) | {
        "name": item.name,
        "suspended": item.suspended,
        "relationships": {"quota": reference(item.quota)},
        "metadata": _metadata(item),
        "links": {
            "self": {"href": link},
            "domains": {"href": f"{link}/domains"},
            "default_domain": {"href": f"{link}/domains/default"},
            "quota": call.url("organization_quotas", item.quota),
        },
    }


def space(call: Call, item: Space) -> Json:
    """Write a space."""
    link = call.url("spaces", item.guid)["href"]
    return _stem(item) | {
        "name": item.name,
        "suspended": False,
        "relationships": {"organization": reference(item.organization), "quota": reference(None)},
        "metadata": _metadata(item),
        "links": {
            "self": {"href": link},
            "organization": call.url("organizations", item.organization),
            "features": {"href": f"{link}/features"},
            "apply_manifest": {"href": f"{link}/actions/apply_manifest", "method": "POST"},
        },
    }


_LIFECYCLES: dict[str, Json] = {
    "buildpack": {"buildpacks": [], "stack": "cflinuxfs4"},
    "cnb": {"buildpacks": [], "stack": "cflinuxfs4"},
    "docker": {},
}


def app(call: Call, item: App) -> Json:
    """Write an app."""
    link = call.url("apps", item.guid)["href"]
    related = ("environment_variables", "packages", "current_droplet", "droplets", "tasks", "revisions", "features")
    return _stem(item) | {
        "name": item.name,
        "state": item.state,
        "lifecycle": {"type": item.lifecycle, "data": _LIFECYCLES[item.lifecycle]},
        "relationships": {"space": reference(item.space), "current_droplet": reference(None)},
        "metadata": _metadata(item),
        "links": {
            "self": {"href": link},
            "space": call.url("spaces", item.space),
            "processes": {"href": f"{link}/processes"},
            **{name: {"href": f"{link}/{name}"} for name in related},
            "start": {"href": f"{link}/actions/start", "method": "POST"},
            "stop": {"href": f"{link}/actions/stop", "method": "POST"},
        },
    }


def environment(call: Call, item: App) -> Json:
    """Write the environment variables of an app."""
    link = call.url("apps", item.guid)["href"]
    links = {"self": {"href": f"{link}/environment_variables"}, "app": {"href": link}}
    return {"var": item.environment, "links": links}


def domain(call: Call, item: Domain) -> Json:
    """Write a domain."""
    link = call.url("domains", item.guid)["href"]
    links = {"self": {"href": link}, "route_reservations": {"href": f"{link}/route_reservations"}}
    if item.organization:
        links["organization"] = call.url("organizations", item.organization)
    return _stem(item) | {
        "name": item.name,
        "internal": item.internal,
        "router_group": None,
        "supported_protocols": ["http"],
        "relationships": {"organization": reference(item.organization), "shared_organizations": references(())},
        "metadata": _metadata(item),
        "links": links,
    }


def destination(call: Call, item: Destination) -> Json:
    """Write a destination; where the image decides the port, show what the image says."""
    shown = call.world.apps[item.app].image_port if item.port is None else item.port
    return {
        "guid": item.guid,
        "app": {"guid": item.app, "process": {"type": item.process_type}},
        "weight": None,
        "port": shown,
        "protocol": item.protocol,
        "created_at": item.created_at,
        "updated_at": item.updated_at,
    }


def destinations(call: Call, item: Route) -> list[Json]:
    """Write the destinations of a route, sorted by GUID."""
    return [destination(call, item.destinations[guid]) for guid in sorted(item.destinations)]


def destination_list(call: Call, item: Route) -> Json:
    """Write the destinations as their own endpoint shows them."""
    link = call.url("routes", item.guid)["href"]
    links = {"self": {"href": f"{link}/destinations"}, "route": {"href": link}}
    return {"destinations": destinations(call, item), "links": links}


def route(call: Call, item: Route) -> Json:
    """Write a route."""
    link = call.url("routes", item.guid)["href"]
    name = call.world.domains[item.domain].name
    return _stem(item) | {
        "protocol": "http",
        "host": item.host,
        "path": item.path,
        "port": item.port,
        "url": f"{item.host}.{name}{item.path}" if item.host else f"{name}{item.path}",
        "destinations": destinations(call, item),
        "options": {},
        "metadata": _metadata(item),
        "relationships": {"space": reference(item.space), "domain": reference(item.domain)},
        "links": {
            "self": {"href": link},
            "space": call.url("spaces", item.space),
            "destinations": {"href": f"{link}/destinations"},
            "domain": call.url("domains", item.domain),
        },
    }


def job(call: Call, item: Job) -> Json:
    """Write a job."""
    return _stem(item) | {
        "operation": item.operation,
        "state": item.state,
        "errors": item.errors,
        "warnings": [],
        "links": {"self": call.url("jobs", item.guid)},
    }


def role(call: Call, item: Role) -> Json:
    """Write a role in a space."""
    links = {"self": call.url("roles", item.guid), "user": call.url("users", item.user)}
    return {
        "guid": item.guid,
        "created_at": item.created_at,
        "updated_at": item.created_at,
        "type": item.type,
        "relationships": {
            "user": reference(item.user),
            "space": reference(item.space),
            "organization": reference(None),
        },
        "links": links | {"space": call.url("spaces", item.space)},
    }


def process(call: Call, item: App) -> Json:
    """Write the `web` process of an app; it has the GUID of the app."""
    link = call.url("processes", item.guid)["href"]
    return _stem(item) | {
        "version": item.updated_at,
        "type": "web",
        "command": None,
        "user": "vcap",
        "instances": item.instances,
        "memory_in_mb": 256,
        "disk_in_mb": 1024,
        "log_rate_limit_in_bytes_per_second": -1,
        "health_check": {"type": "port", "data": {"timeout": None, "invocation_timeout": None, "interval": None}},
        "readiness_health_check": {"type": "process", "data": {"invocation_timeout": None, "interval": None}},
        "metadata": {"labels": {}, "annotations": {}},
        "relationships": {"app": reference(item.guid), "revision": None},
        "links": {
            "self": {"href": link},
            "scale": {"href": f"{link}/actions/scale", "method": "POST"},
            "app": call.url("apps", item.guid),
            "space": call.url("spaces", item.space),
            "stats": {"href": f"{link}/stats"},
            "process_instances": {"href": f"{link}/process_instances"},
        },
    }
