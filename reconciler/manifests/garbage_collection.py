"""The garbage collector, held still while many long-lived values are made: the one place that does so.

Loading and planning make millions of containers that all stay. The collector would walk them again and again, which
takes more time than the work itself.
"""

from __future__ import annotations

import gc
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


_MANY = 200_000
"""From this many containers on, what was made meanwhile is kept away from the collector for good."""


@contextmanager
def still_collector() -> Iterator[None]:
    """Hold the collector still. Where much is made meanwhile, it is never walked later either."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if gc.get_count()[0] > _MANY:
            gc.freeze()
        if was_enabled:
            gc.enable()
