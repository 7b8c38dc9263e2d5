"""Sources that look misspelt. A caller need not be declared anywhere, so these are warnings."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from reconciler.diagnostics import Diagnostic, warning
from reconciler.manifests.checks.walk import sources
from reconciler.manifests.text import Speller, shown
from reconciler.model.names import SpaceRef, fold, is_glob, matches

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from reconciler.manifests.loaded import SpaceDocument

MAX_COMPARISONS = 500_000
"""How often names are held against patterns before a name counts as known. A hostile file must not stall."""

_CUTOFF = 0.8
_DIGITS = str.maketrans("", "", "0123456789")


def misspelt_sources(spaces: Sequence[SpaceDocument]) -> Iterator[Diagnostic]:
    """Find sources that no document declares and whose name is nearly one that a document does declare."""
    declared = _Declared(spaces)
    told: dict[tuple[SpaceRef, str], tuple[str, str, str] | None] = {}
    for item in spaces:
        own = SpaceRef(item.value.org, item.value.space)
        for source, path in sources(item):
            space = SpaceRef(source.org or own.org, source.space or own.space).folded
            if source.is_self or is_glob(space.org) or is_glob(space.space):
                continue
            asked = (space, fold(source.app or "*"))
            if asked not in told:
                told[asked] = declared.judge(*asked)
            if (found := told[asked]) is not None:
                what, name, meant = found
                word = "organization" if what == "org" else what
                message = f"no document declares the {word} {shown(name)}"
                hint = f"did you mean {shown(meant)}? If not, nothing is wrong"
                code = "misspelt-source" if what == "app" else "misspelt-space"
                yield warning(code, message, item.document.span(*path, what), hint=hint)


class _Declared:
    """Names that the loaded documents declare: apps by space, with patterns apart, and spaces by organization."""

    def __init__(self, spaces: Sequence[SpaceDocument]) -> None:
        self._apps: dict[SpaceRef, set[str]] = defaultdict(set)
        self._patterns: dict[SpaceRef, set[str]] = defaultdict(set)
        self._spaces: dict[str, set[str]] = defaultdict(set)
        self._speller = Speller()
        self._comparisons = 0
        self._by_bare: dict[tuple[str, ...], dict[str, list[str]]] = {}
        for item in spaces:
            space = SpaceRef(item.value.org, item.value.space).folded
            self._spaces[space.org].add(space.space)
            for app in item.value.apps:
                for name in (app.name, *app.live_names):
                    (self._patterns if is_glob(name) else self._apps)[space].add(fold(name))

    def judge(self, space: SpaceRef, app: str) -> tuple[str, str, str] | None:
        """Give the first part of an address that looks misspelt: what it is, how it is written, what was meant."""
        if space.org not in self._spaces:
            return self._near("org", space.org, (), self._spaces)
        if space.space not in self._spaces[space.org]:
            return self._near("space", space.space, (space.org,), self._spaces[space.org])
        if is_glob(app) or self._has_app(space, app):
            return None
        return self._near("app", app, space, self._apps[space])

    def _has_app(self, space: SpaceRef, app: str) -> bool:
        if app in self._apps[space]:
            return True
        self._comparisons += len(self._patterns[space])
        return self._comparisons > MAX_COMPARISONS or any(matches(one, app) for one in self._patterns[space])

    def _near(self, what: str, name: str, place: tuple[str, ...], known: Iterable[str]) -> tuple[str, str, str] | None:
        """Look for the name that was meant among those known at a place. web1 and web2 are no misspellings."""
        if place not in self._by_bare:
            self._by_bare[place] = defaultdict(list)
            for one in known:
                self._by_bare[place][one.translate(_DIGITS)].append(one)
        bare = name.translate(_DIGITS)
        others = (one for other, names in self._by_bare[place].items() if other != bare for one in names)
        meant = self._speller.suggest(name, others, _CUTOFF)
        return None if meant is None else (what, name, meant)
