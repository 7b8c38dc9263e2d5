"""A process that parses files for another one: a file comes in, its packed documents go out, until the input ends.

Both sides send blocks of bytes, each behind its length, and before them a mark: a Python may be set up to print words
of its own where the answer is expected. An answer of no blocks means that something is wrong with the file: the words
for that need its name, so it is parsed again where that is known.
"""

from __future__ import annotations

from struct import Struct
from typing import TYPE_CHECKING, BinaryIO, cast

from reconciler.manifests.parsing.parsed import Packed
from reconciler.processes import start

if TYPE_CHECKING:
    from collections.abc import Sequence

_MARK = b"c2cparse"
_BEGINNING = Struct("<8sQ")
_LENGTH = Struct("<Q")


class ParseProcess:
    """The side that asks. Not to be used by two threads at once."""

    def __init__(self) -> None:
        self._process = start(__name__)
        self._asking = cast("BinaryIO", self._process.stdin)
        self._answers = cast("BinaryIO", self._process.stdout)

    def parse(self, content: bytes) -> list[Packed] | None:
        """Have a file parsed; None when something is wrong with it.

        Raise OSError or EOFError if the process ended, and ValueError for an answer that is none.
        """
        send(self._asking, [content])
        blocks = receive(self._answers)
        return [Packed(*pair) for pair in zip(blocks[::2], blocks[1::2], strict=True)] or None

    def kill(self) -> None:
        """Stop the process. Who waits for its answer is told that it ended."""
        self._process.kill()

    def end(self) -> None:
        """Stop the process, and give back what it holds."""
        self._process.kill()
        self._process.communicate()


def send(stream: BinaryIO, blocks: Sequence[bytes]) -> None:
    """Send blocks."""
    stream.write(_BEGINNING.pack(_MARK, len(blocks)))
    for block in blocks:
        stream.write(_LENGTH.pack(len(block)))
        stream.write(block)
    stream.flush()


def receive(stream: BinaryIO) -> list[bytes]:
    """Wait for blocks. Raise EOFError when the other side has ended, and ValueError when it says something else."""
    mark, number = _BEGINNING.unpack(_read(stream, _BEGINNING.size))
    if mark != _MARK:
        raise ValueError("no answer")
    return [_read(stream, _LENGTH.unpack(_read(stream, _LENGTH.size))[0]) for _ in range(number)]


def _read(stream: BinaryIO, length: int) -> bytes:
    block = stream.read(length)
    if len(block) < length:
        raise EOFError
    return block
