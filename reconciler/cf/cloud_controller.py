"""Cloud Controller's API v3: thin readers that give typed rows, and single writes."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypeVar
from urllib.parse import quote

from msgspec import UNSET
from msgspec.json import Decoder

from reconciler.cf.decoding import shaped
from reconciler.cf.fields import described, entries, flag, items, text
from reconciler.cf.paging import (
    ORGS,
    PAGE_SIZE,
    SPACES,
    Listing,
    OrgRow,
    Row,
    RowKind,
    SpaceRow,
    read_first_page,
    read_listing,
)
from reconciler.cf.queries import BATCH, LINE, MAX_BATCHES, batches, filters
from reconciler.cf.root import local_path
from reconciler.cf.shapes import App, Destination, Destinations, Domain, Role, Route
from reconciler.wire.attempts import Effect

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from reconciler.cf.api import Api
    from reconciler.cf.exchange import Answer

_Shape = TypeVar("_Shape")
_WITH_OWNERS = {"include": ["space.organization"]}
WEB = "web"
"""The process type that a destination means when it names none. Source: `app/actions/update_route_destinations.rb`."""


class AppRow(NamedTuple):
    """An app as Cloud Controller lists it."""

    guid: str
    name: str
    space_guid: str
    labels: Mapping[str, str]


class DomainRow(NamedTuple):
    """A domain. Only the flag tells whether it is internal: there is no filter for it."""

    guid: str
    name: str
    internal: bool


class DestinationRow(NamedTuple):
    """One app process mapped to a route."""

    guid: str
    app_guid: str
    process_type: str


class RouteRow(NamedTuple):
    """A route with its destinations. `space_guid` is None where the platform gives none."""

    guid: str
    host: str
    path: str | None
    domain_guid: str
    space_guid: str | None
    destinations: tuple[DestinationRow, ...]


class RoleRow(NamedTuple):
    """A role of a user. `space_guid` is None for a role in an organization."""

    guid: str
    type: str
    user_guid: str
    space_guid: str | None


def _app_row(shape: App) -> AppRow:
    labels = {} if shape.metadata is UNSET else shape.metadata.labels
    return AppRow(shape.guid, shape.name, shape.relationships.space.data.guid, labels)


def _domain_row(shape: Domain) -> DomainRow:
    return DomainRow(shape.guid, shape.name, shape.internal)


def _route_row(shape: Route) -> RouteRow:
    space = shape.relationships.space.data
    return RouteRow(
        shape.guid,
        shape.host,
        shape.path or None,
        shape.relationships.domain.data.guid,
        None if space is None else space.guid,
        _destination_rows(shape.destinations),
    )


def _destination_rows(shapes: list[Destination]) -> tuple[DestinationRow, ...]:
    return tuple(
        DestinationRow(shape.guid, shape.app.guid, WEB if shape.app.process is UNSET else shape.app.process.type)
        for shape in shapes
    )


def _role_row(shape: Role) -> RoleRow:
    where = shape.relationships.space
    space = None if where is UNSET else where.data
    return RoleRow(shape.guid, shape.type, shape.relationships.user.data.guid, None if space is None else space.guid)


_APPS, _DOMAINS, _ROLES = RowKind(App, _app_row), RowKind(Domain, _domain_row), RowKind(Role, _role_row)
_ROUTES, _ROUTE, _DESTINATIONS = RowKind(Route, _route_row), Decoder(Route), Decoder(Destinations)


class CloudController:
    """The calls this tool makes. Lists are read whole; `page_size` is for tests of paging."""

    def __init__(self, api: Api, page_size: int = PAGE_SIZE) -> None:
        self._api = api
        self._page_size = page_size

    def organizations(self, names: Iterable[str] | None) -> dict[str, OrgRow]:
        """List organizations by name, in any case; None lists all."""
        queries = [""] if names is None else batched("names", names)
        return self._listing("/v3/organizations", queries, ORGS).rows

    def spaces(self, org_guids: Iterable[str], names: Iterable[str] | None) -> dict[str, SpaceRow]:
        """List the spaces of organizations, by name or all. The answer may hold more: the caller picks."""
        guids, wanted = sorted(set(org_guids)), None if names is None else sorted(set(names))
        if wanted is not None and max(len(wanted), len(guids)) <= BATCH:
            both = filters({"names": wanted, "organization_guids": guids})
            if len(both) <= LINE:
                return self._listing("/v3/spaces", [both], SPACES).rows
        return self._listing("/v3/spaces", batched("organization_guids", guids), SPACES).rows

    def apps_in(self, space_guids: Iterable[str]) -> dict[str, AppRow]:
        """List the apps of spaces. The answer may hold more: the caller picks."""
        return self._listing("/v3/apps", batched("space_guids", space_guids), _APPS).rows

    def apps_by_guid(self, guids: Iterable[str]) -> Listing[AppRow]:
        """List apps wherever they are, with their spaces and organizations. The answer may hold more."""
        return self._listing("/v3/apps", batched("guids", guids, _WITH_OWNERS), _APPS)

    def domains(self) -> dict[str, DomainRow]:
        """List all domains that the caller may see."""
        return self._listing("/v3/domains", [""], _DOMAINS).rows

    def routes_in(self, domain_guids: Iterable[str], space_guids: Iterable[str]) -> tuple[Listing[RouteRow], bool]:
        """List routes on the domains that spaces own or share, and say whether the list holds only those.

        The filter finds routes shared into a space, too. Source: cloud_controller_ng `app/fetchers/route_fetcher.rb`.
        """
        fixed = {"domain_guids": sorted(domain_guids), **_WITH_OWNERS}
        queries = batched("space_guids", space_guids, fixed)
        return self._listing("/v3/routes", queries, _ROUTES), queries != [filters(fixed)]

    def routes_by_host(self, domain_guids: Iterable[str], hosts: Iterable[str]) -> Listing[RouteRow]:
        """List routes by host on any of the domains, whoever owns them. The answer may hold more."""
        fixed = {"domain_guids": sorted(domain_guids), **_WITH_OWNERS}
        return self._listing("/v3/routes", batched("hosts", hosts, fixed), _ROUTES)

    def routes_on(self, domain_guids: Iterable[str]) -> Listing[RouteRow]:
        """List all routes on the domains that the caller may see, however many."""
        query = filters({"domain_guids": sorted(domain_guids), **_WITH_OWNERS})
        return self._listing("/v3/routes", [query], _ROUTES)

    def routes_by_host_in_any_case(self, domain_guids: Iterable[str], hosts: Iterable[str]) -> Listing[RouteRow]:
        """List routes by host, whoever owns them and however the host is written. The answer may hold more.

        Whether the filter for hosts minds the case depends on the foundation's database, so where all routes of the
        domains fit one page, they are listed without it; elsewhere the usual spellings are asked for.
        """
        query = filters({"domain_guids": sorted(domain_guids), **_WITH_OWNERS})
        listing, complete = read_first_page(self._api, "/v3/routes", query, _ROUTES, self._page_size)
        if not complete:
            listing.add(self.routes_by_host(domain_guids, {form for host in hosts for form in spellings(host)}))
        return listing

    def host_is_taken(self, domain_guid: str, host: str) -> bool:
        """Say whether a route exists, even one that the caller may not see."""
        answer = self._api.get(f"/v3/domains/{_segment(domain_guid)}/route_reservations?{filters({'host': [host]})}")
        with described(answer):
            return flag(answer.json(), "matching_route")

    def space_roles(self, user_guid: str, types: Iterable[str]) -> dict[str, frozenset[str]]:
        """List the spaces, by GUID, in which a user or client has roles of these types.

        One page: whoever has more than 5,000 such roles is taken to have those that it names.
        """
        query = filters({"types": sorted(types), "user_guids": [user_guid]})
        found: dict[str, set[str]] = {}
        listing, _ = read_first_page(self._api, "/v3/roles", query, _ROLES)
        for row in listing.rows.values():
            if row.space_guid is not None and row.user_guid == user_guid:
                found.setdefault(row.type, set()).add(row.space_guid)
        return {kind: frozenset(guids) for kind, guids in found.items()}

    def environment(self, app_guid: str) -> dict[str, object]:
        """Read an app's own environment variables. They are secrets: keep what is needed and drop the rest."""
        answer = self._api.get(f"/v3/apps/{_segment(app_guid)}/environment_variables")
        with described(answer):
            return entries(answer.json(), "var")

    def set_environment(self, app_guid: str, variables: Mapping[str, str | None]) -> None:
        """Merge variables into an app's environment; None removes one."""
        self._api.write("PATCH", f"/v3/apps/{_segment(app_guid)}/environment_variables", {"var": dict(variables)})

    def create_route(self, host: str, domain_guid: str, space_guid: str) -> RouteRow:
        """Make a route. Sent once: Cloud Controller refuses a second one as if somebody else had made the first."""
        relationships = {"domain": {"data": {"guid": domain_guid}}, "space": {"data": {"guid": space_guid}}}
        body = {"host": host, "relationships": relationships}
        answer = self._api.write("POST", "/v3/routes", body, effect=Effect.ONCE)
        with described(answer):
            return _route_row(shaped(answer, _ROUTE))

    def delete_route(self, route_guid: str) -> str:
        """Ask for the deletion of a route. Return the path of the job that does it."""
        answer = self._api.write("DELETE", f"/v3/routes/{_segment(route_guid)}")
        return _job_path(answer)

    def job(self, path: str) -> tuple[str, str]:
        """Read the state of a job and, where it failed, the reason."""
        answer = self._api.get(path)
        with described(answer):
            body = answer.json()
            errors = items(body, "errors") if "errors" in entries(body) else []
            details = [
                item["detail"] for item in errors if isinstance(item, dict) and isinstance(item.get("detail"), str)
            ]
            return text(body, "state"), "; ".join(details) or "no reason given"

    def destinations(self, route_guid: str) -> tuple[DestinationRow, ...]:
        """Read what is mapped to a route now. This list has no pages."""
        answer = self._api.get(f"/v3/routes/{_segment(route_guid)}/destinations")
        with described(answer):
            return _destination_rows(shaped(answer, _DESTINATIONS).destinations)

    def add_destination(self, route_guid: str, app_guid: str) -> None:
        """Map an app's web process to a route. It may be there already.

        Without a port: one given here would rewrite the ports of the app's process, and could take 8080 and with it
        the platform's TLS away. Source: cloud_controller_ng `lib/cloud_controller/process_route_handler.rb`.
        """
        body = {"destinations": [{"app": {"guid": app_guid}}]}
        self._api.write("POST", f"/v3/routes/{_segment(route_guid)}/destinations", body)

    def remove_destination(self, route_guid: str, destination_guid: str) -> None:
        """Unmap a destination. One that is gone already is refused with 422."""
        self._api.write("DELETE", f"/v3/routes/{_segment(route_guid)}/destinations/{_segment(destination_guid)}")

    def _listing(self, path: str, queries: Iterable[str], kind: RowKind[_Shape, Row]) -> Listing[Row]:
        return read_listing(self._api, path, queries, kind, self._page_size)


def batched(name: str, values: Iterable[str], fixed: Mapping[str, Iterable[str]] | None = None) -> list[str]:
    """Write the queries for all values of a filter; where they would be many, one that leaves the filter out."""
    beside = fixed or {}
    queries = list(batches(name, values, beside))
    return queries if len(queries) <= MAX_BATCHES else [filters(beside)]


def spellings(host: str) -> frozenset[str]:
    """Write a host as people do: as it is, small, Capitalised, With-Each-Part-So, and LARGE."""
    return frozenset({host, host.lower(), host.capitalize(), host.title(), host.upper()})


def _job_path(answer: Answer) -> str:
    location = answer.headers.get("location")
    if location is None:
        raise answer.unexpected("names no job")
    return local_path(answer, location, "job")


def _segment(guid: str) -> str:
    return quote(guid, safe="")
