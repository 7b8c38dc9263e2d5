"""The difference between the desired and the live state, by set algebra over exact tuples.

What is not ours cannot be deleted, by construction: foreign live policies are taken out of what nobody declares before
anything is called unwanted, so no later step could plan their removal.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from reconciler.model.desired import spans
from reconciler.model.environment import SYSTEM_TRUST
from reconciler.model.finding import Finding, Severity
from reconciler.model.route import RouteDestination
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
from reconciler.planning.pairing import pair_edits
from reconciler.planning.recreated import recreated

if TYPE_CHECKING:
    from reconciler.model.desired import DesiredState
    from reconciler.model.live import LiveRoute, LiveState
    from reconciler.model.policies import PolicySet
    from reconciler.model.policy import NetworkPolicy
    from reconciler.model.route import InternalRoute


class ItemChanges(NamedTuple):
    """The changes to routes, or to variables, and how many managed ones are already right."""

    changes: list[Change]
    unchanged: int


class PolicyChanges(NamedTuple):
    """The changes to policies, the live ones that are not ours, and how many are managed."""

    changes: list[Change]
    unchanged: int
    foreign: PolicySet
    managed: int


def diff_policies(desired: DesiredState, live: LiveState) -> PolicyChanges:
    """Compare policies. Nothing is removed from apps that are only added to."""
    governed, additive = desired.scope.apps, desired.scope.additive
    undeclared, missing = live.policies.parted_from(desired.policies.keys())
    foreign = undeclared.to_others(governed)
    unwanted = undeclared.to_any(governed - additive)
    returned = recreated(missing, live.stale, live.policies)
    creates = {
        policy: Create(
            PolicyRule(policy, desired.policies[policy].tls),
            Reason.APP_RECREATED if policy in returned else Reason.DECLARED,
            desired.policies[policy].origins,
        )
        for policy in missing
    }
    deletes = {policy: _delete(policy, desired) for policy in unwanted}
    managed = len(live.policies) - len(foreign)
    changes = pair_edits(creates, deletes)
    return PolicyChanges(changes, len(desired.policies) - len(missing), foreign, managed)


def _delete(policy: NetworkPolicy, desired: DesiredState) -> Delete:
    ended = desired.expired.get(policy)
    return Delete(
        PolicyRule(policy, policy.known_tls),
        Reason.UNDECLARED if ended is None else Reason.EXPIRED,
        () if ended is None else ended.origins,
    )


def diff_routes(desired: DesiredState, live: LiveState) -> ItemChanges:
    """Compare internal routes and the apps mapped to them."""
    changes: list[Change] = []
    unchanged = 0
    for route, wanted in desired.routes.items():
        if route in live.routes:
            unchanged += 1
        else:
            changes.append(Create(OwnedRoute(route, wanted.space), Reason.DECLARED, wanted.origins))
    for destination, places in desired.destinations.items():
        found = live.routes.get(destination.route)
        if found is not None and destination.app in found.answering:
            unchanged += 1
        else:
            changes.append(Create(MappedApp(destination), Reason.DECLARED, spans(places)))
    for route, state in live.routes.items():
        changes.extend(_unmap(route, state, desired))
    return ItemChanges(changes, unchanged)


def _unmap(route: InternalRoute, state: LiveRoute, desired: DesiredState) -> list[Change]:
    if route.domain not in desired.scope.domains:
        return []
    unwanted = {
        app
        for app in state.destinations
        if (route, app) not in desired.destinations and desired.scope.may_remove_from(app)
    }
    if not unwanted:
        return []
    changes: list[Change] = [Delete(MappedApp(RouteDestination(route, app)), Reason.UNDECLARED, ()) for app in unwanted]
    nothing_left = unwanted == state.destinations and not state.unnamed_destinations
    owners = {app.space_ref for app in unwanted}
    if nothing_left and route not in desired.declared and state.space in owners:
        changes.append(Delete(OwnedRoute(route, state.space), Reason.NO_DESTINATIONS, ()))
    return changes


def diff_environment(desired: DesiredState, live: LiveState) -> ItemChanges:
    """Compare the governed variables of the apps whose environment was read."""
    changes: list[Change] = []
    unchanged = 0
    for variable, wanted in desired.environment.items():
        read = live.environment.get(variable.app)
        if read is None:
            continue
        value = read.get(variable.name)
        before = None if value is None else VariableSetting(variable, value)
        if wanted.value is None:
            if before is not None and value == SYSTEM_TRUST[variable.name]:
                changes.append(Delete(before, Reason.TRUST_REMOVED, wanted.origins))
            continue
        after = VariableSetting(variable, wanted.value)
        if before == after:
            unchanged += 1
        elif before is None:
            changes.append(Create(after, Reason.DECLARED, wanted.origins))
        elif desired.scope.may_remove_from(variable.app):
            changes.append(Replace(before, after, Reason.VALUE_CHANGED, wanted.origins))
    return ItemChanges(changes, unchanged)


def kept_values(desired: DesiredState, live: LiveState) -> list[Finding]:
    """Name the variables that `trust` would set, were nothing ever overwritten under `manages: additions`."""
    return [
        Finding(
            Severity.WARN,
            "trust-not-set",
            f"{variable} holds another value than `trust` sets, and keeps it: the space is only added to",
            wanted.origins[0],
            hint="remove the variable, or let the space manage its apps",
        )
        for variable, wanted in desired.environment.items()
        if variable.app in desired.scope.additive
        and wanted.value is not None
        and live.environment.get(variable.app, {}).get(variable.name, wanted.value) != wanted.value
    ]
