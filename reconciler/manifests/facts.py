"""What manifests and platform know of each live app: its entry, zone, owner, labels and trust."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from reconciler.manifests.lookup import LiveIndex
from reconciler.manifests.parsed import DocumentPlace
from reconciler.model.environment import SYSTEM_TRUST
from reconciler.model.names import SpaceRef
from reconciler.model.network import AppFacts

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reconciler.diagnostics import Place, Span
    from reconciler.manifests.loaded import Bundle, SpaceDocument
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


def facts_of(bundle: Bundle, live: LiveState) -> dict[AppRef, AppFacts]:
    """Say what is known of every live app.

    Zone and owner are those of the document that lists the app. Where that one says nothing, and for an app that none
    lists, the first document for its space that does speaks for the whole space.
    """
    entries = entries_of(bundle, live)
    spaces = _classifications(bundle)
    facts = {}
    for ref, app in live.apps.items():
        entry = entries.get(ref)
        space = spaces.get(ref.space_ref.folded, _UNCLASSIFIED)
        own = entry.document.value if entry else None
        facts[ref] = AppFacts(
            labels=app.labels,
            zone=(own and own.zone) or space.zone,
            owner=(own and own.owner) or space.owner,
            template=entry.app.template if entry else None,
            trusts_platform=trusts_platform(live.environment.get(ref)),
            place=entry.place if entry else None,
        )
    return facts


def entries_of(bundle: Bundle, live: LiveState) -> dict[AppRef, Entry]:
    """Find the entry that each listed live app belongs to; patterns under `match` count."""
    index = LiveIndex(live)
    found: dict[AppRef, Entry] = {}
    for document in bundle.spaces:
        for number, (_, apps) in enumerate(index.entries(document.value)):
            for ref in apps:
                found.setdefault(ref, Entry(document, number))
    return found


def trusts_platform(variables: Mapping[str, str] | None) -> bool | None:
    """Say whether governed variables are what `trust: system` sets; None where they were not read."""
    return None if variables is None else all(variables.get(name) == value for name, value in SYSTEM_TRUST.items())


def _classifications(bundle: Bundle) -> dict[SpaceRef, _Classification]:
    found: dict[SpaceRef, _Classification] = {}
    for document in bundle.spaces:
        space = document.value
        known = found.get(ref := SpaceRef(space.org, space.space).folded, _UNCLASSIFIED)
        found[ref] = _Classification(known.zone or space.zone, known.owner or space.owner)
    return found
