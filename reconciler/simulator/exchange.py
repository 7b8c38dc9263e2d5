"""Requests and responses as plain values, so that one handler serves every transport."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import orjson

if TYPE_CHECKING:
    from collections.abc import Iterable

Headers = tuple[tuple[str, str], ...]
"""Header lines in the order sent; names in any case, repeated names allowed."""


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP request. `path` and `query` are raw: exactly the bytes of the request line, nothing decoded."""

    method: str
    path: str
    query: str = ""
    headers: Headers = ()
    body: bytes = b""

    def header(self, name: str) -> str | None:
        """Give the first header of that name, or None."""
        wanted = name.lower()
        return next((value for key, value in self.headers if key.lower() == wanted), None)


@dataclass(frozen=True, slots=True)
class Response:
    """One HTTP response. `delay` is how many seconds a transport holds it back."""

    status: int
    headers: Headers = ()
    body: bytes = b""
    delay: float = 0.0

    def header(self, name: str) -> str | None:
        """Give the first header of that name, or None."""
        wanted = name.lower()
        return next((value for key, value in self.headers if key.lower() == wanted), None)

    def json(self) -> Any:  # noqa: ANN401  # whatever the body holds
        """Read the body as JSON."""
        return orjson.loads(self.body)

    def adding(self, headers: Iterable[tuple[str, str]]) -> Response:
        """Give the same response with more headers."""
        return replace(self, headers=(*self.headers, *headers))


class ConnectionDroppedError(Exception):
    """The foundation breaks the connection instead of answering.

    `refused` means that the request never arrived; otherwise it may have been carried out.
    """

    def __init__(self, *, refused: bool) -> None:
        super().__init__("connection refused" if refused else "connection closed without an answer")
        self.refused = refused


def json_response(status: int, payload: object, content_type: str, headers: Headers = ()) -> Response:
    """Answer with compact JSON."""
    return Response(status, (("Content-Type", content_type), *headers), orjson.dumps(payload))


def text_response(status: int, text: str, headers: Headers = ()) -> Response:
    """Answer with plain text, as Go's `net/http` labels it."""
    return Response(status, (("Content-Type", "text/plain; charset=utf-8"), *headers), text.encode())
