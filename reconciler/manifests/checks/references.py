"""Sources that look misspelt. A caller need not be declared anywhere, so these are warnings."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from reconciler.diagnostics import Diagnostic, warning
from reconciler.manifests.checks.walk import sources
from reconciler.manifests.text import Speller, shown
from reconciler.model.names import SpaceRef, fold, is_glob, matches

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from collections.abc import Set as AbstractSet

    from reconciler.manifests.checks.walk import SourcePlace
    from reconciler.manifests.loaded import SpaceDocument
    from reconciler.manifests.space import Source

MAX_COMPARISONS = 500_000
"""How often names are held against patterns before a name counts as known. A hostile file must not stall."""

_CUTOFF = 0.8
_DIGITS = str.maketrans("", "", "0123456789")


def misspelt_sources(spaces: Sequence[SpaceDocument]) -> Iterator[Diagnostic]:
    """Find sources that no document declares and whose name is nearly one that a document does declare."""
    declared = _Declared(spaces)
    for item in spaces:
        own = SpaceRef(item.value.org, item.value.space)
        if found := dict(_misspelt(item.value.sources, own, declared)):
            for source, place in sources(item):
                if source in found:
                    yield _diagnostic(found[source], place, item)


def _misspelt(named: Iterable[Source], own: SpaceRef, declared: _Declared) -> Iterator[tuple[Source, _Meant]]:
    """Judge sources, seen from the space that names them."""
    doubtful: list[tuple[Source, SpaceRef]] = []
    known: dict[tuple[str | None, str | None], AbstractSet[str]] = {}
    for source in named:
        org, space, app, _, is_self = source
        apps = known.get((org, space))
        if apps is None:
            apps = known[org, space] = declared.apps_in(org or own.org, space or own.space)
        if app not in apps and not is_self and fold(app or "*") not in apps:
            doubtful.append((source, SpaceRef(org or own.org, space or own.space).folded))
    for source, home in sorted(doubtful, key=str):  # judging has an end, which must not fall at random
        if not any(map(is_glob, home)) and (meant := declared.judge(home, fold(source.app or "*"))) is not None:
            yield source, meant


def _diagnostic(meant: _Meant, place: SourcePlace, item: SpaceDocument) -> Diagnostic:
    word = "organization" if meant.what == "org" else meant.what
    message = f"no document declares the {word} {shown(meant.name)}"
    hint = f"did you mean {shown(meant.meant)}? If not, nothing is wrong"
    code = "misspelt-source" if meant.what == "app" else "misspelt-space"
    return warning(code, message, place.span(item, meant.what), hint=hint)


class _Meant(NamedTuple):
    """The first part of an address that looks misspelt: what it is, how it is written, what was meant."""

    what: str
    name: str
    meant: str


class _Declared:
    """Names that the loaded documents declare: apps by space, with patterns apart, and spaces by organization."""

    def __init__(self, spaces: Sequence[SpaceDocument]) -> None:
        self._apps: dict[SpaceRef, set[str]] = defaultdict(set)
        self._patterns: dict[SpaceRef, set[str]] = defaultdict(set)
        self._spelled: dict[tuple[str, str], AbstractSet[str]] = {}
        self._spaces: dict[str, set[str]] = defaultdict(set)
        self._speller = Speller()
        self._comparisons = 0
        self._by_bare: dict[tuple[str, ...], dict[str, list[str]]] = {}
        self._judged: dict[tuple[SpaceRef, str], _Meant | None] = {}
        for item in spaces:
            space = SpaceRef(item.value.org, item.value.space).folded
            self._spaces[space.org].add(space.space)
            names = {fold(name) for app in item.value.apps for name in (app.name, *app.match)}
            patterns = set(filter(is_glob, names))
            self._apps[space] |= names - patterns
            self._patterns[space] |= patterns

    def apps_in(self, org: str, space: str) -> AbstractSet[str]:
        """Give the folded names of the apps that are declared by their names in a space."""
        found = self._spelled.get((org, space))
        if found is None:
            found = self._spelled[org, space] = self._apps.get(SpaceRef(org, space).folded, frozenset())
        return found

    def judge(self, space: SpaceRef, app: str) -> _Meant | None:
        """Look for what is misspelt in the address of an app that is not declared by its name."""
        key = (space, app)
        if key not in self._judged:
            self._judged[key] = self._judge(space, app)
        return self._judged[key]

    def _judge(self, space: SpaceRef, app: str) -> _Meant | None:
        if space.org not in self._spaces:
            return self._near("org", space.org, (), self._spaces)
        if space.space not in self._spaces[space.org]:
            return self._near("space", space.space, (space.org,), self._spaces[space.org])
        if is_glob(app) or self._fits_a_pattern(space, app):
            return None
        return self._near("app", app, space, self._apps[space])

    def _fits_a_pattern(self, space: SpaceRef, app: str) -> bool:
        self._comparisons += len(self._patterns[space])
        return self._comparisons > MAX_COMPARISONS or any(matches(one, app) for one in self._patterns[space])

    def _near(self, what: str, name: str, place: tuple[str, ...], known: Iterable[str]) -> _Meant | None:
        """Look for the name that was meant among those known at a place. web1 and web2 are no misspellings."""
        if place not in self._by_bare:
            self._by_bare[place] = defaultdict(list)
            for one in known:
                self._by_bare[place][one.translate(_DIGITS)].append(one)
        bare = name.translate(_DIGITS)
        others = (one for other, names in self._by_bare[place].items() if other != bare for one in names)
        meant = self._speller.suggest(name, others, _CUTOFF)
        return None if meant is None else _Meant(what, name, meant)
