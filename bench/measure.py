"""Running whole processes: their time, their processor time and the most memory they held."""

from __future__ import annotations

import os
import statistics
import subprocess
import time
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


class Run(NamedTuple):
    """What one process took: seconds on the clock, seconds of processors, and its peak memory in MB."""

    clock: float
    cpu: float
    memory: float


def once(command: Sequence[str], env: Mapping[str, str] | None = None, allowed: Sequence[int] = (0,)) -> Run:
    """Run a process and measure it. Raise RuntimeError when it fails.

    The peak of a child begins with that of the process that starts it, so whoever measures has to stay small. Python
    may keep what it has compiled, as it does for users.
    """
    given = {name: value for name, value in (env or os.environ).items() if name != "PYTHONDONTWRITEBYTECODE"}
    began = time.perf_counter()
    child = subprocess.Popen(list(command), env=given, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)  # noqa: S603 - our own commands
    assert child.stderr is not None
    told = child.stderr.read()
    _, status, usage = os.wait4(child.pid, 0)
    clock = time.perf_counter() - began
    child.stderr.close()
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode not in allowed:
        raise RuntimeError(f"{' '.join(command)} ended with {child.returncode}: {told.decode()[-2000:]}")
    return Run(clock, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def median(runs: Sequence[Run]) -> Run:
    """Take the median of each number."""
    return Run(*(statistics.median(column) for column in zip(*runs, strict=True)))
