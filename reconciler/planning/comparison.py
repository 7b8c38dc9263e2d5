"""The difference between any two networks: two foundations, two revisions of the manifests, then and now."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from reconciler.model.route import RouteDestination
from reconciler.planning.changes import Create, Delete, MappedApp, PolicyRule, Reason
from reconciler.planning.encoding import encode_item, encode_span
from reconciler.planning.pairing import pair_edits

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from reconciler.model.desired import Origins, Term
    from reconciler.model.names import AppRef, SpaceRef
    from reconciler.model.network import Network
    from reconciler.model.policy import NetworkPolicy

Side = PolicyRule | MappedApp
_Asked = tuple[PolicyRule, tuple["Term", ...]]
"""A policy, and the manifest entries that ask for it."""


class Difference(NamedTuple):
    """One thing that differs: only in the second network (`before` is None), only in the first, or changed.

    The origins are the manifest lines that ask for it on either side; none where no manifest does.
    """

    before: Side | None
    after: Side | None
    origins_before: Origins = ()
    origins_after: Origins = ()

    @property
    def action(self) -> str:
        """Say how it differs."""
        return "added" if self.before is None else "removed" if self.after is None else "changed"

    @property
    def item(self) -> Side:
        """Give what it is about, as it is in the second network if it is there."""
        item = self.after or self.before
        assert item is not None  # noqa: S101 - one side is always given
        return item


@dataclass(frozen=True, slots=True)
class Comparison:
    """All differences, sorted by space and address, and how many policies and mappings are the same."""

    differences: tuple[Difference, ...]
    same: int

    def count(self, action: str) -> int:
        """Count the differences of one kind: added, removed or changed."""
        return sum(item.action == action for item in self.differences)


def compare(before: Network, after: Network, *, about: Callable[[SpaceRef], bool] = lambda _: True) -> Comparison:
    """Compare policies and the apps that answer under internal routes.

    Names compare without regard to case. Two policies between the same apps of which each is on one side only are one
    change where they look like an edit. `about` limits the comparison to some spaces, by the app that is called.
    """
    first, second = _policies(before, about), _policies(after, about)
    creates = {key: Create(second[key][0], Reason.DECLARED, _origins(second[key])) for key in second.keys() - first}
    deletes = {key: Delete(first[key][0], Reason.UNDECLARED, _origins(first[key])) for key in first.keys() - second}
    found = [
        Difference(
            _side(change.before),
            _side(change.after),
            _asked_for(first, change.before),
            _asked_for(second, change.after),
        )
        for change in pair_edits(creates, deletes)
    ]
    both = first.keys() & second.keys()
    spoken = [
        Difference(first[key][0], second[key][0], _origins(first[key]), _origins(second[key]))
        for key in both
        if first[key][0].tls != second[key][0].tls and first[key][0].tls and second[key][0].tls
    ]
    mapped, still = _mappings(before, about), _mappings(after, about)
    found += spoken
    found += [Difference(mapped[key], None) for key in mapped.keys() - still]
    found += [Difference(None, still[key]) for key in still.keys() - mapped]
    same = len(both) - len(spoken) + len(mapped.keys() & still)
    return Comparison(tuple(sorted(found, key=_order)), same)


def _policies(network: Network, about: Callable[[SpaceRef], bool]) -> dict[NetworkPolicy, _Asked]:
    """Index policies by their names in the form to compare."""
    return {
        _folded(policy): (PolicyRule(policy, terms[0].tls if terms else policy.known_tls), terms)
        for policy, terms in sorted(network.policies.items(), key=lambda item: item[0])
        if about(policy.destination.space_ref)
    }


def _folded(policy: NetworkPolicy) -> NetworkPolicy:
    return policy._replace(source=policy.source.folded, destination=policy.destination.folded)


def _side(item: object) -> Side | None:
    return item if isinstance(item, PolicyRule | MappedApp) else None


def _asked_for(policies: Mapping[NetworkPolicy, _Asked], item: object) -> Origins:
    return _origins(policies[_folded(item.policy)]) if isinstance(item, PolicyRule) else ()


def _origins(asked: _Asked) -> Origins:
    return tuple(term.origin for term in asked[1])


def _mappings(network: Network, about: Callable[[SpaceRef], bool]) -> Mapping[tuple[Any, AppRef], MappedApp]:
    return {
        (route, app.folded): MappedApp(RouteDestination(route, app))
        for route, apps in network.routes.items()
        for app in apps
        if about(app.space_ref)
    }


def _order(item: Difference) -> tuple[Any, ...]:
    return (item.item.home, not isinstance(item.item, PolicyRule), item.item.address, item.action)


def encode_difference(item: Difference) -> dict[str, Any]:
    """Turn one difference into JSON."""
    return {
        "action": item.action,
        "kind": item.item.kind.value,
        "address": item.item.address,
        "before": None if item.before is None else encode_item(item.before),
        "after": None if item.after is None else encode_item(item.after),
        "origin": {
            "before": [encode_span(span) for span in item.origins_before],
            "after": [encode_span(span) for span in item.origins_after],
        },
    }
