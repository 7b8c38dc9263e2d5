"""A process that reads one list of policies for another one: the answer comes in, its columns go out.

Reading half a million policies takes as long as asking for all apps and routes and reading those, and neither needs the
other. Where anything is wrong with a list nothing goes out: it is read again where the words for that are known.
"""

from __future__ import annotations

from array import array
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, BinaryIO, cast

from msgspec import DecodeError, Struct, msgpack

from reconciler.cf.policy_list import PLACE, PolicyList, read_policies
from reconciler.errors import PlatformError
from reconciler.model.policy import Opening
from reconciler.processes import processors, start

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from concurrent.futures import Future

    from reconciler.cf.exchange import Answer


LONG = 2**24
"""Bytes from which on a list is worth handing over."""


class _Columns(Struct, array_like=True):
    guids: list[str]
    openings: list[Opening]
    sources: bytes
    destinations: bytes
    opened: bytes


_PACKED = msgpack.Decoder(_Columns)


class PolicyProcess:
    """The side that asks, about one list."""

    def __init__(self) -> None:
        self._process = start(__name__)
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="c2c-policies")
        self._asked: Future[PolicyList | None] | None = None

    def ask(self, body: bytes) -> None:
        """Have the list read, and do not wait for it."""
        with suppress(RuntimeError):  # as many threads as this user or container may have
            self._asked = self._thread.submit(self._exchange, body)

    def wait(self) -> PolicyList | None:
        """Wait for the list. None where it has to be read here."""
        return None if self._asked is None else self._asked.result()

    def end(self) -> None:
        """Stop the process, and give back what it holds. Who waits for its answer is told that it ended."""
        self._process.kill()
        self._thread.shutdown()
        with suppress(OSError), self._process:
            pass

    def _exchange(self, body: bytes) -> PolicyList | None:
        try:
            with cast("BinaryIO", self._process.stdin) as asking:
                asking.write(body)
            return unpack(cast("BinaryIO", self._process.stdout).read())
        except (OSError, ValueError, DecodeError):
            return None  # no such process here, or no longer


@contextmanager
def read_meanwhile(ask: Callable[[], Answer]) -> Iterator[Callable[[], PolicyList]]:
    """Ask for a list, and have it read while the `with` block goes on. The function that is given waits for the list.

    The list was asked for first, so where both fail it is the error of the list that is raised.
    """
    with _process() as process:
        answer = ask()
        if process is None or len(answer.body) < LONG:
            found = read_policies(answer)
            yield lambda: found
            return

        def policies() -> PolicyList:
            return process.wait() or read_policies(answer)

        process.ask(answer.body)
        try:
            yield policies
        except PlatformError:
            policies()
            raise


@contextmanager
def _process() -> Iterator[PolicyProcess | None]:
    """Start a process and end it; None where there can be none, or no processor for it."""
    process = None
    if processors() > 1:
        with suppress(OSError):
            process = PolicyProcess()
    try:
        yield process
    finally:
        if process is not None:
            process.end()


def pack(policies: PolicyList) -> bytes:
    """Write a list as bytes."""
    columns = (policies.sources, policies.destinations, policies.opened)
    return msgpack.encode(_Columns(policies.guids, policies.openings, *(column.tobytes() for column in columns)))


def unpack(content: bytes) -> PolicyList:
    """Read what `pack` wrote. Raise DecodeError or ValueError when it is something else."""
    found = _PACKED.decode(content)
    columns = (found.sources, found.destinations, found.opened)
    return PolicyList(found.guids, found.openings, *(array(PLACE, column) for column in columns))
