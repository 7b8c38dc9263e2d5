"""Lists of Cloud Controller, read page by page."""

from __future__ import annotations

from collections import deque
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from itertools import chain
from typing import TYPE_CHECKING, Generic, NamedTuple, Protocol, TypeVar

from msgspec.json import Decoder

from reconciler.cf.decoding import shaped
from reconciler.cf.fields import FieldError, described
from reconciler.cf.root import local_path
from reconciler.cf.shapes import FirstPage, Organization, Page, Space

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable
    from concurrent.futures import Future

    from reconciler.cf.api import Api
    from reconciler.cf.exchange import Answer
    from reconciler.cf.shapes import Included
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


class _Identified(Protocol):
    @property
    def guid(self) -> str: ...


Row = TypeVar("Row", bound=_Identified)
_Shape = TypeVar("_Shape")


class RowKind(Generic[_Shape, Row]):
    """How the rows of a list are written, and what is kept of each."""

    def __init__(self, shape: type[_Shape], row: Callable[[_Shape], Row]) -> None:
        self.page: Decoder[Page[_Shape]] = Decoder(Page[shape])  # type: ignore[valid-type]
        self.row = row


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


def _org_row(shape: Organization) -> OrgRow:
    return OrgRow(shape.guid, shape.name)


def _space_row(shape: Space) -> SpaceRow:
    return SpaceRow(shape.guid, shape.name, shape.relationships.organization.data.guid)


ORGS, SPACES = RowKind(Organization, _org_row), RowKind(Space, _space_row)
_FIRST = Decoder(FirstPage)


def read_listing(
    api: Api, path: str, queries: Iterable[str], kind: RowKind[_Shape, Row], page_size: int = PAGE_SIZE
) -> Listing[Row]:
    """Read all pages of all queries. Raise UnexpectedAnswerError when a list stays shorter than it announces.

    Pages are live views without a snapshot: while something is added or deleted, a row may come twice, or be skipped.
    The later reading of a GUID counts, and a list with skipped rows is read once more.
    """
    listing: Listing[Row] = Listing()
    for query in queries:
        listing.add(_whole(_List(api, path, query, page_size), kind))
    return listing


def read_first_page(
    api: Api, path: str, query: str, kind: RowKind[_Shape, Row], page_size: int = PAGE_SIZE
) -> tuple[Listing[Row], bool]:
    """Read one page at most, and say whether it holds the whole list."""
    listing, extent, answer = _read(_List(api, path, query, page_size), kind, 1)
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


def _whole(asked: _List, kind: RowKind[_Shape, Row]) -> Listing[Row]:
    listing, extent, answer = _read(asked, kind, MAX_PAGES)
    if len(listing.rows) < extent.rows:
        listing, extent, answer = _read(asked, kind, MAX_PAGES)
    if len(listing.rows) < extent.rows:
        # A list cut short would read as a world without the rest, and a plan would create it again.
        raise _incomplete(answer, extent, listing)
    return listing


def _incomplete(answer: Answer, extent: _Extent, listing: Listing[Row]) -> UnexpectedAnswerError:
    return answer.unexpected(f"announces {extent.rows} rows, and its pages hold {len(listing.rows)}")


def _read(asked: _List, kind: RowKind[_Shape, Row], most: int) -> tuple[Listing[Row], _Extent, Answer]:
    """Ask for pages by number, as many as page 1 announces: a later page may announce none at all.

    The numbers are ours, so links that lead in circles lead nowhere.
    Source: cloud_controller_ng `lib/cloud_controller/paging`.
    """
    listing: Listing[Row] = Listing()
    first = asked.page(1)
    with described(first):
        extent = _extent(first)
    more = _pages(asked, range(2, min(extent.pages, most) + 1))
    with closing(more):
        for answer in chain([first], more):
            if not _take(answer, listing, kind, asked.page_size):
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


def _take(answer: Answer, listing: Listing[Row], kind: RowKind[_Shape, Row], page_size: int) -> bool:
    """Add the rows of a page to the listing; say whether it had any."""
    with described(answer):
        page = shaped(answer, kind.page)
        if page.pagination.next is not None:
            local_path(answer, page.pagination.next.href, "next")
        if len(page.resources) > page_size:
            raise FieldError("resources", f"has {len(page.resources)} rows where {page_size} were asked for")
        listing.rows.update((row.guid, row) for row in map(kind.row, page.resources))
        if page.included is not None:
            _add_included(listing, page.included)
        if max(len(listing.rows), len(listing.spaces), len(listing.orgs)) > MAX_ROWS:
            raise FieldError("resources", f"go on after {MAX_ROWS} rows")
    return bool(page.resources)


def _add_included(listing: Listing[Row], included: Included) -> None:
    listing.spaces.update((row.guid, row) for row in map(_space_row, included.spaces))
    listing.orgs.update((row.guid, row) for row in map(_org_row, included.organizations))


def _extent(first: Answer) -> _Extent:
    said = shaped(first, _FIRST).pagination
    pages, rows = said.total_pages, said.total_results
    if not 0 <= pages <= MAX_PAGES:
        raise FieldError("pagination.total_pages", f"is {pages}, and more than {MAX_PAGES} are not believed")
    if not 0 <= rows <= MAX_ROWS:
        raise FieldError("pagination.total_results", f"is {rows}, and more than {MAX_ROWS} are not believed")
    # A list without rows has one page that is empty, but not every version counts it.
    return _Extent(max(pages, 1), rows)
