"""Finding the apps of a network that a selection means, without holding each app against each selection."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.model.names import AppRef, SpaceRef, fold, is_glob
from reconciler.model.network import UNKNOWN_APP
from reconciler.model.selection import fits

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from reconciler.model.network import AppFacts
    from reconciler.model.selection import AppSelection

Apps = tuple[AppRef, ...]


class AppIndex:
    """Apps by space and name, with what is known of them."""

    def __init__(self, apps: Iterable[AppRef], facts: Mapping[AppRef, AppFacts]) -> None:
        self._facts = facts
        self._spaces: dict[SpaceRef, dict[str, list[AppRef]]] = {}
        self._selected: dict[AppSelection, Apps] = {}
        self.every: Apps = tuple(sorted(apps))
        for app in self.every:
            self._spaces.setdefault(app.space_ref.folded, {}).setdefault(fold(app.app), []).append(app)

    def select(self, selection: AppSelection) -> Apps:
        """List, in order, the apps that the selection means."""
        found = self._selected.get(selection)
        if found is None:
            candidates = self._candidates(selection)
            chosen = (app for app in candidates if selection.matches(app, self._facts.get(app, UNKNOWN_APP)))
            found = self._selected[selection] = tuple(sorted(chosen))
        return found

    def _candidates(self, selection: AppSelection) -> Iterator[AppRef]:
        literal = selection.app and not any(map(is_glob, selection.app))
        names = {fold(name) for name in selection.app}
        for apps in self._in_spaces(selection):
            if literal:
                for name in names & apps.keys():
                    yield from apps[name]
            else:
                for same in apps.values():
                    yield from same

    def _in_spaces(self, selection: AppSelection) -> Iterator[dict[str, list[AppRef]]]:
        if selection.org and selection.space and not any(map(is_glob, (*selection.org, *selection.space))):
            wanted = {SpaceRef(org, space).folded for org in selection.org for space in selection.space}
            yield from (self._spaces[space] for space in wanted & self._spaces.keys())
            return
        for space, apps in self._spaces.items():
            if fits(selection.org, space.org) and fits(selection.space, space.space):
                yield apps
