"""Resolving: the manifests, read against the apps that exist now, become the desired state."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from reconciler import diagnostics
from reconciler.manifests.grants import GrantResolver
from reconciler.manifests.lookup import LiveIndex
from reconciler.manifests.routes import RouteResolver
from reconciler.manifests.space import Manages
from reconciler.manifests.trust import TrustResolver
from reconciler.model.desired import DesiredState, Kind, Pending
from reconciler.model.names import AppRef, SpaceRef, fold
from reconciler.model.scope import Scope

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from reconciler.diagnostics import Diagnostic, Span
    from reconciler.manifests.loaded import Bundle, SpaceDocument
    from reconciler.manifests.lookup import Apps
    from reconciler.model.live import LiveState


class Resolution(NamedTuple):
    """The desired state, and what the manifests got wrong about the live world."""

    desired: DesiredState
    diagnostics: tuple[Diagnostic, ...]


class _Entry(NamedTuple):
    """One app entry of a document and the live apps it stands for."""

    document: SpaceDocument
    number: int
    apps: Apps

    @property
    def span(self) -> Span:
        return self.document.document.span("apps", self.number, "name")


def resolve(bundle: Bundle, live: LiveState, *, today: date) -> Resolution:
    """Say what the manifests want of the live world on the given day (UTC).

    Errors among the diagnostics mean that the desired state is not to be planned with.
    """
    index = LiveIndex(live)
    entries = [
        _Entry(document, number, apps)
        for document in bundle.spaces
        for number, apps in enumerate(index.declare(document.value))
    ]
    scope = _scope(bundle, index, entries, _governed_domains(bundle, live))
    grants = GrantResolver(index, live.policies.numbering, today)
    routes, trust = RouteResolver(live, scope.domains), TrustResolver(live)
    for entry in entries:
        for resolver in (grants, routes, trust):
            resolver.add(*entry)
    desired = DesiredState(
        scope=scope,
        policies=grants.policies,
        routes=routes.routes,
        declared=frozenset(routes.declared),
        destinations=routes.destinations,
        environment=trust.variables,
        expired=grants.expired,
        pending=_merged((*grants.pending, *routes.pending, *trust.pending)),
    )
    found = [*grants.diagnostics, *routes.diagnostics, *_claimed_twice(entries), *_missing_spaces(bundle, index)]
    uses = {place: use for item in bundle.spaces for place, use in item.uses.items()}
    if found and uses:
        from reconciler.manifests.templates.places import point_to_templates  # noqa: PLC0415 - few use templates

        found = point_to_templates(found, uses)
    return Resolution(desired, tuple(sorted(found, key=lambda item: item.sort_key)))


def _merged(pending: Iterable[Pending]) -> tuple[Pending, ...]:
    """Make one of those that wait for the same thing, with the origins of all."""
    found: dict[tuple[Kind, str], Pending] = {}
    for item in pending:
        key = (item.kind, item.address)
        known = found.get(key)
        found[key] = item if known is None else known._replace(origins=(*known.origins, *item.origins))
    return tuple(found[key] for key in sorted(found))


def _governed_domains(bundle: Bundle, live: LiveState) -> frozenset[str]:
    listed = bundle.foundation.value.internal_domains if bundle.foundation else ()
    if not listed:
        return live.internal_domains
    return live.internal_domains & {fold(domain) for domain in listed}


def _scope(bundle: Bundle, index: LiveIndex, entries: list[_Entry], domains: frozenset[str]) -> Scope:
    apps: set[AppRef] = {app for entry in entries for app in entry.apps}
    additive = {app for entry in entries if entry.document.value.manages is Manages.ADDITIONS for app in entry.apps}
    for document in bundle.spaces:
        if document.value.manages is Manages.SPACE:
            apps.update(index.apps_in(SpaceRef(document.value.org, document.value.space)))
    return Scope(frozenset(apps), frozenset(additive), domains)


def _claimed_twice(entries: list[_Entry]) -> list[Diagnostic]:
    owners: dict[AppRef, _Entry] = {}
    found = []
    for entry in entries:
        for app in entry.apps:
            first = owners.setdefault(app, entry)
            if first is not entry:
                names = [item.document.value.apps[item.number].name for item in (entry, first)]
                found.append(
                    diagnostics.error(
                        "app-claimed-twice",
                        f"the live app {app} matches this entry ({names[0]}) and another one ({names[1]})",
                        entry.span,
                        hint="narrow the patterns under `match` so that each app belongs to one entry",
                        related=(first.span,),
                    )
                )
    return found


def _missing_spaces(bundle: Bundle, index: LiveIndex) -> list[Diagnostic]:
    found = []
    for document in bundle.spaces:
        ref = SpaceRef(document.value.org, document.value.space)
        if not index.space_exists(ref):
            found.append(
                diagnostics.warning(
                    "space-not-found",
                    f"the space {ref} does not exist on this foundation, or you cannot see it; all of it is pending",
                    document.document.span("space"),
                    hint="check the spelling; `c2c doctor` shows what you may see",
                )
            )
    return found
