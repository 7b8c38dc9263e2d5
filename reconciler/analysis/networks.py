"""The networks that questions are asked of: the live one, and the one after a plan."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.model.network import Network
from reconciler.planning.changes import MappedApp, PolicyRule

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from reconciler.model.desired import DesiredState, Term
    from reconciler.model.live import LiveState
    from reconciler.model.names import AppRef
    from reconciler.model.network import AppFacts
    from reconciler.model.policy import NetworkPolicy
    from reconciler.model.route import InternalRoute
    from reconciler.planning.changes import Change


def network_before(live: LiveState, facts: Mapping[AppRef, AppFacts], desired: DesiredState | None = None) -> Network:
    """Give the live network. With `desired`, live policies carry the terms of the entries that ask for them."""
    return Network(_with_terms(live.policies, desired), facts, _answering(live))


def network_after(
    changes: Iterable[Change], desired: DesiredState, live: LiveState, facts: Mapping[AppRef, AppFacts]
) -> Network:
    """Give the network as it is once these changes are made."""
    policies, routes = set(live.policies), _answering(live)
    for change in changes:
        for item, wanted in ((change.before, False), (change.after, True)):
            if isinstance(item, PolicyRule):
                (policies.add if wanted else policies.discard)(item.policy)
            elif isinstance(item, MappedApp):
                route, app = item.destination
                routes[route] = routes.get(route, frozenset()) | {app} if wanted else routes[route] - {app}
    return Network(_with_terms(policies, desired), facts, routes)


def _with_terms(
    policies: Iterable[NetworkPolicy], desired: DesiredState | None
) -> dict[NetworkPolicy, tuple[Term, ...]]:
    grants = desired.policies if desired else {}
    return {policy: grants[policy].terms if policy in grants else () for policy in policies}


def _answering(live: LiveState) -> dict[InternalRoute, frozenset[AppRef]]:
    return {route: state.destinations - state.without_web for route, state in live.routes.items()}
