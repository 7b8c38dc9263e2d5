"""What a schema cannot say about a Snapshot: everything named is there, and nothing is there twice.

What passes here is a live state that both `plan --live` and the embedded foundation take.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple

from reconciler.manifests.snapshots.grammar import (
    DEFAULT_PORT,
    destination_of,
    domains_of,
    end_of,
    ports_of,
    spaces_of,
)
from reconciler.manifests.text import Speller, shown
from reconciler.model.names import AppRef, SpaceRef, fold, parse_space_ref

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Iterator

    from reconciler.manifests.snapshots.grammar import Json, Path

_MAX_SPELT = 20
"""How many unknown names are compared with the known ones. A snapshot with more is cut off, not misspelt."""


class Problem(NamedTuple):
    """Something wrong with a snapshot, and where. `first` is the other place of two that cannot both be."""

    code: str
    message: str
    hint: str
    path: Path
    first: Path | None = None


def find_problems(snapshot: Json) -> Iterator[Problem]:
    """Give everything that is wrong with a snapshot that fits its schema."""
    contents = _Contents(snapshot)
    yield from _moment(snapshot)
    yield from contents.twice
    yield from contents.routes()
    yield from contents.policies()
    yield from contents.view()
    yield from contents.accounts()


def _moment(snapshot: Json) -> Iterator[Problem]:
    taken_at = snapshot.get("taken_at")
    try:
        if taken_at is not None:
            datetime.fromisoformat(taken_at).astimezone(UTC)
    except (ValueError, OverflowError):
        message = f"{shown(taken_at)} is not right for `taken_at`: the calendar has no such day"
        yield Problem("bad-value", message, "write a moment such as 2026-11-20T06:00:00Z", ("taken_at",))


class _Contents:
    """What the snapshot lists, by names in the form to compare; `twice` is what it lists a second time."""

    def __init__(self, snapshot: Json) -> None:
        self._snapshot = snapshot
        self._places: dict[Hashable, Path] = {}
        self._speller = Speller(_MAX_SPELT)
        self.twice: list[Problem] = []
        self._domains = {fold(domain["name"]): domain["name"] for domain in domains_of(snapshot)}
        for number, domain in enumerate(snapshot.get("domains") or ()):
            self._list("domain", domain["name"], fold(domain["name"]), ("domains", number), domain)
        for number, org in enumerate(snapshot.get("organizations") or ()):
            self._list("organization", org["name"], fold(org["name"]), ("organizations", number), org)
        self._spaces: dict[SpaceRef, SpaceRef] = {}
        self._apps: dict[AppRef, tuple[AppRef, Json]] = {}
        self._found: set[str] = set()
        for space, data, path in spaces_of(snapshot):
            self._spaces.setdefault(space.folded, space)
            self._list("space", str(space), space.folded, path, data)
            for number, entry in enumerate(data.get("apps") or ()):
                app = AppRef(*space, entry["name"])
                self._apps.setdefault(app.folded, (app, entry))
                self._list("app", str(app), app.folded, (*path, "apps", number), entry)

    def _list(self, kind: str, name: str, key: Hashable, path: Path, entry: Json) -> None:
        """Take something in by its name and by its GUID, each of which only one thing of a kind can have."""
        self.twice += self._once((kind, key), f"the {kind}", name, (*path, "name"))
        self.twice += self._own_guid(kind, entry, path)

    def _own_guid(self, kind: str, entry: Json, path: Path, *scope: Hashable) -> Iterator[Problem]:
        if "guid" in entry:
            yield from self._once(("guid", kind, *scope, entry["guid"]), "the guid", entry["guid"], (*path, "guid"))

    def _once(self, key: Hashable, what: str, name: str, path: Path) -> Iterator[Problem]:
        """Complain if the key was seen before: what it is and its name are for the message only."""
        first = self._places.setdefault(key, path)
        if first is not path:
            hint = "keep one of the two: names that differ only in upper and lower case are one name"
            if path[-1] == "guid":
                hint = "give each its own, or leave it out"
            yield Problem("duplicate-item", f"{what} {shown(name)} is there twice", hint, path, first)

    # Routes

    def routes(self) -> Iterator[Problem]:
        """Check routes, with what they lead to and who may map them."""
        for space, data, path in spaces_of(self._snapshot):
            for number, route in enumerate(data.get("routes") or ()):
                yield from self._route(space, route, (*path, "routes", number))

    def _route(self, space: SpaceRef, route: Json, path: Path) -> Iterator[Problem]:
        host, domain = route["host"], route["domain"]
        if fold(domain) not in self._domains:
            meant = self._speller.did_you_mean(domain, self._domains.values())
            message = f"the route {shown(f'{host}.{domain}')} is on a domain that the snapshot does not list"
            yield Problem("unknown-reference", message, meant or "list it in `domains`", (*path, "domain"))
        subpath = route.get("path", "")
        key = ("route", fold(host), fold(domain), fold(subpath))
        yield from self._once(key, "the route", f"{host}.{domain}{subpath}", (*path, "host"))
        yield from self._own_guid("route", route, path)
        yield from self._named_spaces(route.get("shared_with") or (), (*path, "shared_with"))
        for number, entry in enumerate(route.get("destinations") or ()):
            yield from self._destination(space, entry, (*path, "destinations", number))

    def _destination(self, space: SpaceRef, entry: str | Json, path: Path) -> Iterator[Problem]:
        app = destination_of(space, entry)
        if app.folded not in self._apps:
            hint = self._meant(app) or "list the app, or remove the destination: a deleted app has none"
            yield Problem("unknown-reference", f"the snapshot has no app {shown(str(app))}", hint, path)
            return
        details: Json = {} if isinstance(entry, str) else entry
        is_built = self._apps[app.folded][1].get("lifecycle", "buildpack") == "buildpack"
        port = details.get("port", DEFAULT_PORT if is_built else None)
        key = ("destination", path[:-1], app.folded, details.get("process_type", "web"), port)
        yield from self._once(key, "the destination", str(app), path)
        yield from self._own_guid("destination", details, path, path[:-1])

    # Policies

    def policies(self) -> Iterator[Problem]:
        """Check that policies are between apps that are there, and their ranges."""
        for number, policy in enumerate(self._snapshot.get("network_policies") or ()):
            path: Path = ("network_policies", number)
            for side in ("source", "destination"):
                yield from self._end(policy[side], (*path, side))
            start, end = ports_of(policy["ports"])
            if start > end:
                message = f"the range {start}-{end} runs backwards"
                yield Problem("backwards-range", message, f"write {end}-{start}", (*path, "ports"))

    def _end(self, value: str | Json, path: Path) -> Iterator[Problem]:
        if isinstance(value, str) and value in self._found:
            return
        end = end_of(value)
        if isinstance(end, AppRef) and end.folded not in self._apps:
            meant = self._meant(end)
            hint = "for a deleted app write {guid: ...}" + (f"; {meant}" if meant else "")
            yield Problem("unknown-reference", f"the snapshot has no app {shown(str(end))}", hint, path)
        elif isinstance(value, str):
            # There are many more policies than apps: most addresses come again.
            self._found.add(value)

    def _meant(self, app: AppRef) -> str | None:
        return self._speller.did_you_mean(str(app), (str(known) for known, _ in self._apps.values()))

    # Who took it

    def view(self) -> Iterator[Problem]:
        """Check that the spaces that were shown, or closed, are there."""
        view = self._snapshot.get("view") or {}
        for key in ("policies_between", "closed_environments"):
            yield from self._named_spaces(view.get(key) or (), ("view", key))

    # Users and clients of a seed

    def accounts(self) -> Iterator[Problem]:
        """Check who may sign in to a seeded foundation. Their names, unlike others, are compared exactly."""
        for kind, key in (("users", "name"), ("clients", "id")):
            first: dict[str, Path] = {}
            for number, entry in enumerate(self._snapshot.get(kind) or ()):
                path: Path = (kind, number, key)
                if first.setdefault(entry[key], path) is not path:
                    message = f"{shown(entry[key])} is among the {kind} twice"
                    yield Problem("duplicate-item", message, "keep one of the two", path, first[entry[key]])
                spaces = entry.get("space_developer") or ()
                yield from self._named_spaces(spaces, (kind, number, "space_developer"))

    def _named_spaces(self, addresses: Iterable[str], path: Path) -> Iterator[Problem]:
        for number, address in enumerate(addresses):
            space = parse_space_ref(address)
            if space.folded not in self._spaces:
                meant = self._speller.did_you_mean(str(space), map(str, self._spaces.values()))
                message = f"the snapshot has no space {shown(str(space))}"
                yield Problem("unknown-reference", message, meant or "list the space", (*path, number))
