"""Sets of ports as the fewest ranges that hold them, in order: overlapping and adjacent ranges are one."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from operator import attrgetter
from typing import TYPE_CHECKING

from reconciler.model.ports import PortRange

if TYPE_CHECKING:
    from collections.abc import Iterable

PortSet = tuple[PortRange, ...]
"""Ranges in order that neither overlap nor touch. The same ports always make the same value."""


def port_set(ranges: Iterable[PortRange]) -> PortSet:
    """Make the set of all ports in any of the ranges."""
    merged: list[PortRange] = []
    for one in sorted(ranges):
        if merged and one.start <= merged[-1].end + 1:
            merged[-1] = PortRange(merged[-1].start, max(merged[-1].end, one.end))
        else:
            merged.append(one)
    return tuple(merged)


def without(ports: PortSet, taken: PortSet) -> PortSet:
    """Take the ports of one set out of another."""
    left: list[PortRange] = []
    for start, end in ports:
        rest = start
        first = bisect_left(taken, start, key=attrgetter("end"))
        for other in taken[first : bisect_right(taken, end, key=attrgetter("start"))]:
            if other.start > rest:
                left.append(PortRange(rest, other.start - 1))
            rest = other.end + 1
        if rest <= end:
            left.append(PortRange(rest, end))
    return tuple(left)


def covers(ports: PortSet, wanted: PortRange) -> bool:
    """Say whether every port of a range is in the set."""
    return any(one.start <= wanted.start and wanted.end <= one.end for one in ports)
