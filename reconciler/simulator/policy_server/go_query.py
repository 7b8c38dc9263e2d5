"""Reading a query string as Go's `net/url` does: what does not decode is dropped, not refused."""

from __future__ import annotations

import re
from urllib.parse import unquote_to_bytes

_BAD_PERCENT = re.compile(r"%(?![0-9a-fA-F]{2})")


def parse_query(query: str) -> dict[str, str]:
    """Give the first value of every key.

    A pair with a semicolon or with a bad percent sign vanishes. Bytes that are no UTF-8 come as lone surrogates.
    Source: Go 1.23 `net/url/url.go`.
    """
    values: dict[str, str] = {}
    for pair in query.split("&"):
        if not pair or ";" in pair or _BAD_PERCENT.search(pair):
            continue
        key, _, value = pair.partition("=")
        values.setdefault(_unescape(key), _unescape(value))
    return values


def _unescape(text: str) -> str:
    return unquote_to_bytes(text.replace("+", " ")).decode(errors="surrogateescape")
