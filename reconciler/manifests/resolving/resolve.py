"""Resolving: the manifests, read against the apps that exist now, become the desired state."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from reconciler.diagnostics import error, warning
from reconciler.manifests.resolving.facts import entries_by_app
from reconciler.manifests.resolving.grants import GrantResolver
from reconciler.manifests.resolving.lookup import LiveIndex, declare_all
from reconciler.manifests.resolving.routes import RouteResolver
from reconciler.manifests.resolving.trust import TrustResolver
from reconciler.manifests.space import Manages
from reconciler.model.desired import DesiredState, Kind, Pending
from reconciler.model.names import SpaceRef, fold
from reconciler.model.scope import Scope

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from reconciler.diagnostics import Diagnostic
    from reconciler.manifests.loaded import Bundle
    from reconciler.manifests.resolving.facts import Entry
    from reconciler.manifests.resolving.lookup import Declared
    from reconciler.model.live import LiveState
    from reconciler.model.names import AppRef


class Resolution(NamedTuple):
    """The desired state, the live apps that each entry stands for, and what the manifests got wrong about the world."""

    desired: DesiredState
    declared: tuple[Declared, ...]
    diagnostics: tuple[Diagnostic, ...]


def resolve(bundle: Bundle, live: LiveState, *, today: date) -> Resolution:
    """Say what the manifests want of the live world on the given day (UTC).

    Errors among the diagnostics mean that the desired state is not to be planned with.
    """
    index = LiveIndex(live)
    declared = declare_all(bundle.spaces, index)
    scope = _scope(declared, index, _governed_domains(bundle, live))
    grants = GrantResolver(index, live.policies.numbering, today)
    routes, trust = RouteResolver(live, scope.domains), TrustResolver(live)
    for item in declared:
        for resolver in (grants, routes, trust):
            resolver.add(*item)
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
    found = [*grants.diagnostics, *routes.diagnostics, *_claimed_twice(declared), *_missing_spaces(bundle, index)]
    uses = {place: use for item in bundle.spaces for place, use in item.uses.items()}
    if found and uses:
        from reconciler.manifests.templates.places import point_to_templates  # noqa: PLC0415 - few use templates

        found = point_to_templates(found, uses)
    return Resolution(desired, declared, tuple(sorted(found, key=lambda item: item.sort_key)))


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


def _scope(declared: Iterable[Declared], index: LiveIndex, domains: frozenset[str]) -> Scope:
    apps: set[AppRef] = set()
    additive: set[AppRef] = set()
    for document, entries in declared:
        apps.update(*entries)
        if document.value.manages is Manages.ADDITIONS:
            additive.update(*entries)
        elif document.value.manages is Manages.SPACE:
            apps.update(index.apps_in(SpaceRef(document.value.org, document.value.space)))
    return Scope(frozenset(apps), frozenset(additive), domains)


def _claimed_twice(declared: Iterable[Declared]) -> list[Diagnostic]:
    owners: dict[AppRef, Entry] = {}
    found = []
    for app, entry in entries_by_app(declared):
        first = owners.setdefault(app, entry)
        if first is not entry:
            found.append(
                error(
                    "app-claimed-twice",
                    f"the live app {app} matches this entry ({entry.app.name}) and another one ({first.app.name})",
                    entry.origin,
                    hint="narrow the patterns under `match` so that each app belongs to one entry",
                    related=(first.origin,),
                )
            )
    return found


def _missing_spaces(bundle: Bundle, index: LiveIndex) -> list[Diagnostic]:
    found = []
    for document in bundle.spaces:
        ref = SpaceRef(document.value.org, document.value.space)
        if not index.space_exists(ref):
            found.append(
                warning(
                    "space-not-found",
                    f"the space {ref} does not exist on this foundation, or you cannot see it; all of it is pending",
                    document.document.span("space"),
                    hint="check the spelling; `c2c doctor` shows what you may see",
                )
            )
    return found
