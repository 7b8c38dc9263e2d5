"""Queries of Cloud Controller lists: filter values encoded twice, and cut into batches that fit a request line."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import quote

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

BATCH = 200
"""Values in one filter. Source: cli `util/batcher/batcher.go`."""

MAX_BATCHES = 5
"""Batches after which one unfiltered listing, 5,000 to the page, is cheaper than asking for each value."""

LINE = 8000
"""Characters of a query: nginx accepts request lines of 8 KiB unless it is told otherwise."""

_INNER = re.compile(r"[%,+]|^\s")


def filter_value(value: str) -> str:
    """Encode one value of a filter.

    Cloud Controller decodes the query, splits it at commas and decodes each value again, so what would mislead the
    second step is encoded twice. Source: cloud_controller_ng `app/messages/base_message.rb`.
    """
    return quote(_INNER.sub(lambda match: f"%{ord(match[0]):02X}", value), safe="")


def filters(values: Mapping[str, Iterable[str]]) -> str:
    """Write filters as a query string, for example `names=a,b&include=space`."""
    return "&".join(f"{name}={','.join(map(filter_value, items))}" for name, items in values.items())


def batches(name: str, values: Iterable[str], fixed: Mapping[str, Iterable[str]]) -> Iterator[str]:
    """Write the queries that together ask for all values of one filter, each with the fixed filters beside it."""
    rest = filters(fixed)
    room = LINE - len(rest)
    batch: list[str] = []
    used = 0
    for value in map(filter_value, sorted(set(values))):
        if batch and (len(batch) == BATCH or used + len(value) >= room):
            yield _query(name, batch, rest)
            batch, used = [], 0
        batch.append(value)
        used += len(value) + 1
    if batch:
        yield _query(name, batch, rest)


def _query(name: str, batch: list[str], rest: str) -> str:
    query = f"{name}={','.join(batch)}"
    return f"{query}&{rest}" if rest else query
