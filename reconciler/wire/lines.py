"""Connections that one request at a time uses, and that can be cut when its time is over.

The time-outs of the library below start anew with every byte. A server that drips bytes, or repeats `100 Continue`,
never runs into them; only the clock of the whole request ends that.
"""

from __future__ import annotations

import contextlib
import socket
import threading
from typing import TYPE_CHECKING, Generic, Protocol, Self, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping


class Closable(Protocol):
    """A client of the library below."""

    def close(self) -> None:
        """End all connections."""


Client = TypeVar("Client", bound=Closable)


class Line(Generic[Client]):
    """A client with its own connections, used by one request at a time."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self._sockets: list[socket.socket] = []
        self._lock = threading.Lock()
        self.cut = False

    def trace(self, event: str, info: Mapping[str, object]) -> None:
        """Take note of new connections. The library calls this; TLS replaces the socket below it."""
        if not event.endswith((".connect_tcp.complete", ".start_tls.complete")):
            return
        extra = getattr(info.get("return_value"), "get_extra_info", None)
        found = extra("socket") if callable(extra) else None
        if isinstance(found, socket.socket):
            with self._lock:
                self._sockets = [known for known in self._sockets if known.fileno() >= 0]
                self._sockets.append(found)
                late = self.cut
            if late:
                _shut(found)

    def end(self) -> None:
        """Cut every connection: whoever waits for bytes on one gets the end of the stream."""
        with self._lock:
            self.cut = True
            sockets = list(self._sockets)
        for one in sockets:
            _shut(one)


class Deadline:
    """A clock that cuts a line unless it is stopped. It can be set anew."""

    def __init__(self, line: Line[Client]) -> None:
        self._end: Callable[[], None] = line.end
        self._timer: threading.Timer | None = None

    def set(self, seconds: float) -> None:
        """Cut the line after so many seconds from now."""
        self.stop()
        self._timer = threading.Timer(min(seconds, threading.TIMEOUT_MAX), self._end)
        self._timer.daemon = True
        self._timer.start()

    def stop(self) -> None:
        """Do not cut the line any more."""
        if self._timer is not None:
            self._timer.cancel()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


class Lines(Generic[Client]):
    """As many lines as there were requests at once. A line that was cut is not used again."""

    def __init__(self, make: Callable[[], Client]) -> None:
        self._make = make
        self._lock = threading.Lock()
        self._idle: list[Line[Client]] = [Line(make())]

    @contextlib.contextmanager
    def one(self) -> Iterator[Line[Client]]:
        """Lend a line."""
        with self._lock:
            # A clock that was stopped too late has cut a line after its request.
            whole = [line for line in self._idle if not line.cut]
            line = whole.pop() if whole else None
            self._idle = whole
        line = line or Line(self._make())
        try:
            yield line
        finally:
            if line.cut:
                line.client.close()
            else:
                with self._lock:
                    self._idle.append(line)

    def close(self) -> None:
        """Close the lines that nobody uses."""
        with self._lock:
            idle, self._idle = self._idle, []
        for line in idle:
            line.client.close()


def _shut(one: socket.socket) -> None:
    # The plain socket's own method: that of a TLS socket would take its state away from the thread that reads.
    with contextlib.suppress(OSError):
        socket.socket.shutdown(one, socket.SHUT_RDWR)
