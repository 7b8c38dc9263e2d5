"""Processes of our own, for work that is long and needs nothing but bytes.

A module of this package reads from its standard input and writes to its standard output. Whatever goes wrong with it,
who started it does the work instead.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import subprocess

_OUR_CREDENTIALS = "CF_"
"""What the names of variables with credentials for the platform begin with."""


def start(module: str) -> subprocess.Popen[bytes]:
    """Run a module of this package. Raise OSError where there can be no process.

    Nothing in the current folder is taken for a module, credentials are not handed on, and what the process writes to
    standard error is dropped.
    """
    import subprocess  # noqa: PLC0415 - for large work only

    # Where Python runs inside another program, nothing may say where it is; an empty path raises OSError.
    command = [sys.executable or "", "-P", "-m", module]
    kept = {name: value for name, value in os.environ.items() if not name.startswith(_OUR_CREDENTIALS)}
    return subprocess.Popen(  # noqa: S603 - this package
        command, env=kept, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )


def processors() -> int:
    """Count the processors that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
