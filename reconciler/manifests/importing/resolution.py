"""From what files declare to what manifests hold: ends get their names, and what has none is listed with its place."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from reconciler.diagnostics import Diagnostic, warning
from reconciler.manifests.export.entries import live_entries, mapping_problem, policy_problem
from reconciler.manifests.export.words import name_problem
from reconciler.manifests.importing.declared import AppGuid, NotImported, Unresolved
from reconciler.model.live import LiveApp, LiveRoute, LiveState
from reconciler.model.names import AppRef, fold
from reconciler.model.policies import PolicySet
from reconciler.model.policy import NetworkPolicy

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from reconciler.diagnostics import Span
    from reconciler.manifests.export.entries import AppEntry
    from reconciler.manifests.importing.declared import DeclaredPolicy, DeclaredRoute, End, Reading
    from reconciler.model.names import SpaceRef
    from reconciler.model.route import InternalRoute

FOUNDATION = "import"
"""Stands where a live state names its foundation: what is imported is what files say, wherever that holds."""


@dataclass(frozen=True, slots=True)
class ImportedSpace:
    """What the manifest of one space holds. `notes` is what was declared for it and cannot be said."""

    space: SpaceRef
    apps: tuple[AppEntry, ...]
    notes: tuple[NotImported, ...] = ()


@dataclass(frozen=True, slots=True)
class Imported:
    """What all files come to: spaces sorted, and everything that is in none of them, sorted by place.

    `state` is a world in which exactly that is live: planning the manifests against it must change nothing.
    """

    spaces: tuple[ImportedSpace, ...]
    not_imported: tuple[NotImported, ...]
    state: LiveState


def unnamed_guids(readings: Iterable[Reading]) -> frozenset[str]:
    """List the GUIDs that the files do not name themselves: only a live state can."""
    listed = list(readings)
    known = {guid for reading in listed for guid in reading.names}
    ends = (end for reading in listed for policy in reading.policies for end in (policy.source, policy.destination))
    return frozenset(end.guid for end in ends if isinstance(end, AppGuid) and end.guid not in known)


def resolve_import(readings: Sequence[Reading], live: LiveState | None) -> Imported:
    """Bring what several files declare together. The live state names apps first, then the files themselves."""
    namer = _Namer(readings, live)
    policies: dict[NetworkPolicy, Span] = {}
    not_imported = [item for reading in readings for item in reading.not_imported]
    for declared in sorted((item for reading in readings for item in reading.policies), key=_place):
        named = namer.policy(declared)
        if isinstance(named, NotImported):
            not_imported.append(named)
        else:
            policies.setdefault(named, declared.span)
    routes = sorted((item for reading in readings for item in reading.routes), key=_place)
    mapped = [item._replace(app=namer.spelled(item.app)) for item in routes]
    state, left_out = _sayable(policies, mapped)
    everything = tuple(sorted({*not_imported, *left_out}, key=lambda item: (item.span, item.what, item.reason)))
    return Imported(_spaces(state, everything), everything, state)


def nothing_imported(imported: Imported) -> Diagnostic | None:
    """Say that nothing came of all that the files declare; None if something did, or if they declare nothing."""
    if imported.spaces or not imported.not_imported:
        return None
    message = f"nothing that these files declare could be imported: {len(imported.not_imported)} not imported"
    hint = "the report says why for each; names for GUIDs come from --live FILE, or from the foundation"
    return warning("nothing-to-import", message, imported.not_imported[0].span, hint=hint)


def _place(item: DeclaredPolicy | DeclaredRoute) -> Span:
    return item.span


class _Namer:
    """Who is meant by a GUID, and which spelling of a name counts: names ignore case."""

    def __init__(self, readings: Sequence[Reading], live: LiveState | None) -> None:
        apps = {} if live is None else live.apps
        self._spellings: dict[tuple[str, ...], str] = {}
        self._named: dict[str, AppRef] = {}
        for reading in readings:
            self._named |= reading.names
        for ref in sorted(apps):
            self._named[apps[ref].incarnation] = ref
            self.spelled(ref)

    def spelled(self, ref: AppRef) -> AppRef:
        """Write an address as it was first seen."""
        key: tuple[str, ...] = ()
        names = []
        for name in ref:
            key = (*key, fold(name))
            names.append(self._spellings.setdefault(key, name))
        return AppRef(*names)

    def policy(self, declared: DeclaredPolicy) -> NetworkPolicy | NotImported:
        source, destination = self._end(declared.source), self._end(declared.destination)
        if isinstance(source, AppRef) and isinstance(destination, AppRef):
            return NetworkPolicy(source, destination, declared.protocol, *declared.ports)
        what = str(declared._replace(source=source, destination=destination))
        ends = (("source", source), ("destination", destination))
        reasons = [f"its {side} has no name: {_reason(end)}" for side, end in ends if not isinstance(end, AppRef)]
        return NotImported(
            declared.span, what, "; ".join(reasons), destination if isinstance(destination, AppRef) else None
        )

    def _end(self, end: End) -> End:
        named = self._named.get(end.guid, end) if isinstance(end, AppGuid) else end
        return self.spelled(named) if isinstance(named, AppRef) else named


def _reason(end: AppGuid | Unresolved) -> str:
    if isinstance(end, Unresolved):
        return f"{end.text}: {end.reason}" if end.text else end.reason
    return "no app of this GUID is known; it was deleted, or the live state does not show it"


def _sayable(
    policies: Mapping[NetworkPolicy, Span], routes: Sequence[DeclaredRoute]
) -> tuple[LiveState, list[NotImported]]:
    """Give a world of what manifests can say, and the rest."""
    ends = {end for policy in policies for end in (policy.source, policy.destination)} | {item.app for item in routes}
    owners: dict[InternalRoute, SpaceRef] = {}
    mapped: dict[InternalRoute, set[AppRef]] = {}
    for item in routes:
        owners.setdefault(item.route, item.app.space_ref)
        mapped.setdefault(item.route, set()).add(item.app)
    state = LiveState(
        foundation=FOUNDATION,
        taken_at=None,
        spaces=frozenset(app.space_ref for app in ends),
        apps={app: LiveApp(str(app)) for app in ends},
        routes={route: LiveRoute(space, frozenset(mapped[route])) for route, space in owners.items()},
        internal_domains=frozenset(route.domain for route in owners),
    )
    problems = {policy: name_problem(policy.destination) or policy_problem(policy, state) for policy in policies}
    left_out = [
        NotImported(policies[policy], str(policy), problem, policy.destination)
        for policy, problem in problems.items()
        if problem is not None
    ]
    for item in routes:
        problem = name_problem(item.app) or mapping_problem(item.route, item.app, state)
        if problem is not None:
            left_out.append(NotImported(item.span, f"{item.route} -> {item.app}", problem, item.app))
            mapped[item.route].discard(item.app)
    kept = {route: LiveRoute(owners[route], frozenset(apps)) for route, apps in mapped.items() if apps}
    said = PolicySet.of(policy for policy, problem in problems.items() if problem is None)
    return replace(state, policies=said, routes=kept), left_out


def _spaces(state: LiveState, left_out: Iterable[NotImported]) -> tuple[ImportedSpace, ...]:
    """Make an entry for every app that something leads to. What has no home among them is noted in the first space."""
    notes: dict[SpaceRef | None, list[NotImported]] = {}
    for item in left_out:
        notes.setdefault(None if item.home is None else item.home.space_ref, []).append(item)
    found = [
        (item.space, tuple(entry for entry in item.apps if entry.is_called))
        for item in live_entries(state, state.spaces).spaces
    ]
    written = [(space, apps) for space, apps in found if apps]
    listed = {space for space, _ in written}
    homeless = [item for space, items in notes.items() if space not in listed for item in items]
    return tuple(
        ImportedSpace(space, apps, (*notes.get(space, ()), *(homeless if number == 0 else ())))
        for number, (space, apps) in enumerate(written)
    )
