"""Adding what manifests lack to manifests that people wrote: no line of theirs is moved or changed."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from reconciler.manifests.editing.insertion import Addition, Item, Setting, extended
from reconciler.manifests.editing.yaml_text import flow, scalar
from reconciler.manifests.export.entries import Opened, mapping_problem, policy_problem
from reconciler.manifests.export.render import app_item, grant_item, port_item
from reconciler.manifests.export.words import source_form
from reconciler.manifests.parsing.source import parse_documents
from reconciler.manifests.resolving.grants import openings
from reconciler.manifests.resolving.lookup import LiveIndex
from reconciler.model.names import AppRef, SpaceRef

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from reconciler.diagnostics import Diagnostic, Span
    from reconciler.manifests.export.entries import AppEntry
    from reconciler.manifests.export.words import SourceForm
    from reconciler.manifests.loaded import Bundle, SpaceDocument
    from reconciler.model.live import LiveState
    from reconciler.model.policy import NetworkPolicy
    from reconciler.model.route import RouteDestination


class Missing(NamedTuple):
    """What a plan of the manifests would take away and nobody has set an end to: it is governed and not declared."""

    policies: tuple[NetworkPolicy, ...] = ()
    mappings: tuple[RouteDestination, ...] = ()
    trusting: frozenset[AppRef] = frozenset()


class Place(NamedTuple):
    """An entry in a file: which document of the file, counted from 0, and which item of its `apps`."""

    file: str
    document: int
    number: int

    @property
    def path(self) -> tuple[str | int, ...]:
        """The path of the entry in its document."""
        return ("apps", self.number)


class Merger:
    """Collects additions to files, then writes each file once."""

    def __init__(self, bundle: Bundle, live: LiveState, contents: Mapping[str, bytes]) -> None:
        self._live = live
        self._contents = contents
        self._claims: dict[AppRef, Place] = {}
        self._spaces: dict[SpaceRef, Place] = {}
        self._values: dict[Place, tuple[SpaceDocument, int]] = {}
        self._new_apps: dict[Place, list[AppEntry]] = defaultdict(list)
        self._grants: dict[Place, list[NetworkPolicy]] = defaultdict(list)
        self._routes: dict[Place, set[str]] = defaultdict(set)
        self._trust: set[Place] = set()
        self._look(bundle, LiveIndex(live))

    def _look(self, bundle: Bundle, index: LiveIndex) -> None:
        """Find out which entry stands for which live app, and which document is the first of its space."""
        starts = {file: _starts(file, content) for file, content in self._contents.items()}
        for item in bundle.spaces:
            span = item.document.span()
            space = SpaceRef(item.value.org, item.value.space)
            number = starts[span.file].index(span)
            self._spaces.setdefault(space.folded, Place(span.file, number, -1))
            for position, (_, apps) in enumerate(index.entries(item.value)):
                place = Place(span.file, number, position)
                self._values[place] = (item, position)
                for live_app in apps:
                    self._claims[live_app] = place

    def describes(self, space: SpaceRef) -> bool:
        """Say whether a document describes the space."""
        return space.folded in self._spaces

    def add_app(self, entry: AppEntry) -> None:
        """Add an entry to the first document of its space, unless one stands for the app already."""
        if entry.app not in self._claims:
            self._new_apps[self._spaces[entry.app.space_ref.folded]].append(entry)

    def add_missing(self, missing: Missing) -> None:
        """Add to the entries what a plan would take away from their apps, as far as the language can say it."""
        for policy in missing.policies:
            place = self._claims.get(policy.destination)
            if place is not None and policy_problem(policy, self._live) is None:
                self._grants[place].append(policy)
        for route, app in missing.mappings:
            place = self._claims.get(app)
            if place is not None and mapping_problem(route, app, self._live) is None:
                self._routes[place].add(str(route))
        self._trust |= {self._claims[app] for app in missing.trusting if app in self._claims}

    def merged(self) -> tuple[dict[str, bytes], list[Diagnostic]]:
        """Give the new contents of every file that changes, or why a file cannot be added to."""
        files: dict[str, bytes] = {}
        problems: list[Diagnostic] = []
        places: Iterable[Place] = (*self._new_apps, *self._grants, *self._routes, *self._trust)
        for file in sorted({place.file for place in places}):
            text = extended(file, self._contents[file], self._additions(file))
            if isinstance(text, list):
                problems += text
            else:
                files[file] = text
        return files, problems

    def _additions(self, file: str) -> Iterator[Addition | Setting]:
        for place, grants in self._grants.items():
            if place.file == file:
                yield from self._grant(place, grants)
        for place, routes in self._routes.items():
            if place.file == file:
                items = tuple(Item((f"- {scalar(route)}",)) for route in sorted(routes))
                yield Addition(place.document, place.path, "routes", items, in_brackets=True)
        for place in self._trust:
            if place.file == file:
                yield Setting(place.document, place.path, "trust", "system")
        for place, entries in self._new_apps.items():
            if place.file == file:
                yield Addition(place.document, (), "apps", tuple(map(app_item, entries)), apart=True)

    def _grant(self, place: Place, grants: Sequence[NetworkPolicy]) -> Iterator[Addition]:
        """Add grants to an entry, under the names that its ports have, or under new ones."""
        document, number = self._values[place]
        declared = document.value.apps[number].ports
        known = {
            Opened(opening.protocol, opening.ports): port.name
            for port in declared
            if port.plaintext_until is None
            for opening in openings(port)
        }
        taken = {port.name for port in declared}
        opened = [Opened(policy.protocol, policy.ports) for policy in sorted(grants)]
        new = dict.fromkeys(port for port in opened if port not in known)
        for port in new:
            known[port] = _free_name(port.name, taken)
            taken.add(known[port])
        has_tls = any(port.is_auto for port in known)
        if new:
            ports = tuple(port_item(port, known[port], has_tls=has_tls) for port in new)
            yield Addition(place.document, place.path, "ports", ports)
        forms: dict[str, SourceForm] = {}
        names: dict[str, list[str]] = defaultdict(list)
        for policy, port in zip(sorted(grants), opened, strict=True):
            form = source_form(policy.source, policy.destination)
            forms[flow(form)] = form
            names[flow(form)].append(known[port])
        items = tuple(grant_item([forms[key]], [*dict.fromkeys(ports)]) for key, ports in names.items())
        yield Addition(place.document, place.path, "ingress", items)


def _starts(file: str, content: bytes) -> list[Span]:
    """Give the place of every document of a file, those without data left out as the library leaves them out."""
    return [document.span() for document in parse_documents(file, content)[0]]


def _free_name(name: str, taken: set[str]) -> str:
    number, free = 2, name
    while free in taken:
        number, free = number + 1, f"{name}-{number}"
    return free
