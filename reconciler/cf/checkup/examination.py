"""What every check gets to work with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from reconciler.cf.checkup.contact import Contact
    from reconciler.cf.target import Target
    from reconciler.model.checkup import Concern


@dataclass(frozen=True, slots=True)
class Examination:
    """One look at one foundation. `now` is Unix time, `clock` counts seconds from anywhere."""

    target: Target
    contact: Contact
    concern: Concern
    now: Callable[[], float]
    clock: Callable[[], float]
