"""Rolling back: the exact inverse of what an apply did, as a plan like any other.

Only what that apply did is undone, and only where it is still as that apply left it.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from reconciler.model.desired import DesiredState, Kind, Pending
from reconciler.model.finding import Finding, Severity
from reconciler.model.policy import NetworkPolicy
from reconciler.model.route import InternalRoute, RouteDestination
from reconciler.model.scope import AppPattern, ReadSet, Scope, SpacePattern
from reconciler.planning.build import assemble
from reconciler.planning.changes import (
    Change,
    Create,
    Delete,
    MappedApp,
    OwnedRoute,
    PolicyRule,
    Reason,
    Replace,
    VariableSetting,
)
from reconciler.planning.deeds import Deed, Setting, deeds_of
from reconciler.planning.pairing import pair_edits

if TYPE_CHECKING:
    from collections.abc import Iterable

    from reconciler.model.live import LiveState
    from reconciler.model.names import AppRef
    from reconciler.planning.limits import RemovalLimits
    from reconciler.planning.plan import ManifestsVersion, Plan, PlanOptions
    from reconciler.planning.steps import Step


def read_set_for(made: Iterable[Step]) -> ReadSet:
    """Say what has to be read to undo these steps."""
    touched = _Touched.by(deeds_of(made))
    return ReadSet(
        managed=frozenset(SpacePattern(*app.space_ref) for app in touched.apps),
        hosts=touched.routes,
        environment=frozenset(AppPattern(*app) for app in touched.with_settings),
    )


def build_rollback(
    made: Iterable[Step],
    live: LiveState,
    *,
    journal: ManifestsVersion,
    options: PlanOptions,
    limits: RemovalLimits,
) -> Plan:
    """Find the changes that undo the steps `made`. `journal` stands in for the manifests: it says what is wanted."""
    deeds = deeds_of(made)
    touched = _Touched.by(deeds)
    inverse = _Inverse(live)
    for deed in sorted(deeds, key=str):
        inverse.undo(deed)
    inverse.undo_routes(deeds)
    scope = Scope(touched.destinations, domains=live.internal_domains)
    return assemble(
        inverse.all_changes,
        DesiredState(scope, declared=touched.routes, pending=tuple(inverse.pending)),
        live,
        manifests=journal,
        options=options,
        limits=limits,
        managed=len(live.policies.to_any(scope.apps)),
        findings=inverse.findings,
    )


@dataclass(frozen=True, slots=True)
class _Touched:
    """What the deeds are about. `destinations` are the apps whose inbound policies they changed."""

    apps: frozenset[AppRef]
    destinations: frozenset[AppRef]
    routes: frozenset[InternalRoute]
    with_settings: frozenset[AppRef]

    @classmethod
    def by(cls, deeds: Iterable[Deed]) -> _Touched:
        apps: set[AppRef] = set()
        destinations: set[AppRef] = set()
        routes: set[InternalRoute] = set()
        settings: set[AppRef] = set()
        for _, subject in deeds:
            if isinstance(subject, NetworkPolicy):
                apps |= {subject.source, subject.destination}
                destinations.add(subject.destination)
            elif isinstance(subject, RouteDestination):
                apps.add(subject.app)
                routes.add(subject.route)
            elif isinstance(subject, OwnedRoute):
                routes.add(subject.route)
            else:
                settings.add(subject.variable.app)
        return cls(frozenset(apps | settings), frozenset(destinations), frozenset(routes), frozenset(settings))


@dataclass(slots=True)
class _Inverse:
    """The changes that undo, and what cannot be undone."""

    live: LiveState
    creates: dict[NetworkPolicy, Create] = field(default_factory=dict)
    deletes: dict[NetworkPolicy, Delete] = field(default_factory=dict)
    changes: list[Change] = field(default_factory=list)
    pending: list[Pending] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    @property
    def all_changes(self) -> list[Change]:
        edits = pair_edits(self.creates, self.deletes)
        return [*(replace(change, reason=Reason.ROLLED_BACK) for change in edits), *self.changes]

    def undo(self, deed: Deed) -> None:
        """Undo one deed; those about routes as such wait until it is known what stays mapped."""
        subject = deed.subject
        if isinstance(subject, NetworkPolicy):
            self._undo_policy(subject, created=deed.adds)
        elif isinstance(subject, Setting):
            self._undo_setting(subject)
        elif isinstance(subject, RouteDestination):
            self._undo_mapping(subject, added=deed.adds)

    def _undo_policy(self, policy: NetworkPolicy, *, created: bool) -> None:
        rule = PolicyRule(policy, policy.known_tls)
        if created and policy in self.live.policies:
            self.deletes[policy] = Delete(rule, Reason.ROLLED_BACK, ())
        elif not created and policy not in self.live.policies:
            missing = tuple(str(app) for app in (policy.source, policy.destination) if app not in self.live.apps)
            if missing:
                self.pending.append(Pending(Kind.NETWORK_POLICY, str(policy), missing, ()))
            else:
                self.creates[policy] = Create(rule, Reason.ROLLED_BACK, ())

    def _undo_setting(self, setting: Setting) -> None:
        variable, before, after = setting
        read = self.live.environment.get(variable.app)
        if read is None:
            self._cannot(f"{variable} cannot be read, so it stays as it is")
            return
        now = read.get(variable.name)
        if now == before:
            return
        if now != after:
            self._cannot(f"{variable} has been changed since, so it stays as it is")
        elif before is None and after is not None:
            self.changes.append(Delete(VariableSetting(variable, after), Reason.ROLLED_BACK, ()))
        elif before is not None and after is None:
            self.changes.append(Create(VariableSetting(variable, before), Reason.ROLLED_BACK, ()))
        elif before is not None and after is not None:
            items = VariableSetting(variable, after), VariableSetting(variable, before)
            self.changes.append(Replace(*items, Reason.ROLLED_BACK, ()))

    def _undo_mapping(self, destination: RouteDestination, *, added: bool) -> None:
        route = self.live.routes.get(destination.route)
        mapped = route is not None and destination.app in route.destinations
        if added and mapped:
            self.changes.append(Delete(MappedApp(destination), Reason.ROLLED_BACK, ()))
        elif not added and not mapped:
            if destination.app not in self.live.apps:
                missing = (str(destination.app),)
                self.pending.append(Pending(Kind.ROUTE_DESTINATION, str(destination), missing, ()))
            else:
                self.changes.append(Create(MappedApp(destination), Reason.ROLLED_BACK, ()))

    def undo_routes(self, deeds: Iterable[Deed]) -> None:
        """Delete the routes that were made, where nobody else uses them, and make again those that were deleted."""
        unmapped = {change.before.destination for change in self.changes if isinstance(change.before, MappedApp)}
        for deed in sorted(deeds, key=str):
            owned = deed.subject
            if not isinstance(owned, OwnedRoute):
                continue
            route, space = owned
            state = self.live.routes.get(route)
            if not deed.adds and state is None:
                self.changes.append(Create(owned, Reason.ROLLED_BACK, ()))
            elif deed.adds and state is not None and state.space == space:
                left = {RouteDestination(route, app) for app in state.destinations} - unmapped
                if left or state.unnamed_destinations:
                    self._cannot(f"{route} is used by other apps by now, so it stays")
                else:
                    self.changes.append(Delete(owned, Reason.ROLLED_BACK, ()))
            elif not deed.adds and state is not None and state.space != space:
                self._cannot(f"{route} belongs to another space by now, so it is not made again")

    def _cannot(self, message: str) -> None:
        self.findings.append(Finding(Severity.WARN, "not-rolled-back", message))
