"""Lists in pages, with the links that lead from page to page.

Source: cloud_controller_ng `app/presenters/v3/paginated_list_presenter.rb`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlencode

from reconciler.simulator.entities import Resource, Role

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from reconciler.simulator.cloud_controller.call import Call
    from reconciler.simulator.cloud_controller.filters import ListQuery

Listed = TypeVar("Listed", bound=Resource | Role)


def present_page(
    call: Call,
    query: ListQuery,
    found: Iterable[Listed],
    present: Callable[[Call, Listed], dict[str, Any]],
    include: Callable[[Sequence[Listed]], dict[str, Any]] | None = None,
) -> dict[str, Any]:
    """Sort what was found, cut the page out and present it."""
    page, per_page = query.page, query.per_page
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
