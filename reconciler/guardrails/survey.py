"""Which selections mean which apps: each app is looked at once, however many guardrails speak of it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from reconciler.model.names import AppRef
from reconciler.model.network import AppFacts
from reconciler.model.selection import EVERY_APP, AppSelection

if TYPE_CHECKING:
    from collections.abc import Iterable

    from reconciler.model.network import Network


class _Group(NamedTuple):
    """What is settled for all apps of a space, zone and template, and what each of them has to be asked."""

    settled: int
    open: tuple[tuple[int, AppSelection], ...]


class Survey:
    """Answers for an app which of some selections mean it, as a number with one bit for each."""

    def __init__(self, selections: Iterable[AppSelection], network: Network) -> None:
        self._bits = {selection: 1 << number for number, selection in enumerate(dict.fromkeys(selections))}
        self._halves = [(bit, *_halves(selection)) for selection, bit in self._bits.items()]
        self._network = network
        self._groups: dict[tuple[str, str, str | None, str | None], _Group] = {}

    def bit(self, selection: AppSelection) -> int:
        """Give the bit of a selection."""
        return self._bits[selection]

    def bits(self, selections: Iterable[AppSelection]) -> int:
        """Give the bits of several selections in one number."""
        found = 0
        for selection in selections:
            found |= self._bits[selection]
        return found

    def meaning(self, app: AppRef) -> int:
        """Give the bits of all selections that mean the app."""
        facts = self._network.facts(app)
        key = (app.org, app.space, facts.zone, facts.template)
        group = self._groups.get(key)
        if group is None:
            group = self._groups[key] = self._group(*key)
        found = group.settled
        for bit, selection in group.open:
            if selection.matches(app, facts):
                found |= bit
        return found

    def _group(self, org: str, space: str, zone: str | None, template: str | None) -> _Group:
        anybody, facts = AppRef(org, space, ""), AppFacts(zone=zone, template=template)
        settled, rest = 0, []
        for bit, home, own in self._halves:
            if not home.matches(anybody, facts):
                continue
            if own == EVERY_APP:
                settled |= bit
            else:
                rest.append((bit, own))
        return _Group(settled, tuple(rest))


def _halves(selection: AppSelection) -> tuple[AppSelection, AppSelection]:
    """Part what is the same for a whole space, zone and template from what each app has for itself."""
    home = replace(selection, app=(), labels=())
    return home, AppSelection(app=selection.app, labels=selection.labels)
