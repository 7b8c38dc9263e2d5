"""Lists of Cloud Controller, read page by page."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Generic, NamedTuple, TypeVar

from reconciler.cf.fields import FieldError, described, entries, items, text, whole
from reconciler.cf.root import local_path

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from reconciler.cf.api import Api
    from reconciler.cf.exchange import Answer

PAGE_SIZE = 5000
"""Rows asked for at once: the most that Cloud Controller gives. Source: `app/messages/list_message.rb`."""

MAX_PAGES = 1000
"""Pages after which a list is not believed: five million rows."""


class SpaceRow(NamedTuple):
    """A space as Cloud Controller lists it."""

    guid: str
    name: str
    org_guid: str


class OrgRow(NamedTuple):
    """An organization as Cloud Controller lists it."""

    guid: str
    name: str


Row = TypeVar("Row")


@dataclass(slots=True)
class Listing(Generic[Row]):
    """Rows by GUID, and the spaces and organizations that came with them."""

    rows: dict[str, Row] = field(default_factory=dict)
    spaces: dict[str, SpaceRow] = field(default_factory=dict)
    orgs: dict[str, OrgRow] = field(default_factory=dict)


def org_row(value: object) -> OrgRow:
    """Read an organization. Raise FieldError."""
    return OrgRow(text(value, "guid"), text(value, "name"))


def space_row(value: object) -> SpaceRow:
    """Read a space. Raise FieldError."""
    guid = text(value, "relationships", "organization", "data", "guid")
    return SpaceRow(text(value, "guid"), text(value, "name"), guid)


def read_listing(
    api: Api, path: str, queries: Iterable[str], parse: Callable[[object], Row], page_size: int = PAGE_SIZE
) -> Listing[Row]:
    """Read all pages of all queries.

    Pages are live views without a snapshot: while something is added or deleted, a row may come twice. The later
    reading of a GUID counts.
    """
    listing: Listing[Row] = Listing()
    for query in queries:
        for answer, body in _pages(api, path, query, page_size):
            with described(answer):
                for index, resource in enumerate(items(body, "resources")):
                    listing.rows[text(_placed(index, resource), "guid")] = _parsed(parse, index, resource)
                _add_included(listing, body)
    return listing


def _pages(api: Api, path: str, query: str, page_size: int) -> Iterator[tuple[Answer, dict[str, object]]]:
    """Ask for pages by number, as many as page 1 announces: a later page may announce none at all.

    The numbers are ours, so links that lead in circles lead nowhere.
    Source: cloud_controller_ng `lib/cloud_controller/paging`.
    """
    total = 1
    number = 1
    while number <= total:
        filters = f"{query}&" if query else ""
        answer = api.get(f"{path}?{filters}page={number}&per_page={page_size}")
        with described(answer):
            body = entries(answer.json())
            if number == 1:
                total = _total_pages(body)
            _check_next(answer, body)
            last = not items(body, "resources")
        yield answer, body
        if last:
            return
        number += 1


def _total_pages(body: dict[str, object]) -> int:
    total = whole(body, "pagination", "total_pages")
    if not 0 <= total <= MAX_PAGES:
        raise FieldError("pagination.total_pages", f"is {total}, and more than {MAX_PAGES} are not believed")
    return total


def _check_next(answer: Answer, body: dict[str, object]) -> None:
    following = entries(body, "pagination").get("next")
    if following is not None:
        local_path(answer, text(following, "href"), "next")


def _placed(index: int, resource: object) -> object:
    if not isinstance(resource, dict):
        raise FieldError(f"resources[{index}]", "is not an object")
    return resource


def _parsed(parse: Callable[[object], Row], index: int, resource: object) -> Row:
    try:
        return parse(resource)
    except FieldError as error:
        raise error.within(f"resources[{index}]") from None


def _add_included(listing: Listing[Row], body: dict[str, object]) -> None:
    included = body.get("included")
    if included is None:
        return
    kinds = entries(included)
    for item in items(kinds, "spaces") if "spaces" in kinds else []:
        space = space_row(item)
        listing.spaces[space.guid] = space
    for item in items(kinds, "organizations") if "organizations" in kinds else []:
        org = org_row(item)
        listing.orgs[org.guid] = org
