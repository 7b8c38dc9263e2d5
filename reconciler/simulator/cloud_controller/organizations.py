"""Organizations, spaces and the roles in them: what they are and who may see them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reconciler.model.names import fold
from reconciler.simulator.cloud_controller import presenters
from reconciler.simulator.cloud_controller.errors import not_found
from reconciler.simulator.cloud_controller.filters import ListQuery, ListSpec, narrowed, read_list_query
from reconciler.simulator.cloud_controller.labels import change_metadata
from reconciler.simulator.cloud_controller.paging import present_page

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from reconciler.simulator.cloud_controller.call import Call
    from reconciler.simulator.entities import Organization, Role, Space
    from reconciler.simulator.exchange import Response

_BY_NAME = ("created_at", "updated_at", "name")
_ORGANIZATIONS = ListSpec(("names", "label_selector"), orders=_BY_NAME)
_SPACES = ListSpec(("names", "organization_guids", "label_selector"), includes=("org", "organization"), orders=_BY_NAME)
_ROLES = ListSpec(
    ("organization_guids", "space_guids", "user_guids", "types"), includes=("user", "organization", "space")
)


def list_organizations(call: Call) -> Response:
    """Answer `GET /v3/organizations`."""
    query = read_list_query(call.request.query, _ORGANIZATIONS)
    found = _organizations(call, query)
    seen = [item for item in found if call.access.sees_organization(item) and query.matches(item)]
    return call.ok(present_page(call, query, seen, presenters.organization))


def _organizations(call: Call, query: ListQuery) -> Iterable[Organization]:
    names = query.get("names")
    named = map(call.world.organization_named, names) if names is not None else call.world.organizations.values()
    return narrowed({item.guid: item for item in named if item}.values(), query.chosen("guids"), _guid)


def get_organization(call: Call, guid: str) -> Response:
    """Answer `GET /v3/organizations/:guid`."""
    return call.ok(presenters.organization(call, call.organization(guid)))


def change_organization(call: Call, guid: str) -> Response:
    """Answer `PATCH /v3/organizations/:guid`, metadata only."""
    item = call.organization(guid)
    call.access.require_admin()
    change_metadata(item, call.body({"metadata"}).get("metadata"), call.world.settings)
    item.updated_at = call.world.stamp()
    return call.ok(presenters.organization(call, item))


def list_spaces(call: Call) -> Response:
    """Answer `GET /v3/spaces`."""
    query = read_list_query(call.request.query, _SPACES)
    seen = [item for item in _spaces(call, query) if call.access.sees(item) and query.matches(item)]

    def include(shown: Sequence[Space]) -> dict[str, Any]:
        if not query.includes("organization") and not query.includes("org"):
            return {}
        return {"organizations": included_organizations(call, (item.organization for item in shown))}

    return call.ok(present_page(call, query, seen, presenters.space, include))


def _spaces(call: Call, query: ListQuery) -> Iterable[Space]:
    organizations = query.get("organization_guids")
    found: Iterable[Space] = call.world.spaces.values()
    if organizations is not None:
        found = (item for guid in dict.fromkeys(organizations) for item in call.world.spaces_in(guid))
    names = query.get("names")
    folded = None if names is None else frozenset(map(fold, names))
    return narrowed(narrowed(found, query.chosen("guids"), _guid), folded, lambda item: fold(item.name))


def included_organizations(call: Call, guids: Iterable[str]) -> list[dict[str, Any]]:
    """Write the organizations that go along with a list, each once."""
    found = (call.world.organizations[guid] for guid in dict.fromkeys(guids))
    return [presenters.organization(call, item) for item in found if call.access.sees_organization(item)]


def included_spaces(call: Call, guids: Iterable[str]) -> list[dict[str, Any]]:
    """Write the visible spaces that go along with a list, each once."""
    found = (call.world.spaces[guid] for guid in dict.fromkeys(guids))
    return [presenters.space(call, item) for item in found if call.access.sees(item)]


def space_includer(call: Call, query: ListQuery) -> Callable[[Sequence[Any]], dict[str, Any]]:
    """Make what gathers the spaces and organizations of listed apps or routes."""

    def include(shown: Sequence[Any]) -> dict[str, Any]:
        included: dict[str, Any] = {}
        with_organizations = query.includes("org") or query.includes("space.organization")
        if query.includes("space") or with_organizations:
            included["spaces"] = included_spaces(call, (item.space for item in shown))
        if with_organizations:
            spaces = (call.world.spaces[item.space] for item in shown)
            included["organizations"] = included_organizations(call, (item.organization for item in spaces))
        return included

    return include


def get_space(call: Call, guid: str) -> Response:
    """Answer `GET /v3/spaces/:guid`."""
    return call.ok(presenters.space(call, call.space(guid)))


def change_space(call: Call, guid: str) -> Response:
    """Answer `PATCH /v3/spaces/:guid`, metadata only."""
    item = call.space(guid)
    call.access.require_admin()
    change_metadata(item, call.body({"metadata"}).get("metadata"), call.world.settings)
    item.updated_at = call.world.stamp()
    return call.ok(presenters.space(call, item))


def get_space_feature(call: Call, guid: str, name: str) -> Response:
    """Answer `GET /v3/spaces/:guid/features/ssh`."""
    call.space(guid)
    if name != "ssh":
        raise not_found("Feature")
    return call.ok({"name": "ssh", "description": "Enable SSHing into apps in the space.", "enabled": True})


def get_isolation_segment(call: Call, guid: str) -> Response:
    """Answer `GET /v3/spaces/:guid/relationships/isolation_segment`: there is none."""
    call.space(guid)
    return call.ok({"data": None, "links": {"self": call.url("spaces", guid, "relationships", "isolation_segment")}})


def list_roles(call: Call) -> Response:
    """Answer `GET /v3/roles`; only space developers exist here."""
    query = read_list_query(call.request.query, _ROLES)
    types, users, spaces = query.chosen("types"), query.chosen("user_guids"), query.chosen("space_guids")
    found: Iterable[Role] = call.world.roles.values()
    found = narrowed(found, query.chosen("guids"), _guid)
    found = narrowed(narrowed(found, types, lambda item: item.type), users, lambda item: item.user)
    found = narrowed(found, spaces, lambda item: item.space)
    if query.get("organization_guids") is not None:
        found = ()
    seen = [item for item in found if call.access.sees_space(item.space)]

    def include(shown: Sequence[Role]) -> dict[str, Any]:
        return {"spaces": included_spaces(call, (item.space for item in shown))} if query.includes("space") else {}

    return call.ok(present_page(call, query, seen, presenters.role, include))


def _guid(item: Organization | Space | Role) -> str:
    return item.guid
