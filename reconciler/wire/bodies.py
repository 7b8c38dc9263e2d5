"""Bodies as they come over the network, within bounds: at most one layer of gzip, unpacked in small steps."""

from __future__ import annotations

import math
import time
import zlib
from io import BytesIO
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_STEP = 2**18
"""Bytes that one step of unpacking may give."""

_GZIP = 16 + zlib.MAX_WBITS


class BodyError(Exception):
    """A body that is not taken. Its text says why, after the words "the answer"."""


def read_body(chunks: Iterable[bytes], encoding: str, limit: int, end: float = math.inf) -> bytes:
    """Read a body whole; `encoding` is its Content-Encoding.

    Raise BodyError when it has more bytes than the limit, packed or not, or cannot be unpacked, and TimeoutError at
    `end`, a reading of `time.monotonic`.
    """
    encoding = encoding.strip().lower()
    if encoding not in {"", "identity", "gzip", "x-gzip"}:
        raise BodyError("is compressed in a way that was not asked for")
    received = _limited(chunks, limit, end)
    if encoding not in {"gzip", "x-gzip"}:
        return _joined(received)
    try:
        return _joined(_limited(_unpacked(received), limit, end))
    except zlib.error:
        raise BodyError("cannot be decompressed") from None


def _joined(chunks: Iterable[bytes]) -> bytes:
    """Put a body together as it comes: no chunk is kept, so a large body is in memory once."""
    body = BytesIO()
    for chunk in chunks:
        body.write(chunk)
    return body.getvalue()


def _limited(chunks: Iterable[bytes], limit: int, end: float) -> Iterator[bytes]:
    size = 0
    for chunk in chunks:
        size += len(chunk)
        if size > limit:
            raise BodyError(f"is larger than {limit // 2**20} MiB")
        if time.monotonic() > end:
            raise TimeoutError
        yield chunk


def _unpacked(chunks: Iterable[bytes]) -> Iterator[bytes]:
    stream = zlib.decompressobj(_GZIP)
    begun = False
    for chunk in chunks:
        rest = chunk
        while rest:
            begun = True
            yield stream.decompress(rest, _STEP)
            rest = stream.unconsumed_tail
        if stream.unused_data:
            raise zlib.error("something follows the end")
    while begun and not stream.eof:
        # What was held back by the bound of the last step.
        rest_of_it = stream.decompress(b"", _STEP)
        if not rest_of_it and not stream.eof:
            raise zlib.error("the end is missing")
        yield rest_of_it
