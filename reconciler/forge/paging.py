"""Lists over several pages. Only the query of a link is used: whatever host it names, the token stays where it is."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from reconciler.forge.exchange import Call
from reconciler.wire.urls import URL_LIMIT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reconciler.forge.exchange import Answer
    from reconciler.forge.http import Http

MOST_PAGES = 200
"""GitHub takes 2,500 comments on a pull request; GitLab counts its own notes about every push among them."""

_LINK = re.compile(r"<([^<>]*)>\s*((?:;[^,;]*)*)")
_NEXT = re.compile(r';\s*rel\s*=\s*"?next"?\s*(?:;|$)', re.IGNORECASE)


def listed(http: Http, path: str, query: str) -> Iterator[tuple[Answer, Any]]:
    """Give every item of a list with the answer that it came in. Raise UnexpectedAnswerError for a list without end."""
    for _ in range(MOST_PAGES):
        answer = http.send(Call("GET", f"{path}?{query}"))
        found = answer.json()
        if not isinstance(found, list):
            raise answer.unexpected("is not a list")
        yield from ((answer, item) for item in found)
        following = next_query(answer.headers.get("link", ""))
        if not following:
            return
        if len(following) > URL_LIMIT:
            raise answer.unexpected("names a next page by an address that is too long")
        query = following
    raise answer.unexpected(f"has more than {MOST_PAGES} pages")


def next_query(link: str) -> str | None:
    """Take the query of the link to the next page, from a `Link` header (RFC 8288)."""
    for target, attributes in _LINK.findall(link):
        if _NEXT.search(attributes):
            try:
                query = urlsplit(target).query
            except ValueError:
                return None
            return query if query.isascii() and query.isprintable() else None
    return None
