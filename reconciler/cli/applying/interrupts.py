"""Ctrl-C and SIGTERM while the platform is being changed: finish the request in flight, then stop and tell.

A request may take minutes, and whoever sends these signals often kills what has not ended some seconds later. So after
a short while the program ends all the same; the journal then says of which call nobody knows.
"""

from __future__ import annotations

import os
import signal
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reconciler.cli.console import CLEAR_LINE
from reconciler.report.wrap import wrap_lines

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType

    from reconciler.cli.console import Console

_STOPPING = "stopping after the call in flight; once more stops at once, without a report\n"
_SIGNALS = (signal.SIGINT, signal.SIGTERM)

GRACE_SECONDS = 3
"""How long what is in flight may still take. Builds that are cancelled and containers that are stopped get 7.5 to 10 s
before they are killed."""


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
def noticed_interrupts(console: Console) -> Iterator[Interruption]:
    """Turn the first signal into a request to stop, and say so: where there is a bar, in the place of it.

    A second one, or the end of the time that is left after the first, raises KeyboardInterrupt.
    """
    interruption = Interruption()
    stopping = (CLEAR_LINE if console.interactive else "") + wrap_lines(_STOPPING, console.err_width)

    def notice(number: int, _: FrameType | None) -> None:
        if interruption.requested:
            raise KeyboardInterrupt
        interruption.signal = signal.Signals(number)
        signal.setitimer(signal.ITIMER_REAL, GRACE_SECONDS)
        # Past the buffers of the stream: the signal may have come in the middle of a write to it.
        with suppress(OSError, ValueError):
            os.write(console.stderr.fileno(), stopping.encode())

    def give_up(*_: object) -> None:
        raise KeyboardInterrupt

    before = {number: signal.signal(number, notice) for number in _SIGNALS}
    before[signal.SIGALRM] = signal.signal(signal.SIGALRM, give_up)
    try:
        yield interruption
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        for number, handler in before.items():
            signal.signal(number, handler)
