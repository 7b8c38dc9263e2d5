"""Times in the forms that the servers write."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime, timedelta


def nanoseconds(moment: datetime) -> int:
    """Give a time in Unix nanoseconds."""
    return int(moment.timestamp() * 1_000_000) * 1000


def go_duration(elapsed: timedelta) -> str:
    """Write a duration as Go's `time.Duration` prints it, for example `8m34.78s`."""
    seconds = elapsed.total_seconds()
    hours, rest = divmod(seconds, 3600)
    minutes, rest = divmod(rest, 60)
    tail = f"{rest:.6f}".rstrip("0").rstrip(".") + "s"
    if hours:
        return f"{int(hours)}h{int(minutes)}m{tail}"
    return f"{int(minutes)}m{tail}" if minutes else tail
