"""A foundation on a loopback port, for everything that speaks HTTP for itself."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import socket
import threading
from typing import TYPE_CHECKING, cast

import uvicorn
from starlette.applications import Starlette
from starlette.routing import Mount
from uvicorn.protocols.http.h11_impl import H11Protocol

from reconciler.simulator.exchange import ConnectionDroppedError, Request, Response

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import FrameType

    from starlette.types import Receive, Scope, Send

    from reconciler.simulator.foundation import Foundation

_BACKLOG = 2048
_STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM)


def application(foundation: Foundation) -> Starlette:
    """Make an ASGI application that hands every path and method to the foundation, nothing decoded."""

    async def endpoint(scope: Scope, receive: Receive, send: Send) -> None:
        request = await _read(scope, receive)
        try:
            answer = foundation.handle(request)
        except ConnectionDroppedError:
            await _hang_up(scope, receive)
        else:
            await asyncio.sleep(answer.delay)
            await _write(answer, send)

    return Starlette(routes=[Mount("/", app=endpoint)])


async def _read(scope: Scope, receive: Receive) -> Request:
    pieces: list[bytes] = []
    more = True
    while more:
        message = await receive()
        pieces.append(message.get("body", b""))
        more = message.get("more_body", False)
    headers = tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in scope["headers"])
    path = scope.get("raw_path") or scope["path"].encode()
    query = scope["query_string"]
    return Request(scope["method"], path.decode("latin-1"), query.decode("latin-1"), headers, b"".join(pieces))


async def _write(answer: Response, send: Send) -> None:
    headers = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in answer.headers]
    if answer.status not in {204, 304}:
        headers.append((b"content-length", str(len(answer.body)).encode()))
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": answer.body})


async def _hang_up(scope: Scope, receive: Receive) -> None:
    """Break the connection without an answer."""
    transport = scope.get("state", {}).get("transport")
    if transport is None:
        raise ConnectionDroppedError(refused=False)
    transport.abort()
    while (await receive())["type"] != "http.disconnect":
        pass


class _Protocol(H11Protocol):
    """HTTP/1.1 that lets the application break its connection."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self.app_state = {**self.app_state, "transport": transport}


class _Server(uvicorn.Server):
    """Says when it is ready and ends quietly when told to stop."""

    def __init__(self, config: uvicorn.Config, on_ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._on_ready = on_ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._on_ready()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        before = {number: signal.signal(number, self._stop) for number in _STOP_SIGNALS}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def _stop(self, number: int, frame: FrameType | None) -> None:
        self.handle_exit(number, frame)


def serve(foundation: Foundation, host: str, port: int, on_ready: Callable[[str], None]) -> None:
    """Serve until SIGINT or SIGTERM. Port 0 stands for any free one; `on_ready` receives the URL.

    Raise OSError when the address cannot be used.
    """
    with _listen(host, port) as listener:
        url = _point_to(foundation, listener)
        _Server(_config(foundation), lambda: on_ready(url)).run(sockets=[listener])


@contextlib.contextmanager
def running(foundation: Foundation) -> Iterator[str]:
    """Serve in a thread on a free loopback port as long as the context lasts; give the URL."""
    ready = threading.Event()
    with _listen("127.0.0.1", 0) as listener:
        url = _point_to(foundation, listener)
        server = _Server(_config(foundation), ready.set)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        ready.wait()
        try:
            yield url
        finally:
            server.should_exit = True
            thread.join()


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(_BACKLOG)
    except OSError:
        listener.close()
        raise
    return listener


def _point_to(foundation: Foundation, listener: socket.socket) -> str:
    """Let every link of the foundation begin with the address that it really has."""
    host, port = cast("tuple[str, int]", listener.getsockname()[:2])
    foundation.base_url = f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
    return foundation.base_url


def _config(foundation: Foundation) -> uvicorn.Config:
    return uvicorn.Config(
        application(foundation),
        http=_Protocol,
        ws="none",
        lifespan="off",
        log_config=None,
        log_level="critical",
        access_log=False,
        proxy_headers=False,
        server_header=False,
        timeout_graceful_shutdown=5,
        h11_max_incomplete_event_size=2 * 1024 * 1024,
    )
