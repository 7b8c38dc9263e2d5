"""What manifests lack of a live world: what an export or an import still has to add to them."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from reconciler.flow.plans import plan_against
from reconciler.flow.requests import PlanRequest
from reconciler.manifests.export.merge import Missing
from reconciler.manifests.resolving.resolve import resolve
from reconciler.manifests.space import Manages
from reconciler.model.environment import SYSTEM_TRUST
from reconciler.model.route import RouteDestination
from reconciler.planning.changes import Delete, MappedApp, PolicyRule, Reason, VariableSetting

if TYPE_CHECKING:
    from collections.abc import Collection
    from collections.abc import Set as AbstractSet
    from datetime import date

    from reconciler.manifests.loaded import Bundle
    from reconciler.model.live import LiveState
    from reconciler.model.names import SpaceRef
    from reconciler.model.policy import NetworkPolicy
    from reconciler.planning.changes import Change, Item


def lacking(bundle: Bundle, live: LiveState, spaces: Collection[SpaceRef], today: date) -> Missing:
    """List what is live in some spaces and the manifests do not declare, though they govern it or might come to.

    `manages: additions` is read as `apps`: what is live is missing there too, though no plan takes it away yet.
    """
    wanted = taken_away(_as_if_governing(bundle), live, spaces, today)
    variables = Counter(item.variable.app for item in wanted if isinstance(item, VariableSetting))
    return Missing(
        tuple(item.policy for item in wanted if isinstance(item, PolicyRule)),
        tuple(item.destination for item in wanted if isinstance(item, MappedApp)),
        frozenset(app for app, count in variables.items() if count == len(SYSTEM_TRUST)),
    )


def taken_away(bundle: Bundle, live: LiveState, spaces: Collection[SpaceRef], today: date) -> tuple[Item, ...]:
    """List what a plan takes away in some spaces because nothing declares it. What has expired was meant to go."""
    changes: tuple[Change, ...] = plan_against(PlanRequest(bundle, today), live).changes
    return tuple(
        change.before
        for change in changes
        if change.before is not None
        and change.before.home in spaces
        and change.reason is not Reason.EXPIRED
        and (isinstance(change, Delete) or isinstance(change.before, PolicyRule))
    )


def not_asked_for(bundle: Bundle, state: LiveState, today: date, *, exactly: bool = False) -> Missing:
    """List what was imported and the manifests do not ask for. With `exactly`, what they ask for beyond it, too.

    What has expired was meant to go.
    """
    desired = resolve(bundle, state, today=today).desired
    mappings = {RouteDestination(route, app) for route, known in state.routes.items() for app in known.destinations}
    policies: AbstractSet[NetworkPolicy] = state.policies - desired.policies.keys() - desired.expired.keys()
    wanted = mappings - desired.destinations.keys()
    if exactly:
        policies |= desired.policies.keys() - state.policies
        wanted |= desired.destinations.keys() - mappings
    return Missing(tuple(sorted(policies)), tuple(sorted(wanted)))


def _as_if_governing(bundle: Bundle) -> Bundle:
    governing = [
        item._replace(value=item.value._replace(manages=Manages.APPS))
        if item.value.manages is Manages.ADDITIONS
        else item
        for item in bundle.spaces
    ]
    return bundle._replace(spaces=tuple(governing))
