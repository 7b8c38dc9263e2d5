"""What manifests and platform know of each live app: its entry, zone, owner, labels and trust."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from reconciler.manifests.parsing.parsed import DocumentPlace
from reconciler.model.environment import SYSTEM_TRUST
from reconciler.model.names import SpaceRef
from reconciler.model.network import AppFacts

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from reconciler.diagnostics import Place, Span
    from reconciler.manifests.loaded import SpaceDocument
    from reconciler.manifests.resolving.lookup import Declared
    from reconciler.manifests.space import App
    from reconciler.model.live import LiveState
    from reconciler.model.names import AppRef


class Entry(NamedTuple):
    """An app entry: the entry `number` of a Space document."""

    document: SpaceDocument
    number: int

    @property
    def app(self) -> App:
        """What the entry says."""
        return self.document.value.apps[self.number]

    @property
    def place(self) -> Place:
        """Where its name stands."""
        return DocumentPlace(self.document.document, ("apps", self.number, "name"))

    @property
    def origin(self) -> Span:
        """The line of its name."""
        return self.place.span


class _Classification(NamedTuple):
    """What the documents for one space say of all its apps."""

    zone: str | None = None
    owner: str | None = None


_UNCLASSIFIED = _Classification()


def facts_of(declared: Iterable[Declared], live: LiveState) -> dict[AppRef, AppFacts]:
    """Say what is known of every live app.

    Zone and owner are those of the document that lists the app. Where that one says nothing, and for an app that none
    lists, the first document for its space that does speaks for the whole space.
    """
    declared = tuple(declared)
    entries = entries_of(declared)
    spaces = _Classifications(declared)
    facts = {}
    for ref, app in live.apps.items():
        zone, owner = spaces[ref[:2]]
        entry = entries.get(ref)
        template = place = None
        if entry is not None:
            own = entry.document.value
            zone, owner, template, place = own.zone or zone, own.owner or owner, entry.app.template, entry.place
        trusts = trusts_platform(live.environment.get(ref))
        # As AppFacts(...), which takes twice as long.
        facts[ref] = tuple.__new__(AppFacts, (app.labels, zone, owner, template, trusts, place))
    return facts


def entries_of(declared: Iterable[Declared]) -> dict[AppRef, Entry]:
    """Give the entry that each listed live app belongs to: the first, if there are several."""
    found: dict[AppRef, Entry] = {}
    for app, entry in entries_by_app(declared):
        found.setdefault(app, entry)
    return found


def entries_by_app(declared: Iterable[Declared]) -> Iterator[tuple[AppRef, Entry]]:
    """Give every live app that an entry stands for, with the entry."""
    for document, entries in declared:
        for number, apps in enumerate(entries):
            if apps:
                entry = Entry(document, number)
                for app in apps:
                    yield app, entry


def trusts_platform(variables: Mapping[str, str] | None) -> bool | None:
    """Say whether governed variables are what `trust: system` sets; None where they were not read."""
    return None if variables is None else all(variables.get(name) == value for name, value in SYSTEM_TRUST.items())


class _Classifications(dict[tuple[str, str], _Classification]):
    """What is said of spaces, by any spelling of their names."""

    def __init__(self, declared: Iterable[Declared]) -> None:
        super().__init__()
        for document, _ in declared:
            space = document.value
            known = self.get(ref := SpaceRef(space.org, space.space).folded, _UNCLASSIFIED)
            self[ref] = _Classification(known.zone or space.zone, known.owner or space.owner)

    def __missing__(self, space: tuple[str, str]) -> _Classification:
        found = self[space] = self.get(SpaceRef(*space).folded, _UNCLASSIFIED)
        return found
