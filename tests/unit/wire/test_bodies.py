import gzip
import time

import pytest

from reconciler.wire.bodies import BodyError, read_body

TEXT = b"policies " * 1000
PACKED = gzip.compress(TEXT)


def pieces(content, size=100):
    return [content[start : start + size] for start in range(0, len(content), size)]


@pytest.mark.parametrize(
    ("encoding", "content"), [("", TEXT), ("identity", TEXT), ("gzip", PACKED), (" X-GZIP ", PACKED)]
)
def test_a_body_is_read_whole_packed_or_not(encoding, content):
    assert read_body(pieces(content), encoding, limit=len(TEXT)) == TEXT


@pytest.mark.parametrize(
    ("encoding", "content", "limit", "why"),
    [
        ("", TEXT, len(TEXT) - 1, "is larger than"),
        ("gzip", PACKED, len(TEXT) - 1, "is larger than"),
        ("gzip", PACKED[:-4], len(TEXT), "cannot be decompressed"),
        ("gzip", PACKED + b"more", len(TEXT), "cannot be decompressed"),
        ("deflate", TEXT, len(TEXT), "is compressed in a way that was not asked for"),
        ("gzip, gzip", PACKED, len(TEXT), "is compressed in a way that was not asked for"),
    ],
)
def test_a_body_that_is_too_large_or_cannot_be_unpacked_is_not_taken(encoding, content, limit, why):
    with pytest.raises(BodyError, match=why):
        read_body(pieces(content), encoding, limit)


def test_a_body_ends_with_its_time():
    with pytest.raises(TimeoutError):
        read_body(pieces(TEXT), "", len(TEXT), end=time.monotonic() - 1)
