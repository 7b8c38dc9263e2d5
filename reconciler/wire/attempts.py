"""Attempts at a call: why one failed, and whether and when another is worth making."""

from __future__ import annotations

import logging
import time
from email.utils import parsedate_to_datetime
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from reconciler.errors import PlatformError


# stamina reports each retry to this logger; without a handler Python would print the records on stderr.
logging.getLogger("stamina").addHandler(logging.NullHandler())


class Effect(Enum):
    """What a call does, and so whether it may be sent again when nobody knows if it arrived."""

    READ = "read"
    REPEATABLE = "repeatable"
    ONCE = "once"


class FailedAttempt(Exception):  # noqa: N818 - it never leaves the client that makes the attempts
    """One failed attempt: what it was, whether another may help, and how many seconds the server asks to wait."""

    def __init__(self, error: PlatformError, *, again: bool, wait: float | None = None) -> None:
        super().__init__(str(error))
        self.error = error
        self.again = again
        self.wait = wait


def backoff(error: Exception, end: float) -> bool | float:
    """Say whether to try again, as stamina asks: no, yes, or yes after so many seconds.

    `end` is a reading of `time.monotonic`: a wait that the server asks for has to be over by then.
    """
    if not isinstance(error, FailedAttempt):
        return False
    if not error.again or error.wait is None:
        return error.again
    return error.wait if time.monotonic() + error.wait <= end else False


def retry_after(written: str, now: float) -> float | None:
    """Read how many seconds a `Retry-After` header asks to wait, from a number or a date; None where it is neither.

    `now` is Unix time.
    """
    if written.isascii() and written.isdigit():
        return float(written[:9])
    try:
        return max(0.0, parsedate_to_datetime(written).timestamp() - now)
    except (ValueError, OverflowError):
        return None


def seconds_until(reset: str, now: float) -> float | None:
    """Read how many seconds are left until a moment that a header gives in Unix time; None where it gives none."""
    return max(0.0, float(reset[:12]) - now) if reset.isascii() and reset.isdigit() else None
