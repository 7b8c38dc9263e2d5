"""Attempts at a call: why one failed, and whether and when another is worth making."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from reconciler.errors import PlatformError


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
