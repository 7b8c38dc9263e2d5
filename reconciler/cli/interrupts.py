"""Ctrl-C and SIGTERM while the platform is being changed: finish the request in flight, then stop and tell."""

from __future__ import annotations

import os
import signal
import sys
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType

_STOPPING = b"stopping after the call in flight; once more stops at once, without a report\n"
_SIGNALS = (signal.SIGINT, signal.SIGTERM)


@dataclass(slots=True)
class Interruption:
    """Whether somebody asked to stop, and by which signal. The only mutable value of the command line."""

    signal: signal.Signals | None = None

    @property
    def requested(self) -> bool:
        """Say whether to stop before the next step."""
        return self.signal is not None

    @property
    def exit_code(self) -> int:
        """The shell's code for a program that a signal ended."""
        return 128 + (self.signal or 0)


@contextmanager
def noticed_interrupts() -> Iterator[Interruption]:
    """Turn the first signal into a request to stop, and say so; a second one ends the program at once."""
    interruption = Interruption()

    def notice(number: int, _: FrameType | None) -> None:
        if interruption.requested:
            raise KeyboardInterrupt
        interruption.signal = signal.Signals(number)
        # Past the buffers of the stream: the signal may have come in the middle of a write to it.
        with suppress(OSError, ValueError):
            os.write(sys.stderr.fileno(), _STOPPING)

    before = {number: signal.signal(number, notice) for number in _SIGNALS}
    try:
        yield interruption
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
