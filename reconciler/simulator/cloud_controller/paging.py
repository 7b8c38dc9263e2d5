"""Lists in pages, with the links that lead from page to page.

Source: cloud_controller_ng `app/messages/list_message.rb`, `app/presenters/v3/paginated_list_presenter.rb`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlencode

from reconciler.simulator.cloud_controller.errors import bad_query
from reconciler.simulator.entities import Resource, Role

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from reconciler.simulator.cloud_controller.call import Call
    from reconciler.simulator.cloud_controller.filters import ListQuery

MAX_PER_PAGE = 5000
DEFAULT_PER_PAGE = 50

Listed = TypeVar("Listed", bound=Resource | Role)


def page_numbers(query: ListQuery) -> tuple[int, int]:
    """Give the page and its size. Raise ApiError for what is no such number."""
    problems = []
    page = _number(query.raw.get("page"), 1)
    per_page = _number(query.raw.get("per_page"), DEFAULT_PER_PAGE)
    if page < 1:
        problems.append("Page must be a positive integer")
    if per_page < 1:
        problems.append("Per page must be a positive integer")
    elif per_page > MAX_PER_PAGE:
        problems.append(f"Per page must be between 1 and {MAX_PER_PAGE}")
    if problems:
        raise bad_query(", ".join(problems))
    return page, per_page


def _number(text: str | None, default: int) -> int:
    if text is None:
        return default
    return int(text) if text.isascii() and text.isdigit() else 0


def present_page(
    call: Call,
    query: ListQuery,
    found: Iterable[Listed],
    present: Callable[[Call, Listed], dict[str, Any]],
    include: Callable[[Sequence[Listed]], dict[str, Any]] | None = None,
) -> dict[str, Any]:
    """Sort what was found, cut the page out and present it."""
    page, per_page = page_numbers(query)
    ordered = _ordered(query, found)
    shown = ordered[(page - 1) * per_page : page * per_page]
    # A page past the end has no row that could carry the window function's count.
    total = len(ordered) if shown or page == 1 else 0
    answer = {
        "pagination": _pagination(f"{call.base}{call.request.path}", query, page, per_page, total),
        "resources": [present(call, item) for item in shown],
    }
    included = include(shown) if include else {}
    return answer | ({"included": included} if included else {})


def _ordered(query: ListQuery, found: Iterable[Listed]) -> list[Listed]:
    order = query.raw.get("order_by") or ""
    name = order.lstrip("+-")
    ordered = sorted(found, key=lambda item: item.serial)
    if name:
        ordered.sort(key=lambda item: str(getattr(item, name, item.created_at)), reverse=order.startswith("-"))
    return ordered


def _pagination(url: str, query: ListQuery, page: int, per_page: int, total: int) -> dict[str, Any]:
    pages = max(1, -(-total // per_page))

    def link(number: int) -> dict[str, str]:
        values: Mapping[str, str] = query.canonical() | {"page": str(number), "per_page": str(per_page)}
        return {"href": f"{url}?{urlencode(sorted(values.items()))}"}

    return {
        "total_results": total,
        "total_pages": pages,
        "first": link(1),
        "last": link(pages),
        "next": link(page + 1) if page < pages else None,
        "previous": link(page - 1) if page > 1 else None,
    }
