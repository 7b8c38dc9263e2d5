"""Waivers: which violations they hold back, and how often."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.guardrails.rails import bits_of
from reconciler.model.finding import WaiverUse

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from reconciler.guardrails.ends import Ends
    from reconciler.model.guardrail import Guardrail, Waiver
    from reconciler.model.names import AppRef


class Counted:
    """A waiver, and how many violations it has held back."""

    __slots__ = ("number", "waiver")

    def __init__(self, waiver: Waiver) -> None:
        self.waiver = waiver
        self.number = 0


class Covering:
    """The waivers for one guardrail, indexed by the bits of their selections, so that not each has to be looked at."""

    def __init__(self) -> None:
        self._by_source: dict[int, list[tuple[int, Counted]]] = {}
        self._by_destination: dict[int, list[tuple[int, Counted]]] = {}
        self._sources = 0
        self._destinations = 0

    def add(self, source: int, destination: int, counted: Counted) -> None:
        """Take a waiver that covers the apps with any of the bits of its ends."""
        self._sources |= source
        self._destinations |= destination
        for bit in bits_of(source):
            self._by_source.setdefault(bit, []).append((destination, counted))
        for bit in bits_of(destination):
            self._by_destination.setdefault(bit, []).append((source, counted))

    def over(self, source: int, destination: int) -> list[Counted]:
        """Give those that cover a policy between two apps, each given by the bits of the selections that mean it."""
        from_ = [self._by_source[bit] for bit in bits_of(source & self._sources)]
        to = [self._by_destination[bit] for bit in bits_of(destination & self._destinations)]
        lists, other = (from_, destination) if sum(map(len, from_)) <= sum(map(len, to)) else (to, source)
        found = [counted for waivers in lists for bits, counted in waivers if bits & other]
        return found if len(lists) == 1 else list(dict.fromkeys(found))


_NOTHING = Covering()


class Waiving:
    """The waivers that hold today, with a count of what each has held back, and those that hold no longer."""

    def __init__(self, waivers: Iterable[Waiver], ends: Ends, today: date) -> None:
        ordered = sorted(waivers, key=lambda item: (item.name, item.origin))
        self._held = [Counted(waiver) for waiver in ordered if today <= waiver.until]
        self._ends = ends
        self._covering = _by_guardrail(self._held, ends)
        self._ended = _by_guardrail(map(Counted, (waiver for waiver in ordered if waiver.until < today)), ends)

    def covering(self, guardrail: Guardrail) -> Covering | None:
        """Give the waivers for a guardrail, None if there are none."""
        return self._covering.get(guardrail.name)

    def between(self, covering: Covering, source: AppRef, destination: AppRef) -> list[Counted]:
        """Give those that cover a policy between two apps."""
        return covering.over(self._ends[source].meant, self._ends[destination].meant)

    def ended(self, guardrail: str, source: AppRef, destination: AppRef) -> Waiver | None:
        """Give the first waiver that covered a policy between two apps until its last day."""
        found = self.between(self._ended.get(guardrail, _NOTHING), source, destination)
        return min((item.waiver for item in found), key=lambda item: (item.name, item.origin), default=None)

    @property
    def uses(self) -> tuple[WaiverUse, ...]:
        """Give the waivers that held something back."""
        return tuple(
            WaiverUse(waiver.name, waiver.guardrail, item.number, waiver.until, waiver.why, waiver.origin)
            for item in self._held
            if item.number and (waiver := item.waiver)
        )

    @property
    def unused(self) -> tuple[Waiver, ...]:
        """Give the waivers that hold and held nothing back."""
        return tuple(item.waiver for item in self._held if not item.number)


def _by_guardrail(waivers: Iterable[Counted], ends: Ends) -> dict[str, Covering]:
    found: dict[str, Covering] = {}
    for item in waivers:
        match = item.waiver.match
        bits = ends.selections.bits(match.source), ends.selections.bits(match.destination)
        found.setdefault(item.waiver.guardrail, Covering()).add(*bits, item)
    return found
