"""Bodies as they come over the network, within bounds: at most one layer of gzip, unpacked in small steps.

Cloud Controller's nginx compresses its lists to about a tenth, so gzip is asked for; nothing else is, and nothing else
is taken.
"""

from __future__ import annotations

import time
import zlib
from io import BytesIO
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from reconciler.cf.exchange import Answer

_STEP = 2**18
"""Bytes that one step of unpacking may give."""

_GZIP = 16 + zlib.MAX_WBITS


def bounded_body(chunks: Iterable[bytes], answer: Answer, end: float) -> bytes:
    """Read a body whole. Raise UnexpectedAnswerError when it is too large, packed or not, and TimeoutError at `end`.

    `end` is a reading of `time.monotonic`.
    """
    encoding = answer.headers.get("content-encoding", "").strip().lower()
    if encoding not in {"", "identity", "gzip", "x-gzip"}:
        raise answer.unexpected("is compressed in a way that was not asked for")
    received = _limited(chunks, answer, end)
    if encoding not in {"gzip", "x-gzip"}:
        return _joined(received)
    try:
        return _joined(_limited(_unpacked(received), answer, end))
    except zlib.error:
        raise answer.unexpected("cannot be decompressed") from None


def _joined(chunks: Iterable[bytes]) -> bytes:
    """Put a body together as it comes: no chunk is kept, so a large body is in memory once."""
    body = BytesIO()
    for chunk in chunks:
        body.write(chunk)
    return body.getvalue()


def _limited(chunks: Iterable[bytes], answer: Answer, end: float) -> Iterator[bytes]:
    limit = answer.request.limit
    size = 0
    for chunk in chunks:
        size += len(chunk)
        if size > limit:
            raise answer.unexpected(f"is larger than {limit // 2**20} MiB")
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
