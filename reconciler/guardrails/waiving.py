"""Waivers: which violations they hold back, and how often."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.planning.plan import WaiverUse

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from reconciler.guardrails.ends import Ends
    from reconciler.model.guardrail import Guardrail, Waiver
    from reconciler.model.names import AppRef


class Counter:
    """How many violations one waiver has held back."""

    __slots__ = ("number",)

    def __init__(self) -> None:
        self.number = 0


Covering = list[tuple[int, int, Counter]]
"""The waivers for one guardrail: the bits of both their ends, and their counter."""


class Waiving:
    """The waivers that hold today, with a count of what each has held back."""

    def __init__(self, waivers: Iterable[Waiver], ends: Ends, today: date) -> None:
        ordered = sorted(waivers, key=lambda item: (item.name, item.origin))
        self._held = [(waiver, Counter()) for waiver in ordered if today <= waiver.until]
        self._ends = ends
        self._covering: dict[str, Covering] = {}
        for waiver, counter in self._held:
            bits = ends.survey.bits(waiver.match.source), ends.survey.bits(waiver.match.destination)
            self._covering.setdefault(waiver.guardrail, []).append((*bits, counter))
        self.ended = tuple(waiver for waiver in ordered if waiver.until < today)
        """The waivers whose last day has passed."""

    def covering(self, guardrail: Guardrail) -> Covering:
        """Give the waivers for a guardrail: the bits of both their ends, and their counter."""
        return self._covering.get(guardrail.name, [])

    def counters(self, covering: Covering, source: AppRef, destination: AppRef) -> list[Counter]:
        """Give the counters of those that cover a policy between two apps."""
        one, other = self._ends[source].meant, self._ends[destination].meant
        return [counter for from_, to, counter in covering if one & from_ and other & to]

    @property
    def uses(self) -> tuple[WaiverUse, ...]:
        """Give the waivers that held something back."""
        return tuple(
            WaiverUse(waiver.name, waiver.guardrail, counter.number, waiver.until, waiver.why, waiver.origin)
            for waiver, counter in self._held
            if counter.number
        )

    @property
    def unused(self) -> tuple[Waiver, ...]:
        """Give the waivers that hold and held nothing back."""
        return tuple(waiver for waiver, counter in self._held if not counter.number)
