"""Parsing many files: what the cache knows is taken from there, and where much is left, other processes help.

Parsing is most of the work of loading, and files have nothing to do with each other. What another process gives back is
packed documents. Whatever goes wrong there is passed over, and the file is parsed here.
"""

from __future__ import annotations

from collections import deque
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple

from reconciler.manifests.parsing.parsed import Document
from reconciler.manifests.parsing.source import parse_documents
from reconciler.processes import processors

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from concurrent.futures import Future, ThreadPoolExecutor

    from reconciler.diagnostics import Diagnostic
    from reconciler.manifests.parsing.cache import ParsedFiles
    from reconciler.manifests.parsing.parsed import Packed
    from reconciler.manifests.parsing.process import ParseProcess

    _Answer = list[Document] | Future[list[Packed] | None] | None
    """Documents that are known, those that another process is about to give, or nothing yet."""

ALONE = 2**20
"""How many bytes are parsed here before other processes are started, which takes as long as parsing about this much."""

AHEAD = 32 * 2**20
"""How many bytes may wait for other processes."""

MOST_PROCESSES = 8


class FileContent(NamedTuple):
    """A file: its name as it is shown, what it holds, and the SHA-256 of that."""

    name: str
    content: bytes
    digest: bytes


class Parsed(NamedTuple):
    """What parsing a file gave."""

    name: str
    documents: list[Document]
    problems: list[Diagnostic]


def parse_files(files: Iterable[FileContent], cache: ParsedFiles | None) -> Iterator[Parsed]:
    """Parse files, in their order. What is found is kept in the cache if there is one."""
    waiting: deque[tuple[FileContent, _Answer]] = deque()
    with _helpers() as helpers:
        for file in files:
            known = None if cache is None else cache.find(file.name, file.digest)
            waiting.append((file, known if known is not None else helpers.ask(file.content)))
            while waiting and (_is_ready(waiting[0][1]) or helpers.ahead > AHEAD):
                yield _answer(helpers, cache, *waiting.popleft())
        while waiting:
            yield _answer(helpers, cache, *waiting.popleft())


def _is_ready(answer: _Answer) -> bool:
    """Say whether the answer can be had without waiting."""
    return answer is None or isinstance(answer, list) or answer.done()


def _answer(helpers: _Helpers, cache: ParsedFiles | None, file: FileContent, answer: _Answer) -> Parsed:
    if isinstance(answer, list):
        return Parsed(file.name, answer, [])
    packed = None if answer is None else helpers.wait(answer, file.content)
    if packed is None:
        documents, problems = parse_documents(file.name, file.content)
        packed = _packed(documents) if cache is not None and not problems else None
    else:
        documents, problems = [Document.unpack(file.name, one) for one in packed], []
    if cache is not None and packed is not None:
        cache.keep(packed, file.digest)
    return Parsed(file.name, documents, problems)


def _packed(documents: list[Document]) -> list[Packed] | None:
    try:
        return [document.pack() for document in documents]
    except TypeError:
        return None  # a value that JSON cannot hold


class _Helpers:
    """Other processes, once they are worth their start. `ahead` are the bytes that they still have."""

    def __init__(self) -> None:
        self._threads: ThreadPoolExecutor | None = None
        self._idle: list[ParseProcess] = []
        self._all: list[ParseProcess] = []
        self._alone = 0
        self._are_failing = False
        self._number = min(processors(), MOST_PROCESSES)
        self.ahead = 0

    def ask(self, content: bytes) -> Future[list[Packed] | None] | None:
        """Have a file parsed; None where that is better done here."""
        self._alone += len(content)
        if self._number == 1 or self._alone <= ALONE:
            return None
        if self._threads is None:
            from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415 - for large sets only

            self._threads = ThreadPoolExecutor(self._number, thread_name_prefix="c2c-parse")
        try:
            asked = self._threads.submit(self._parse, content)
        except RuntimeError:
            self._number = 1  # as many threads and processes as this user or container may have
            return None
        self.ahead += len(content)
        return asked

    def wait(self, asked: Future[list[Packed] | None], content: bytes) -> list[Packed] | None:
        """Wait for what was asked. None where it has to be parsed here."""
        self.ahead -= len(content)
        return asked.result()

    def end(self) -> None:
        """End the processes, and with them what they still do."""
        if self._threads is not None:
            self._threads.shutdown(wait=False, cancel_futures=True)
            for process in tuple(self._all):
                process.kill()
            self._threads.shutdown()
            for process in self._all:
                process.end()

    def _parse(self, content: bytes) -> list[Packed] | None:
        """Have a process parse a file, in a thread. There are as many threads as processes."""
        if self._are_failing:
            return None
        try:
            found = (process := self._process()).parse(content)
        except (OSError, EOFError, ValueError):
            self._are_failing = True  # no such process here, or no longer
            return None
        self._idle.append(process)
        return found

    def _process(self) -> ParseProcess:
        from reconciler.manifests.parsing.process import ParseProcess  # noqa: PLC0415 - for large sets only

        try:
            return self._idle.pop()
        except IndexError:
            self._all.append(process := ParseProcess())
            return process


@contextmanager
def _helpers() -> Iterator[_Helpers]:
    helpers = _Helpers()
    try:
        yield helpers
    finally:
        helpers.end()
