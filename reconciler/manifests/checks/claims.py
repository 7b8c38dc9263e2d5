"""Who speaks for what: an app, and a space, is described in one place."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from reconciler.diagnostics import Diagnostic, Span, error
from reconciler.manifests.schemas.verdict import MAX_PROBLEMS
from reconciler.manifests.space import Manages
from reconciler.manifests.text import shown
from reconciler.model.names import SpaceRef, fold, is_glob, matches

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from reconciler.manifests.loaded import SpaceDocument
    from reconciler.manifests.space import App

MAX_COMPARISONS = 2_000_000
"""How many names are held against patterns in one space. No real space comes near; a hostile file must not stall."""


class _Entry(NamedTuple):
    """The app entry `number` of a document."""

    item: SpaceDocument
    number: int
    app: App

    @property
    def name(self) -> str:
        return self.app.name

    @property
    def place(self) -> Span:
        """Where it stands, which also tells entries apart."""
        return self.item.document.span("apps", self.number, "name")


def _by_space(spaces: Sequence[SpaceDocument]) -> Collection[list[SpaceDocument]]:
    found: dict[SpaceRef, list[SpaceDocument]] = defaultdict(list)
    for item in spaces:
        found[SpaceRef(item.value.org, item.value.space).folded].append(item)
    return found.values()


def _entries(items: list[SpaceDocument]) -> list[_Entry]:
    return [_Entry(item, index, app) for item in items for index, app in enumerate(item.value.apps)]


def _are_distinct(names: list[str]) -> bool:
    return len(set(map(fold, names))) == len(names)


def duplicate_apps(spaces: Sequence[SpaceDocument]) -> Iterator[Diagnostic]:
    """Find two entries of one name in a space. Upper and lower case are the same."""
    for items in _by_space(spaces):
        if _are_distinct([app.name for item in items for app in item.value.apps]):
            continue
        seen: dict[str, _Entry] = {}
        for entry in _entries(items):
            first = seen.setdefault(fold(entry.name), entry)
            if first is not entry:
                space = SpaceRef(entry.item.value.org, entry.item.value.space)
                message = f"app {shown(entry.name)} stands twice in the space {shown(str(space))}"
                hint = "put what both entries say into one"
                if first.place.file != entry.place.file:
                    hint += "; if they are for two foundations, name the folder of one at a time"
                yield error("duplicate-app", message, entry.place, hint=hint, related=(first.place,))


def apps_claimed_twice(spaces: Sequence[SpaceDocument]) -> Iterator[Diagnostic]:
    """Find live apps that two entries stand for. Two patterns are compared only when the live apps are known."""
    for items in _by_space(spaces):
        names = [name for item in items for app in item.value.apps for name in app.live_names]
        if _are_distinct(names) and not any(map(is_glob, names)):
            continue
        literals: dict[str, _Entry] = {}
        patterns: list[tuple[str, _Entry]] = []
        for entry in _entries(items):
            for name in dict.fromkeys(map(fold, entry.app.live_names)):
                if is_glob(name):
                    patterns.append((name, entry))
                    continue
                first = literals.setdefault(name, entry)
                if first is not entry and fold(first.name) != fold(entry.name):
                    yield _claimed(name, first, entry)
        yield from _matched_twice(literals, patterns)


def _matched_twice(literals: dict[str, _Entry], patterns: list[tuple[str, _Entry]]) -> Iterator[Diagnostic]:
    if len(literals) * len(patterns) > MAX_COMPARISONS:
        message = f"{len(patterns):,} patterns and {len(literals):,} names in one space are too many to compare"
        yield error("too-many-patterns", message, patterns[0][1].place, hint="list names, or fewer patterns")
        return
    names = sorted(literals)
    told: set[tuple[int, int]] = set()
    for pattern, owner in patterns:
        for name in _beginning_as(pattern, names):
            entry = literals[name]
            pair = (id(owner), id(entry))
            if entry is owner or pair in told or fold(entry.name) == fold(owner.name) or not matches(pattern, name):
                continue
            told.add(pair)
            first, second = sorted((entry, owner), key=lambda one: one.place)
            yield _claimed(name, first, second)
            if len(told) > MAX_PROBLEMS:
                return  # each of n patterns may claim what every other one does


def _beginning_as(pattern: str, names: list[str]) -> list[str]:
    """Give those of sorted names that begin as the pattern does: it can match no others."""
    beginning = pattern.partition("*")[0]

    def cut(name: str) -> str:
        return name[: len(beginning)]

    return names[bisect_left(names, beginning, key=cut) : bisect_right(names, beginning, key=cut)]


def _claimed(name: str, first: _Entry, second: _Entry) -> Diagnostic:
    message = f"entries {shown(first.name)} and {shown(second.name)} both stand for the live app {shown(name)}"
    hint = "every live app belongs to one entry: narrow `match` in one of them"
    return error("app-claimed-twice", message, second.place, hint=hint, related=(first.place,))


def spaces_claimed_twice(spaces: Sequence[SpaceDocument]) -> Iterator[Diagnostic]:
    """Find documents for one space that do not agree on how far they reach."""
    first_of: dict[SpaceRef, SpaceDocument] = {}
    for item in spaces:
        space = SpaceRef(item.value.org, item.value.space)
        first = first_of.setdefault(space.folded, item)
        if first is not item:
            yield from _disagreement(space, first, item)


def conflicting_zones(spaces: Sequence[SpaceDocument]) -> Iterator[Diagnostic]:
    """Find documents for one space that put it into different zones: any of them could take apps out of a guardrail."""
    first_of: dict[SpaceRef, SpaceDocument] = {}
    for item in spaces:
        zone, space = item.value.zone, SpaceRef(item.value.org, item.value.space)
        if zone is None:
            continue
        first = first_of.setdefault(space.folded, item)
        if first.value.zone is not None and fold(first.value.zone) != fold(zone):
            message = f"two documents for {shown(str(space))} differ in `zone`"
            hint = "a space is in one zone: write the same word in both, or in one of them only"
            related = (first.document.span("zone"),)
            yield error("conflicting-zones", message, item.document.span("zone"), hint=hint, related=related)


def _disagreement(space: SpaceRef, first: SpaceDocument, second: SpaceDocument) -> Iterator[Diagnostic]:
    reach = {first.value.manages, second.value.manages}
    span, related = _manages_span(second), (_manages_span(first),)
    if Manages.SPACE in reach and Manages.ADDITIONS not in reach:
        message = f"another document manages apps of {shown(str(space))}, which `manages: space` claims as a whole"
        hint = "describe the space in one document, or write `manages: apps` in both"
        yield error("space-claimed-twice", message, span, hint=hint, related=related)
    elif len(reach) > 1:
        message = f"two documents for {shown(str(space))} differ in `manages`"
        hint = "write the same word in both, so that it is clear what may be removed"
        yield error("conflicting-manages", message, span, hint=hint, related=related)


def _manages_span(item: SpaceDocument) -> Span:
    return item.document.span("manages" if item.document.has("manages") else "space")
