"""Which selections mean which apps. A word is compared with a space or app once, however many guardrails use it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from reconciler.model.names import SpaceRef, fold, glob_test, is_glob

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from reconciler.model.labels import LabelSelector
    from reconciler.model.names import AppRef
    from reconciler.model.network import AppFacts
    from reconciler.model.selection import AppSelection


class Home(NamedTuple):
    """What the apps of one space, zone and template have in common.

    `space` and `zone` are folded. `meant` are the bits of the selections that fit so far: whether they mean an app also
    hangs on its name and labels.
    """

    space: SpaceRef
    zone: str | None
    meant: int


class _Words:
    """The words that selections have for one thing, such as a space. Names are given folded."""

    def __init__(self) -> None:
        self.asking = 0
        """The bits of the selections that have any."""
        self._named = 0  # by `*`, whatever the name is
        self._names: dict[str, int] = {}
        self._globs: dict[str, tuple[Callable[[str], object], int]] = {}

    def add(self, bit: int, words: Iterable[str]) -> None:
        """Take the words of a selection: it asks for any one of them, or for nothing if there are none."""
        for word in map(fold, words):
            self.asking |= bit
            if not word.strip("*"):
                self._named |= bit
            elif is_glob(word):
                test, others = self._globs.get(word) or (glob_test(word), 0)
                self._globs[word] = test, others | bit
            else:
                self._names[word] = self._names.get(word, 0) | bit

    def met(self, name: str, bits: int) -> int:
        """Give those of some bits whose selections ask for nothing, or have a word for the name."""
        asking = bits & self.asking
        if not asking:
            return bits
        found = asking & (self._named | self._names.get(name, 0))
        for test, mask in self._globs.values():
            if mask & asking & ~found and test(name):
                found |= mask & asking
        return bits & ~asking | found


class Selections:
    """Tells which of many selections mean an app, as a number in which each selection has a bit.

    Each of the `others` of a selection has a bit of its own: the selection means an app if any of its bits is set.
    """

    def __init__(self, selections: Iterable[AppSelection]) -> None:
        self._every = 0
        self._bits: dict[AppSelection, int] = {}
        self._orgs, self._spaces, self._zones, self._apps = _Words(), _Words(), _Words(), _Words()
        self._templates: list[tuple[int, tuple[str, ...]]] = []
        self._labels: list[tuple[int, tuple[LabelSelector, ...]]] = []
        self._labelled = 0
        self._unmet: dict[tuple[tuple[str, str], ...], int] = {}
        self._homes: dict[tuple[str, str, str | None, str | None], Home] = {}
        for selection in dict.fromkeys(selections):
            mask = 0
            for part in _parts(selection):
                mask |= self._bits[part] if part in self._bits else self._add(part)
            self._bits[selection] = mask

    def _add(self, part: AppSelection) -> int:
        bit = self._every + 1
        self._every |= bit
        self._orgs.add(bit, part.org)
        self._spaces.add(bit, part.space)
        self._zones.add(bit, part.zone)
        self._apps.add(bit, part.app)
        if part.template:
            self._templates.append((bit, part.template))
        if part.labels:
            self._labels.append((bit, part.labels))
            self._labelled |= bit
        self._bits[part] = bit
        return bit

    def bits(self, *selections: AppSelection) -> int:
        """Give the bits of some selections in one number."""
        found = 0
        for selection in selections:
            found |= self._bits[selection]
        return found

    def home(self, app: AppRef, facts: AppFacts) -> Home:
        """Give what all apps of a space, zone and template have in common."""
        key = (app.org, app.space, facts.zone, facts.template)
        home = self._homes.get(key)
        if home is None:
            home = self._homes[key] = self._home(*key)
        return home

    def meaning(self, home: Home, app: AppRef, facts: AppFacts) -> int:
        """Give the bits of all selections that mean the app."""
        meant = self._apps.met(fold(app.app), home.meant)
        if not meant & self._labelled:
            return meant
        # Nearly all apps have the labels of another one.
        words = tuple(facts.labels.items())
        unmet = self._unmet.get(words)
        if unmet is None:
            unmet = self._unmet[words] = self._unmet_by(facts.labels)
        return meant & ~unmet

    def _unmet_by(self, labels: Mapping[str, str]) -> int:
        unmet = 0
        for bit, selectors in self._labels:
            if not any(selector.matches(labels) for selector in selectors):
                unmet |= bit
        return unmet

    def _home(self, org: str, space: str, zone: str | None, template: str | None) -> Home:
        ref = SpaceRef(org, space).folded
        meant = self._spaces.met(ref.space, self._orgs.met(ref.org, self._every))
        zone = None if zone is None else fold(zone)
        meant = meant & ~self._zones.asking if zone is None else self._zones.met(zone, meant)
        for bit, names in self._templates:
            if template not in names:
                meant &= ~bit
        return Home(ref, zone, meant)


def _parts(selection: AppSelection) -> Iterator[AppSelection]:
    """Give what a selection means apart from its `others`, and then what each of those means."""
    yield selection._replace(others=()) if selection.others else selection
    for other in selection.others:
        yield from _parts(other)
