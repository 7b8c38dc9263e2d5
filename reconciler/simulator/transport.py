"""An httpx transport that reaches a foundation in this process, without sockets."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import httpx

from reconciler.simulator.exchange import ConnectionDroppedError, Request, Response

if TYPE_CHECKING:
    from collections.abc import Callable

    from reconciler.simulator.foundation import Foundation


class EmbeddedTransport(httpx.BaseTransport):
    """Hands requests to `Foundation.handle`.

    A dropped connection becomes httpx.ConnectError or httpx.ReadError, a delay longer than the client's read
    time-out becomes httpx.ReadTimeout at once; shorter delays are spent in `sleep`.
    """

    def __init__(self, foundation: Foundation, *, sleep: Callable[[float], None] = time.sleep) -> None:
        self.foundation = foundation
        self._sleep = sleep

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Answer one request."""
        try:
            answer = self.foundation.handle(_plain(request))
        except ConnectionDroppedError as error:
            kind = httpx.ConnectError if error.refused else httpx.ReadError
            raise kind(str(error), request=request) from error
        self._hold_back(request, answer)
        headers = [(name, value) for name, value in answer.headers if name.lower() != "content-length"]
        return httpx.Response(answer.status, headers=headers, content=answer.body)

    def _hold_back(self, request: httpx.Request, answer: Response) -> None:
        if not answer.delay:
            return
        limit = request.extensions.get("timeout", {}).get("read")
        if limit is not None and answer.delay > limit:
            raise httpx.ReadTimeout("timed out", request=request)
        self._sleep(answer.delay)


def _plain(request: httpx.Request) -> Request:
    path, _, query = request.url.raw_path.decode("ascii").partition("?")
    headers = tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in request.headers.raw)
    return Request(request.method, path, query, headers, request.read())
