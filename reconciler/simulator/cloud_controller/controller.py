"""From a request to the handler that answers it."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from reconciler.simulator.cloud_controller import apps, destinations, domains, organizations, roots, routes
from reconciler.simulator.cloud_controller.access import find_access
from reconciler.simulator.cloud_controller.call import Call
from reconciler.simulator.cloud_controller.errors import ApiError, service_unavailable, unknown_error, unknown_request
from reconciler.simulator.exchange import Request, Response
from reconciler.simulator.faults import Effect

if TYPE_CHECKING:
    from reconciler.simulator.uaa.tokens import TokenOffice
    from reconciler.simulator.world import World

Handler = Callable[..., Response]
"""A handler takes the call and the variable segments of the path."""

_HANDLERS: dict[str, Handler] = {
    "GET organizations": organizations.list_organizations,
    "GET organizations/:": organizations.get_organization,
    "PATCH organizations/:": organizations.change_organization,
    "GET spaces": organizations.list_spaces,
    "GET spaces/:": organizations.get_space,
    "PATCH spaces/:": organizations.change_space,
    "GET spaces/:/features/:": organizations.get_space_feature,
    "GET spaces/:/relationships/isolation_segment": organizations.get_isolation_segment,
    "GET roles": organizations.list_roles,
    "GET apps": apps.list_apps,
    "POST apps": apps.create_app,
    "GET apps/:": apps.get_app,
    "PATCH apps/:": apps.change_app,
    "DELETE apps/:": apps.delete_app,
    "POST apps/:/actions/:": apps.act_on_app,
    "GET apps/:/environment_variables": apps.get_environment,
    "PATCH apps/:/environment_variables": apps.change_environment,
    "GET apps/:/routes": routes.list_app_routes,
    "GET apps/:/processes": apps.list_app_processes,
    "GET apps/:/processes/:": apps.get_app_process,
    "GET apps/:/processes/:/stats": apps.get_app_process_stats,
    "GET processes": apps.list_processes,
    "GET processes/:": apps.get_process,
    "GET processes/:/stats": apps.get_process_stats,
    "GET domains": domains.list_domains,
    "POST domains": domains.create_domain,
    "GET domains/:": domains.get_domain,
    "PATCH domains/:": domains.change_domain,
    "DELETE domains/:": domains.delete_domain,
    "GET domains/:/route_reservations": domains.get_reservations,
    "GET routes": routes.list_routes,
    "POST routes": routes.create_route,
    "GET routes/:": routes.get_route,
    "PATCH routes/:": routes.change_route,
    "DELETE routes/:": routes.delete_route,
    "GET routes/:/destinations": destinations.list_destinations,
    "POST routes/:/destinations": destinations.add_destinations,
    "PATCH routes/:/destinations": destinations.replace_destinations,
    "PATCH routes/:/destinations/:": destinations.change_destination,
    "DELETE routes/:/destinations/:": destinations.remove_destination,
    "GET routes/:/relationships/:": routes.get_sharing,
    "POST routes/:/relationships/:": routes.share_route,
    "DELETE routes/:/relationships/:/:": routes.unshare_route,
    "GET jobs/:": roots.get_job,
}


@dataclass(slots=True)
class _Node:
    """One segment of the known paths. A fixed segment goes before a variable one."""

    fixed: dict[str, _Node] = field(default_factory=dict)
    variable: _Node | None = None
    handlers: dict[str, Handler] = field(default_factory=dict)

    def child(self, segment: str) -> _Node:
        if segment != ":":
            return self.fixed.setdefault(segment, _Node())
        self.variable = self.variable or _Node()
        return self.variable


def _tree() -> _Node:
    top = _Node()
    for key, handler in _HANDLERS.items():
        method, _, path = key.partition(" ")
        node = top
        for segment in path.split("/"):
            node = node.child(segment)
        node.handlers[method] = handler
    return top


_TREE = _tree()


def _find(method: str, path: str) -> tuple[Handler, list[str]]:
    node, variables = _TREE, []
    for segment in path.removeprefix("/v3/").split("/"):
        if segment in node.fixed:
            node = node.fixed[segment]
        elif node.variable is not None and segment:
            node = node.variable
            variables.append(segment)
        else:
            raise unknown_request()
    if method not in node.handlers:
        raise unknown_request()
    return node.handlers[method], variables


@dataclass(slots=True)
class CloudController:
    """Serves requests as Cloud Controller gets them. `base` is the URL that its links begin with."""

    world: World
    tokens: TokenOffice
    base: str

    def handle(self, request: Request, effects: AbstractSet[Effect] = frozenset()) -> Response:
        """Answer one request. `effects` is what is wrong with this server now."""
        user = ""
        try:
            if request.path in {"/", ""}:
                answer = roots.root(self.base, self.world.settings)
            elif request.path == "/v3":
                answer = roots.v3_root(self.base)
            else:
                call = self._call(request, effects)
                user = call.access.user
                answer = self._answer(call, effects)
        except ApiError as error:
            answer = error.response()
        return answer.adding(_context(request, user, self.world.new_guid()))

    def _call(self, request: Request, effects: AbstractSet[Effect]) -> Call:
        if not request.path.startswith("/v3/"):
            raise unknown_request()
        access = find_access(self.world, self.tokens, request.header("Authorization"), request.method)
        return Call(self.world, request, access, self.base, Effect.JOB_FAILS in effects)

    def _answer(self, call: Call, effects: AbstractSet[Effect]) -> Response:
        if Effect.UNKNOWN_ERROR in effects:
            raise unknown_error()
        if Effect.SERVICE_UNAVAILABLE in effects:
            raise service_unavailable("Database connection failure")
        self.world.settle_jobs()
        handler, variables = _find(call.request.method, call.request.path)
        return handler(call, *variables)


def _context(request: Request, user: str, fresh: str) -> list[tuple[str, str]]:
    """Give the headers that say which request this was and whose.

    Source: cloud_controller_ng `middleware/vcap_request_context_setter.rb`, `middleware/security_context_setter.rb`.
    """
    given = request.header("X-VCAP-Request-ID") or request.header("X-Request-ID")
    headers = [("X-VCAP-Request-ID", f"{given}::{fresh}" if given else fresh)]
    return [*headers, ("X-USER-GUID", user)] if user else headers
