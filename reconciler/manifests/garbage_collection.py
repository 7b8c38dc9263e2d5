"""The garbage collector, held still while many long-lived values are made: the one place that does so.

Loading makes millions of containers that all stay. The collector would walk them again and again, which takes more
time than the loading itself.
"""

from __future__ import annotations

import gc
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def still_collector(*, keep: bool = False) -> Iterator[None]:
    """Hold the collector still. With `keep`, what was made meanwhile is never walked by it later either."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if keep:
            gc.freeze()
        if was_enabled:
            gc.enable()
