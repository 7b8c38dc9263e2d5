"""One request to Cloud Controller on its way through a handler."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import orjson

from reconciler.simulator.cloud_controller.errors import JSON, bad_body, not_found, unprocessable
from reconciler.simulator.exchange import Request, Response, json_response

if TYPE_CHECKING:
    from collections.abc import Callable

    from reconciler.simulator.cloud_controller.access import Access
    from reconciler.simulator.entities import App, Domain, Organization, Route, Space
    from reconciler.simulator.world import World


@dataclass(frozen=True, slots=True)
class Call:
    """The request, who makes it, and the world that it is about. `base` is the URL of this Cloud Controller."""

    world: World
    request: Request
    access: Access
    base: str
    jobs_fail: bool = False

    def url(self, *path: str) -> dict[str, str]:
        """Give a link below `/v3`."""
        return {"href": "/".join((f"{self.base}/v3", *path))}

    def body(self, allowed: Iterable[str]) -> dict[str, Any]:
        """Read the body, a JSON object that holds only the allowed keys."""
        try:
            body = orjson.loads(self.request.body)
        except orjson.JSONDecodeError as error:
            raise bad_body() from error
        if not isinstance(body, dict):
            raise bad_body()
        unknown = [key for key in body if key not in allowed]
        if unknown:
            listed = "', '".join(unknown)
            raise unprocessable(f"Unknown field(s): '{listed}'")
        return body

    def ok(self, payload: object, status: int = 200) -> Response:
        """Answer with JSON."""
        return json_response(status, payload, JSON)

    def accepted(self, operation: str, work: Callable[[], None]) -> Response:
        """Start a job and point to it."""
        job = self.world.add_job(operation, work, fails=self.jobs_fail)
        location = self.url("jobs", job.guid)["href"]
        return Response(202, (("Content-Type", "text/html"), ("Location", location)))

    # What the caller can see

    def organization(self, guid: str) -> Organization:
        """Find a visible organization."""
        found = self.world.organizations.get(guid)
        if found is None or not self.access.sees_organization(found):
            raise not_found("Organization")
        return found

    def space(self, guid: str) -> Space:
        """Find a visible space."""
        found = self.world.spaces.get(guid)
        if found is None or not self.access.sees(found):
            raise not_found("Space")
        return found

    def app(self, guid: str) -> App:
        """Find a visible app."""
        found = self.world.apps.get(guid)
        if found is None or not self.access.sees_app(found):
            raise not_found("App")
        return found

    def domain(self, guid: str) -> Domain:
        """Find a visible domain."""
        found = self.world.domains.get(guid)
        if found is None or not self.access.sees_domain(found):
            raise not_found("Domain")
        return found

    def route(self, guid: str) -> Route:
        """Find a visible route."""
        found = self.world.routes.get(guid)
        if found is None or not self.access.sees_route(found):
            raise not_found("Route")
        return found

    def writable_app(self, guid: str) -> App:
        """Find an app that the caller may change."""
        found = self.app(guid)
        self.access.require_write(found.space)
        return found

    def writable_route(self, guid: str) -> Route:
        """Find a route that the caller may change: as its owner or through a share."""
        found = self.route(guid)
        if not any(map(self.access.may_write, (found.space, *found.shared_spaces))):
            self.access.require_write(found.space)
        return found


def dig(value: object, *keys: str) -> Any:  # noqa: ANN401  # whatever the body holds there
    """Follow keys into nested objects; None where the path ends."""
    for key in keys:
        value = value.get(key) if isinstance(value, Mapping) else None
    return value
