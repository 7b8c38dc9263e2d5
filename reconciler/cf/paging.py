"""Lists of Cloud Controller, read page by page."""

from __future__ import annotations

from collections import deque
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Generic, NamedTuple, TypeVar

from reconciler.cf.fields import FieldError, described, entries, items, text, whole
from reconciler.cf.root import local_path

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable
    from concurrent.futures import Future

    from reconciler.cf.api import Api
    from reconciler.cf.exchange import Answer
    from reconciler.errors import UnexpectedAnswerError

PAGE_SIZE = 5000
"""Rows asked for at once: the most that Cloud Controller gives. Source: `app/messages/list_message.rb`."""

PARALLEL = 4
"""Pages under way at a time: each costs Cloud Controller a query over thousands of rows."""

MAX_PAGES = 1000
"""Pages after which a list is not believed."""

MAX_ROWS = 500_000
"""Rows after which a list is not believed: more than the largest foundations have of anything."""


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

    def add(self, other: Listing[Row]) -> None:
        """Take in another listing, which counts as the later one."""
        self.rows.update(other.rows)
        self.spaces.update(other.spaces)
        self.orgs.update(other.orgs)


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
    """Read all pages of all queries. Raise UnexpectedAnswerError when a list stays shorter than it announces.

    Pages are live views without a snapshot: while something is added or deleted, a row may come twice, or be skipped.
    The later reading of a GUID counts, and a list with skipped rows is read once more.
    """
    listing: Listing[Row] = Listing()
    for query in queries:
        listing.add(_whole(_List(api, path, query, page_size), parse))
    return listing


def read_first_page(
    api: Api, path: str, query: str, parse: Callable[[object], Row], page_size: int = PAGE_SIZE
) -> tuple[Listing[Row], bool]:
    """Read one page at most, and say whether it holds the whole list."""
    listing, extent, answer = _read(_List(api, path, query, page_size), parse, 1)
    if extent.pages > 1:
        return listing, False
    if len(listing.rows) < extent.rows:
        raise _incomplete(answer, extent, listing)
    return listing, True


class _List(NamedTuple):
    """What is asked for."""

    api: Api
    path: str
    query: str
    page_size: int

    def page(self, number: int) -> Answer:
        filters = f"{self.query}&" if self.query else ""
        return self.api.get(f"{self.path}?{filters}page={number}&per_page={self.page_size}")


class _Extent(NamedTuple):
    """How long a list says it is."""

    pages: int
    rows: int


def _whole(asked: _List, parse: Callable[[object], Row]) -> Listing[Row]:
    listing, extent, answer = _read(asked, parse, MAX_PAGES)
    if len(listing.rows) < extent.rows:
        listing, extent, answer = _read(asked, parse, MAX_PAGES)
    if len(listing.rows) < extent.rows:
        # A list cut short would read as a world without the rest, and a plan would create it again.
        raise _incomplete(answer, extent, listing)
    return listing


def _incomplete(answer: Answer, extent: _Extent, listing: Listing[Row]) -> UnexpectedAnswerError:
    return answer.unexpected(f"announces {extent.rows} rows, and its pages hold {len(listing.rows)}")


def _read(asked: _List, parse: Callable[[object], Row], most: int) -> tuple[Listing[Row], _Extent, Answer]:
    """Ask for pages by number, as many as page 1 announces: a later page may announce none at all.

    The numbers are ours, so links that lead in circles lead nowhere.
    Source: cloud_controller_ng `lib/cloud_controller/paging`.
    """
    listing: Listing[Row] = Listing()
    first = asked.page(1)
    with described(first):
        body = entries(first.json())
        extent = _extent(body)
    more = _pages(asked, range(2, min(extent.pages, most) + 1))
    with closing(more):
        going_on = _take(first, body, listing, parse, asked.page_size)
        for answer in more if going_on else ():
            if not _take(answer, None, listing, parse, asked.page_size):
                break
    return listing, extent, first


def _pages(asked: _List, numbers: range) -> Generator[Answer, None, None]:
    """Ask for pages side by side and give them in order. No more are under way than a few, nor kept than that."""
    if not numbers:
        return
    pool = ThreadPoolExecutor(min(PARALLEL, len(numbers)), thread_name_prefix="c2c-pages")
    try:
        waiting: deque[Future[Answer]] = deque()
        for number in numbers:
            waiting.append(pool.submit(asked.page, number))
            if len(waiting) >= PARALLEL:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        pool.shutdown(cancel_futures=True)


def _take(
    answer: Answer,
    decoded: dict[str, object] | None,
    listing: Listing[Row],
    parse: Callable[[object], Row],
    page_size: int,
) -> bool:
    """Add the rows of a page, decoded or not, to the listing; say whether it had any."""
    with described(answer):
        body = entries(answer.json()) if decoded is None else decoded
        _check_next(answer, body)
        resources = items(body, "resources")
        if len(resources) > page_size:
            raise FieldError("resources", f"has {len(resources)} rows where {page_size} were asked for")
        for index, resource in enumerate(resources):
            listing.rows[text(_placed(index, resource), "guid")] = _parsed(parse, index, resource)
        _add_included(listing, body)
        if max(len(listing.rows), len(listing.spaces), len(listing.orgs)) > MAX_ROWS:
            raise FieldError("resources", f"go on after {MAX_ROWS} rows")
    return bool(resources)


def _extent(body: dict[str, object]) -> _Extent:
    pages, rows = whole(body, "pagination", "total_pages"), whole(body, "pagination", "total_results")
    if not 0 <= pages <= MAX_PAGES:
        raise FieldError("pagination.total_pages", f"is {pages}, and more than {MAX_PAGES} are not believed")
    if not 0 <= rows <= MAX_ROWS:
        raise FieldError("pagination.total_results", f"is {rows}, and more than {MAX_ROWS} are not believed")
    # A list without rows has one page that is empty, but not every version counts it.
    return _Extent(max(pages, 1), rows)


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
