"""Writes to internal routes. Cloud Controller's are not all repeatable, so what is unclear is read again."""

from __future__ import annotations

import contextlib
import time
from typing import TYPE_CHECKING

from reconciler.cf.directory import Directory, name_spaces
from reconciler.cf.survey import internal_routes
from reconciler.errors import NotFoundError, PlatformError, RejectedError, UnavailableError, UnreachableError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from reconciler.cf.cloud_controller import CloudController, DestinationRow, RouteRow
    from reconciler.cf.paging import Listing
    from reconciler.model.names import AppRef, SpaceRef
    from reconciler.model.route import InternalRoute

JOB_SECONDS = 300.0
"""How long a deletion may take: it waits in Cloud Controller's queue behind whatever else is there."""

JOB_PAUSES = (0.2, 0.5, 1.0, 2.0, 3.0)
"""Seconds between looks at a job; the last one repeats. The cf CLI looks every 3 s."""


class RouteWrites:
    """Route changes, by names of one reading. `pause` is how it waits, in seconds."""

    def __init__(
        self, controller: CloudController, directory: Directory, pause: Callable[[float], None] = time.sleep
    ) -> None:
        self._controller = controller
        self._directory = directory
        self._pause = pause

    def create(self, route: InternalRoute, space: SpaceRef) -> None:
        """Make a route. It is fine if the space has it already. Raise RejectedError if somebody else has it.

        A hostname is taken in the whole foundation at once, and the refusal does not say by whom.
        Source: cloud_controller_ng `app/actions/route_create.rb`.
        """
        domain_guid = self._directory.domain_guid(route.domain)
        space_guid = self._directory.space_guid(space)
        for last_time in (False, True):
            try:
                self._controller.create_route(route.host, domain_guid, space_guid)
            except PlatformError as error:
                if not (isinstance(error, RejectedError) or error.outcome_unknown):
                    raise
                if self._settle(route, space_guid, error):
                    return
                # The new reading shows that the lost creation did not happen, so it may be sent once more.
                if last_time:
                    raise
            else:
                return

    def add(self, route: InternalRoute, app: AppRef) -> None:
        """Map an app to a route."""
        self._controller.add_destination(self._guid(route), self._directory.app_guid(app))

    def remove(self, route: InternalRoute, app: AppRef) -> None:
        """Unmap an app from a route, all its process types. It is fine if it is gone already."""
        app_guid = self._directory.app_guid(app)
        found = self._look_up(route)
        if found is None:
            return
        self._unmap_all(found.guid, [item for item in found.destinations if item.app_guid == app_guid])

    def delete(self, route: InternalRoute, apps: Iterable[AppRef]) -> bool:
        """Delete a route with these apps mapped to it. Return False, and only unmap them, if others are mapped too.

        One call takes the mappings along: were they taken first, a deletion that fails would leave an empty route, of
        which nobody can tell whether it is kept on purpose.
        """
        found = self._look_up(route)
        if found is None:
            return True
        ours = {self._directory.app_guid(app) for app in apps}
        mapped = [item for item in found.destinations if item.app_guid in ours]
        if len(mapped) < len(found.destinations):
            self._unmap_all(found.guid, mapped)
            return False
        try:
            job = self._controller.delete_route(found.guid)
        except NotFoundError:
            return True
        try:
            self._await(job, route)
        except (UnreachableError, UnavailableError, NotFoundError) as error:
            # The deletion was accepted; losing sight of its job does not stop it.
            error.outcome_unknown = True
            raise
        return True

    def _settle(self, route: InternalRoute, space_guid: str, error: PlatformError) -> bool:
        """Find out what a refused or lost creation means: True if the route is there, False if it may be sent again."""
        try:
            listing = self._listed(route)
        except PlatformError as blind:
            blind.outcome_unknown = error.outcome_unknown
            raise
        found = self._picked(listing, route)
        if found is None:
            if not self._is_hidden(route, error):
                if isinstance(error, RejectedError):
                    raise error
                return False
            # The filter for hosts may mind the case, and nobody knows the owner's spelling.
            with contextlib.suppress(PlatformError):
                listing = self._controller.routes_on([self._directory.domain_guid(route.domain)])
                found = self._picked(listing, route)
        if found is not None and found.space_guid == space_guid:
            return True
        owners = name_spaces(listing.spaces.values(), listing.orgs)
        owner = None if found is None or found.space_guid is None else owners.get(found.space_guid)
        whose = f"the space {owner}" if owner else "a space you cannot see"
        raise RejectedError(
            f"the hostname {route} belongs to {whose}",
            hint="choose another host, or ask its owner to delete or share the route",
            method="POST",
            path="/v3/routes",
            status=error.status,
            request_id=error.request_id,
        ) from error

    def _is_hidden(self, route: InternalRoute, error: PlatformError) -> bool:
        if not isinstance(error, RejectedError):
            return False
        return self._controller.host_is_taken(self._directory.domain_guid(route.domain), route.host)

    def _look_up(self, route: InternalRoute) -> RouteRow | None:
        return self._picked(self._listed(route), route)

    def _listed(self, route: InternalRoute) -> Listing[RouteRow]:
        # Whether the filter minds the case depends on the foundation's database, so the spelling last seen goes along.
        spellings = {route.host, self._directory.hosts.get(route, route.host)}
        return self._controller.routes_by_host([self._directory.domain_guid(route.domain)], spellings)

    def _picked(self, listing: Listing[RouteRow], route: InternalRoute) -> RouteRow | None:
        return internal_routes(listing.rows.values(), self._directory.domains).get(route)

    def _guid(self, route: InternalRoute) -> str:
        found = self._look_up(route)
        if found is None:
            raise NotFoundError(f"the route {route} does not exist, or you cannot see it", hint="plan again")
        return found.guid

    def _mapped(self, route_guid: str) -> tuple[DestinationRow, ...]:
        try:
            return self._controller.destinations(route_guid)
        except NotFoundError:
            return ()

    def _unmap_all(self, route_guid: str, items: Iterable[DestinationRow]) -> None:
        begun = False
        for item in items:
            try:
                self._unmap(route_guid, item)
            except PlatformError as error:
                # Half of it may be done: nobody may say that nothing was changed.
                error.outcome_unknown = error.outcome_unknown or begun
                raise
            begun = True

    def _unmap(self, route_guid: str, item: DestinationRow) -> None:
        try:
            self._controller.remove_destination(route_guid, item.guid)
        except (RejectedError, NotFoundError):
            # A destination that is gone is refused like a wrong one; only a new reading tells them apart.
            if any(item.guid == other.guid for other in self._mapped(route_guid)):
                raise

    def _await(self, job: str, route: InternalRoute) -> None:
        waited = 0.0
        looks = 0
        while waited <= JOB_SECONDS:
            state, reason = self._controller.job(job)
            if state == "COMPLETE":
                return
            if state == "FAILED":
                raise RejectedError(
                    f"Cloud Controller could not delete the route {route}: {reason}", method="GET", path=job
                )
            pause = JOB_PAUSES[min(looks, len(JOB_PAUSES) - 1)]
            self._pause(pause)
            waited += pause
            looks += 1
        raise UnavailableError(
            f"the route {route} is still being deleted after {JOB_SECONDS:.0f} s",
            hint="plan again later to see whether it is gone",
            method="GET",
            path=job,
        )
