"""What an answer about one call rests on: the networks, the platform, and where the manifests say what."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from reconciler.analysis.declared import network_declared, network_declared_at_most
from reconciler.analysis.networks import networks_around
from reconciler.manifests.resolving.facts import Entry, entries_of, facts_of
from reconciler.manifests.resolving.routes import may_declare
from reconciler.model.names import AppRef, SpaceRef
from reconciler.model.policies import PolicyMap, PolicySet
from reconciler.model.policy import NetworkPolicy
from reconciler.model.ports import Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from reconciler.analysis.reachability import Asked
    from reconciler.manifests.loaded import Bundle, SpaceDocument
    from reconciler.manifests.resolving.resolve import Resolution
    from reconciler.model.caller import Caller
    from reconciler.model.desired import Grant
    from reconciler.model.live import LiveRoute, LiveState
    from reconciler.model.network import Network
    from reconciler.model.route import InternalRoute
    from reconciler.model.scope import SpacePattern
    from reconciler.planning.changes import Change

_USUAL_DOMAIN = "apps.internal"


class Call(NamedTuple):
    """One app calling another on some ports."""

    source: AppRef
    destination: AppRef
    asked: Asked


@dataclass(frozen=True, slots=True)
class Evidence:
    """Everything that is known when a question about a call is answered.

    `before` is the network now, `after` the one after the next apply, and `declared` the one that the manifests
    describe; with `offline` all three are the same network. `at_most` is the declared network if every label selector
    fits every app, None where that makes no difference. `existing` are the apps that exist.

    `wanted` are the policies that the manifests ask for, `ended` those whose grants are over. `entries` are the app
    entries by app, and `stands_for` gives, for entries whose name is not that of a live app, the live apps they stand
    for. `documents` are the Space documents by folded space. `may_touch` are the spaces that the Foundation document
    allows, empty when it allows all. `domain` is an internal domain to suggest.

    `spaces` are those whose routes were read, `live_routes` the routes that exist, with their owners. `caller` is who
    read the platform.
    """

    before: Network
    after: Network
    declared: Network
    existing: frozenset[AppRef]
    wanted: PolicySet = field(default_factory=PolicySet.of)
    ended: PolicyMap[Grant] = field(default_factory=PolicyMap.of)
    entries: Mapping[AppRef, Entry] = field(default_factory=dict)
    stands_for: Mapping[AppRef, frozenset[AppRef]] = field(default_factory=dict)
    documents: Mapping[SpaceRef, SpaceDocument] = field(default_factory=dict)
    domain: str = _USUAL_DOMAIN
    spaces: frozenset[SpaceRef] = frozenset()
    may_touch: tuple[SpacePattern, ...] = ()
    live_routes: Mapping[InternalRoute, LiveRoute] = field(default_factory=dict)
    caller: Caller | None = None
    offline: bool = False
    at_most: Network | None = None

    @property
    def apps(self) -> frozenset[AppRef]:
        """Every app that can be asked about: those that exist, and those that manifests name and that are to come."""
        known = {app.folded for app in self.existing} | {name.folded for name in self.stands_for}
        return self.existing | {app for app in self.declared.apps if app.folded not in known}

    def routes_are_known(self, app: AppRef) -> bool:
        """Say whether an app without a route really has none, as far as can be told."""
        return self.offline or app.space_ref in self.spaces

    def is_out_of_bounds(self, app: AppRef) -> bool:
        """Say whether the Foundation document keeps these manifests from governing the app."""
        return bool(self.may_touch) and not any(pattern.matches(app.space_ref) for pattern in self.may_touch)

    def hidden_from_caller(self, call: Call) -> tuple[SpaceRef, ...]:
        """Name the spaces of the two whose policies the caller is not shown."""
        if self.caller is None:
            return ()
        return self.caller.closed_spaces(NetworkPolicy(call.source, call.destination, Protocol.TCP.value, 1, 1))

    def may_be_hidden(self, app: AppRef) -> bool:
        """Say whether an app that was not found may be there, in a space that the caller may not look into."""
        sees_all = self.caller is None or self.caller.reads_every_app
        return not sees_all and app.space_ref.folded not in {space.folded for space in self.spaces}

    def is_waiting(self, call: Call) -> bool:
        """Say whether one of the two apps is still to come."""
        return not {call.source, call.destination} <= self.existing

    def routes_to(self, app: AppRef) -> list[InternalRoute]:
        """List the internal routes under which the app answers, once everything is applied."""
        network = self.after if app in self.existing else self.declared
        return sorted(route for route, apps in network.routes.items() if app in apps)

    def routes_of_others(self, app: AppRef) -> dict[InternalRoute, SpaceRef | None]:
        """Give the routes to the app that its own manifest may not name, with their owners as far as one may see."""
        live = {route: self.live_routes[route] for route in self.routes_to(app) if route in self.live_routes}
        return {route: state.space for route, state in live.items() if not may_declare(state, app.space_ref)}


def evidence_of(
    bundle: Bundle, live: LiveState, resolution: Resolution, changes: Iterable[Change], today: date
) -> Evidence:
    """Put together what the manifests, the platform and the changes of a plan say."""
    desired = resolution.desired
    facts = facts_of(resolution.declared, live)
    entries = entries_of(resolution.declared)
    named = _named_entries(bundle)
    stood_for: dict[AppRef, set[AppRef]] = {}
    for app, entry in entries.items():
        stood_for.setdefault(_name_of(entry), set()).add(app)
    existing = frozenset(live.apps)
    folded = {app.folded for app in existing}
    around = networks_around(changes, desired, live, facts)
    return Evidence(
        before=around.before,
        after=around.after,
        declared=network_declared(bundle, today),
        existing=existing,
        wanted=desired.policies.keys(),
        ended=desired.expired,
        entries={**named, **entries},
        stands_for={name: frozenset(apps) for name, apps in stood_for.items() if name.folded not in folded},
        documents=_documents(bundle),
        domain=min(desired.scope.domains, default=_USUAL_DOMAIN),
        spaces=live.spaces,
        caller=live.caller,
        may_touch=bundle.foundation.value.spaces if bundle.foundation else (),
        live_routes=live.routes,
    )


def evidence_declared(bundle: Bundle, today: date) -> Evidence:
    """Put together what the manifests alone say."""
    declared = network_declared(bundle, today)
    listed = bundle.foundation.value.internal_domains if bundle.foundation else ()
    return Evidence(
        before=declared,
        after=declared,
        declared=declared,
        existing=frozenset(declared.apps),
        wanted=declared.policies.keys(),
        entries=_named_entries(bundle),
        documents=_documents(bundle),
        domain=min(listed, default=_USUAL_DOMAIN),
        may_touch=bundle.foundation.value.spaces if bundle.foundation else (),
        offline=True,
        at_most=network_declared_at_most(bundle, today),
    )


def _name_of(entry: Entry) -> AppRef:
    space = entry.document.value
    return AppRef(space.org, space.space, entry.app.name)


def _named_entries(bundle: Bundle) -> dict[AppRef, Entry]:
    entries = (Entry(item, number) for item in bundle.spaces for number in range(len(item.value.apps)))
    return {_name_of(entry): entry for entry in entries}


def _documents(bundle: Bundle) -> dict[SpaceRef, SpaceDocument]:
    found: dict[SpaceRef, SpaceDocument] = {}
    for document in bundle.spaces:
        found.setdefault(SpaceRef(document.value.org, document.value.space).folded, document)
    return found
