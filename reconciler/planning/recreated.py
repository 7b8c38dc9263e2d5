"""Recognising an app that was deleted and pushed again: the same name, a new GUID, its policies left with the old one.

The platform does not say who a dead GUID was. But the policies it still holds have a shape, and where exactly one app
fits that shape, and holds no policy of its own yet, the cause is beyond doubt.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from reconciler.model.names import AppRef
from reconciler.model.policy import NetworkPolicy, StalePolicy, UnknownApp

if TYPE_CHECKING:
    from collections.abc import Iterable

    from reconciler.model.policies import PolicySet

_Shape = tuple[str, AppRef | None, str, int, int]


def recreated(missing: PolicySet, stale: Iterable[StalePolicy], live: PolicySet) -> set[NetworkPolicy]:
    """Give the missing policies that a former incarnation of their app still holds."""
    held: dict[UnknownApp, list[StalePolicy]] = defaultdict(list)
    for policy in stale:
        for end in {policy.source, policy.destination}:
            if isinstance(end, UnknownApp):
                held[end].append(policy)
    if not held or not missing:
        return set()
    candidates = _by_shape(missing, live.ends())
    found: set[NetworkPolicy] = set()
    for gone, policies in held.items():
        possible = set[AppRef].intersection(*(candidates.get(_shape(policy, gone), set()) for policy in policies))
        guesses = (_as_if(policies, gone, app) for app in possible)
        fits = [own for own in guesses if own is not None and all(policy in missing for policy in own)]
        if len(fits) == 1:
            found |= fits[0]
    return found


def _by_shape(missing: PolicySet, busy: set[AppRef]) -> dict[_Shape, set[AppRef]]:
    """Index the apps that might have come back by each policy that they miss, seen without their own name."""
    index: dict[_Shape, set[AppRef]] = defaultdict(set)
    for policy in missing:
        for app in {policy.source, policy.destination} - busy:
            index[_shape(policy, app)].add(app)
    return index


def _shape(policy: NetworkPolicy | StalePolicy, end: AppRef | UnknownApp) -> _Shape:
    """Describe a policy by what is left of it without one of its ends; an app with itself leaves nothing."""
    role = "self" if policy.source == policy.destination else "from" if policy.source == end else "to"
    other = policy.destination if role == "from" else policy.source
    named = other if isinstance(other, AppRef) and role != "self" else None
    return (role, named, policy.protocol, policy.start, policy.end)


def _as_if(policies: list[StalePolicy], gone: UnknownApp, app: AppRef) -> set[NetworkPolicy] | None:
    """Give what the policies of a dead GUID would be if it had been this app; None if another end has no name."""
    named = set()
    for policy in policies:
        source, destination = (app if end == gone else end for end in (policy.source, policy.destination))
        if not (isinstance(source, AppRef) and isinstance(destination, AppRef)):
            return None
        named.add(NetworkPolicy(source, destination, policy.protocol, policy.start, policy.end))
    return named
