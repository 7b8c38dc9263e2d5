"""The networks around a plan: the live one, and the one once its changes are made."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from reconciler.manifests.resolving.facts import trusts_platform
from reconciler.model.network import Network
from reconciler.model.policies import PolicyMap, PolicySet
from reconciler.planning.changes import MappedApp, OwnedRoute, PolicyRule, VariableSetting

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from reconciler.model.desired import DesiredState, Term
    from reconciler.model.live import LiveState
    from reconciler.model.names import AppRef
    from reconciler.model.network import AppFacts
    from reconciler.model.policy import NetworkPolicy
    from reconciler.model.route import InternalRoute
    from reconciler.planning.changes import Change, Item

_NO_FACTS: Mapping[AppRef, AppFacts] = MappingProxyType({})


def live_network(
    live: LiveState, facts: Mapping[AppRef, AppFacts] = _NO_FACTS, desired: DesiredState | None = None
) -> Network:
    """Give the network of a live state. With `desired`, policies carry the terms of the entries that ask for them."""
    routes = {route: state.answering for route, state in live.routes.items()}
    return Network(_live_policies(live, desired), facts, routes)


class Around(NamedTuple):
    """The networks before and after some changes. What leads to apps without changes is shared."""

    before: Network
    after: Network


def networks_around(
    changes: Iterable[Change], desired: DesiredState, live: LiveState, facts: Mapping[AppRef, AppFacts]
) -> Around:
    """Give the live network, and the one as it is once these changes are made: routes and trust included."""
    before = live_network(live, facts, desired)
    routes = dict(before.routes)
    stays: dict[NetworkPolicy, bool] = {}
    variables: dict[AppRef, dict[str, str]] = {}
    for item, wanted in _gone_and_come(changes):
        if isinstance(item, PolicyRule):
            stays[item.policy] = wanted
        elif isinstance(item, VariableSetting):
            app = item.variable.app
            _reset(variables.setdefault(app, dict(live.environment.get(app, {}))), item, wanted=wanted)
        else:
            _reroute(routes, item, wanted=wanted)
    changed = {
        app: facts[app]._replace(trusts_platform=trusts_platform(read))
        for app, read in variables.items()
        if app in facts
    }
    gone = PolicySet.of((policy for policy, wanted in stays.items() if not wanted), before.policies.numbering)
    come = {policy: desired.policies.get(policy, ()) for policy, wanted in stays.items() if wanted}
    after = before.policies.without(gone).with_more(come)
    return Around(before, Network(after, {**facts, **changed} if changed else facts, routes))


def _live_policies(live: LiveState, desired: DesiredState | None) -> PolicyMap[tuple[Term, ...]]:
    """Give the live policies with their terms."""
    if desired is None:
        return PolicyMap.alike(live.policies, ())
    wanted: PolicyMap[tuple[Term, ...]] = PolicyMap.of(desired.policies, live.policies.numbering)
    return wanted.over(live.policies, ())


def _gone_and_come(changes: Iterable[Change]) -> Iterator[tuple[Item, bool]]:
    """Give what goes (False) and what comes (True), in this order, so that a replaced value ends as the new one."""
    for change in changes:
        if change.before is not None:
            yield change.before, False
        if change.after is not None:
            yield change.after, True


def _reset(variables: dict[str, str], item: VariableSetting, *, wanted: bool) -> None:
    name = item.variable.name
    if wanted:
        variables[name] = item.value
    elif variables.get(name) == item.value:
        del variables[name]


def _reroute(routes: dict[InternalRoute, frozenset[AppRef]], item: OwnedRoute | MappedApp, *, wanted: bool) -> None:
    if isinstance(item, OwnedRoute):
        if wanted:
            routes.setdefault(item.route, frozenset())
        else:
            routes.pop(item.route, None)
        return
    route, app = item.destination
    if wanted:
        routes[route] = routes.get(route, frozenset()) | {app}
    elif route in routes:
        routes[route] -= {app}
