"""The clock of the command line: what time it is, and waiting."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from collections.abc import Callable

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_DURATION = re.compile(r"(?:([0-9]{1,4})h)?(?:([0-9]{1,4})m)?(?:([0-9]{1,5})s)?", re.ASCII)
_SLICE = 0.2


@dataclass(frozen=True, slots=True)
class Clock:
    """`now` gives the moment with its time zone, `sleep` waits for seconds."""

    now: Callable[[], datetime]
    sleep: Callable[[float], None]

    def wait(self, seconds: float, stop: Callable[[], bool]) -> None:
        """Wait, but no longer than until `stop` says yes."""
        left = seconds
        while left > 0 and not stop():
            self.sleep(min(_SLICE, left))
            left -= _SLICE


SYSTEM_CLOCK = Clock(lambda: datetime.now(UTC), time.sleep)


def today_utc() -> date:
    """Give the day on which `until` is judged: the current one in UTC."""
    return datetime.now(UTC).date()


class DayType(click.ParamType[Any]):
    """A calendar day, written YYYY-MM-DD."""

    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:  # noqa: ANN401
        """Read the day, or say how to write one."""
        if isinstance(value, date):
            return value
        try:
            if _DAY.fullmatch(value):
                return date.fromisoformat(value)
        except ValueError:
            pass
        return self.fail(f"{value!r} is not a date; write it like 2027-01-31", param, ctx)


class DurationType(click.ParamType[Any]):
    """A length of time such as `90s`, `10m` or `1h30m`. Gives seconds."""

    name = "duration"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:  # noqa: ANN401
        """Read the duration, or say how to write one."""
        if isinstance(value, int):
            return value
        found = _DURATION.fullmatch(value)
        if found is None or not value:
            return self.fail(f"{value!r} is no length of time; write it like 90s, 10m or 1h30m", param, ctx)
        hours, minutes, seconds = (int(part or 0) for part in found.groups())
        return hours * 3600 + minutes * 60 + seconds
