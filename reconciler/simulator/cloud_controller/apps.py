"""Apps, their environment variables and their processes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from reconciler.model.names import fold
from reconciler.simulator.cloud_controller import presenters
from reconciler.simulator.cloud_controller.call import dig
from reconciler.simulator.cloud_controller.errors import (
    not_authorized,
    not_found,
    not_unique,
    unknown_request,
    unprocessable,
)
from reconciler.simulator.cloud_controller.filters import ListQuery, ListSpec, narrowed, read_list_query
from reconciler.simulator.cloud_controller.labels import change_metadata
from reconciler.simulator.cloud_controller.organizations import space_includer
from reconciler.simulator.cloud_controller.paging import present_page
from reconciler.simulator.cloud_controller.stats import instance_stats

if TYPE_CHECKING:
    from collections.abc import Iterable

    from reconciler.simulator.cloud_controller.call import Call
    from reconciler.simulator.entities import App
    from reconciler.simulator.exchange import Response

_APPS = ListSpec(
    ("names", "organization_guids", "space_guids", "stacks", "lifecycle_type", "label_selector"),
    includes=("space", "org", "space.organization"),
    orders=("created_at", "updated_at", "name", "state"),
)
_PROCESSES = ListSpec(("types", "organization_guids", "space_guids", "app_guids", "label_selector"))
_RESERVED = re.compile(r"VCAP_.*|VMC.*|PORT", re.IGNORECASE | re.DOTALL)
_STATES = {"start": "STARTED", "restart": "STARTED", "stop": "STOPPED"}


def list_apps(call: Call) -> Response:
    """Answer `GET /v3/apps`."""
    query = read_list_query(call.request.query, _APPS)
    seen = [item for item in _found(call, query) if call.access.sees_app(item) and query.matches(item)]
    return call.ok(present_page(call, query, seen, presenters.app, space_includer(call, query)))


def _found(call: Call, query: ListQuery) -> Iterable[App]:
    """Apply the filters, starting from the one with the best index."""
    world = call.world
    guids, spaces, names = query.get("guids"), query.get("space_guids"), query.get("names")
    found: Iterable[App]
    if guids is not None:
        found = (world.apps[guid] for guid in dict.fromkeys(guids) if guid in world.apps)
    elif spaces is not None:
        found = (item for guid in dict.fromkeys(spaces) for item in world.apps_in(guid))
    elif names is not None:
        found = {item.guid: item for item in world.apps_named(names)}.values()
    else:
        found = world.apps.values()
    folded = None if names is None else frozenset(map(fold, names))
    found = narrowed(narrowed(found, query.chosen("space_guids"), lambda item: item.space), folded, _folded)
    kinds = query.chosen("lifecycle_type")
    found = narrowed(found, kinds, lambda item: item.lifecycle)
    return narrowed(found, query.chosen("organization_guids"), lambda item: world.spaces[item.space].organization)


def _folded(item: App) -> str:
    return fold(item.name)


def get_app(call: Call, guid: str) -> Response:
    """Answer `GET /v3/apps/:guid`."""
    return call.ok(presenters.app(call, call.app(guid)))


def create_app(call: Call) -> Response:
    """Answer `POST /v3/apps`."""
    body = call.body({"name", "relationships", "environment_variables", "lifecycle", "metadata"})
    name, space = body.get("name"), dig(body, "relationships", "space", "data", "guid")
    if not isinstance(name, str) or not name:
        raise unprocessable("Name must be a string" if name is not None else "Name can't be blank")
    if space not in call.world.spaces or not call.access.sees_space(space):
        raise unprocessable("Invalid space. Ensure that the space exists and you have access to it.")
    call.access.require_write(space)
    if call.world.app_named(space, name) is not None:
        raise not_unique(f"App with the name '{name}' already exists.")
    app = call.world.add_app(space, name)
    app.state = "STOPPED"
    app.lifecycle = dig(body, "lifecycle", "type") or "buildpack"
    app.environment = dict(body.get("environment_variables") or {})
    change_metadata(app, body.get("metadata"), call.world.settings)
    return call.ok(presenters.app(call, app), 201)


def change_app(call: Call, guid: str) -> Response:
    """Answer `PATCH /v3/apps/:guid`: name and metadata."""
    app = call.writable_app(guid)
    body = call.body({"name", "metadata", "lifecycle"})
    change_metadata(app, body.get("metadata"), call.world.settings)
    name = body.get("name", app.name)
    if fold(name) != fold(app.name) and call.world.app_named(app.space, name) is not None:
        raise not_unique(f"App with the name '{name}' already exists.")
    call.world.rename_app(app, name)
    app.updated_at = call.world.stamp()
    return call.ok(presenters.app(call, app))


def delete_app(call: Call, guid: str) -> Response:
    """Answer `DELETE /v3/apps/:guid`: a job removes the app and its destinations."""
    app = call.writable_app(guid)
    return call.accepted("app.delete", lambda: call.world.delete_app(app.guid))


def act_on_app(call: Call, guid: str, action: str) -> Response:
    """Answer `POST /v3/apps/:guid/actions/start`, `stop` and `restart`."""
    if action not in _STATES:
        raise unknown_request()
    app = call.writable_app(guid)
    app.state = _STATES[action]
    if app.state == "STARTED":
        call.world.restart(app)
    app.updated_at = call.world.stamp()
    return call.ok(presenters.app(call, app))


def get_environment(call: Call, guid: str) -> Response:
    """Answer `GET /v3/apps/:guid/environment_variables`; auditors may not read them."""
    app = call.app(guid)
    if not call.access.sees_environments and app.space not in call.access.spaces:
        raise not_authorized()
    return call.ok(presenters.environment(call, app))


def change_environment(call: Call, guid: str) -> Response:
    """Answer `PATCH /v3/apps/:guid/environment_variables`: merge, null removes.

    Source: cloud_controller_ng `app/messages/update_environment_variables_message.rb`.
    """
    app = call.writable_app(guid)
    changes = call.body({"var"}).get("var")
    if not isinstance(changes, dict):
        raise unprocessable("Var must be an object")
    _check_variables(changes)
    merged = app.environment | changes
    app.environment = {name: value for name, value in merged.items() if value is not None}
    app.updated_at = call.world.stamp()
    return call.ok(presenters.environment(call, app))


def _check_variables(changes: dict[str, Any]) -> None:
    for name, value in changes.items():
        if _RESERVED.fullmatch(name):
            rule = (
                "set PORT" if name.upper() == "PORT" else f"start with {'VCAP_' if name[:2].upper() == 'VC' else 'VMC'}"
            )
            raise unprocessable(f"Var cannot {rule}")
        if value is not None and not isinstance(value, str):
            raise unprocessable(f"Non-string value in environment variable for key '{name}', value '{value}'")


def list_processes(call: Call) -> Response:
    """Answer `GET /v3/processes`: the `web` process of every visible app."""
    query = read_list_query(call.request.query, _PROCESSES)
    wanted = query.chosen("app_guids")
    seen = [item for item in call.world.apps.values() if call.access.sees_app(item)]
    found = narrowed(narrowed(seen, wanted, lambda item: item.guid), query.chosen("guids"), lambda item: item.guid)
    return call.ok(present_page(call, query, _of_type(query, found), presenters.process))


def list_app_processes(call: Call, guid: str) -> Response:
    """Answer `GET /v3/apps/:guid/processes`."""
    query = read_list_query(call.request.query, _PROCESSES)
    return call.ok(present_page(call, query, _of_type(query, [call.app(guid)]), presenters.process))


def _of_type(query: ListQuery, found: Iterable[App]) -> list[App]:
    return list(found) if "web" in (query.get("types") or ["web"]) else []


def get_process(call: Call, guid: str) -> Response:
    """Answer `GET /v3/processes/:guid`."""
    return call.ok(presenters.process(call, _with_process(call, guid)))


def get_app_process(call: Call, guid: str, kind: str) -> Response:
    """Answer `GET /v3/apps/:guid/processes/:type`."""
    app = call.app(guid)
    if kind != "web":
        raise not_found("Process")
    return call.ok(presenters.process(call, app))


def get_process_stats(call: Call, guid: str) -> Response:
    """Answer `GET /v3/processes/:guid/stats`."""
    return call.ok({"resources": instance_stats(_with_process(call, guid), call.world.now())})


def get_app_process_stats(call: Call, guid: str, kind: str) -> Response:
    """Answer `GET /v3/apps/:guid/processes/:type/stats`."""
    app = call.app(guid)
    if kind != "web":
        raise not_found("Process")
    return call.ok({"resources": instance_stats(app, call.world.now())})


def _with_process(call: Call, guid: str) -> App:
    app = call.world.apps.get(guid)
    if app is None or not call.access.sees_app(app):
        raise not_found("Process")
    return app
