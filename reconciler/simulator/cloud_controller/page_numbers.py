"""The two parameters that say which page of a list is wanted.

Source: cloud_controller_ng `app/messages/list_message.rb`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.simulator.cloud_controller.errors import bad_query

if TYPE_CHECKING:
    from collections.abc import Mapping

MAX_PER_PAGE = 5000
DEFAULT_PER_PAGE = 50


def page_numbers(raw: Mapping[str, str]) -> tuple[int, int]:
    """Give the page and its size. Raise ApiError for what is no such number."""
    problems = []
    page = _number(raw.get("page"), 1)
    per_page = _number(raw.get("per_page"), DEFAULT_PER_PAGE)
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
