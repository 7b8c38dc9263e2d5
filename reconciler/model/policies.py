"""Sets of policies, and mappings from policies, laid out by destination.

The destination owns the policies that lead to it, so nearly all questions are asked of one destination at a time: what
is wanted there and what is there, who may call, what a plan changes. Inside, a policy is a number, and a destination's
numbers are one group, found by its place in the numbering. What two collections have in common they share: equal groups
may be one object.
"""

from __future__ import annotations

from collections.abc import ItemsView, Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Never, TypeVar

from reconciler.model.numbering import SOURCE, Numbering
from reconciler.model.policy import NetworkPolicy

if TYPE_CHECKING:
    from collections.abc import Collection

    from reconciler.model.names import AppRef

_T = TypeVar("_T")

_NOTHING: Mapping[NetworkPolicy, Never] = MappingProxyType({})


class ByDestination:
    """What sets and mappings share, for readers to whom it is all the same. No group is empty."""

    __slots__ = ("groups", "numbering")

    groups: Mapping[int, Collection[int]]

    def __init__(self, numbering: Numbering) -> None:
        self.numbering = numbering

    def __len__(self) -> int:
        return sum(map(len, self.groups.values()))

    def __iter__(self) -> Iterator[NetworkPolicy]:
        name = self.numbering.policy
        for destination, group in self.groups.items():
            for number in group:
                yield name(destination, number)

    def __contains__(self, policy: object) -> bool:
        if not isinstance(policy, NetworkPolicy):
            return False
        place = self.numbering.place(policy.destination)
        return place is not None and self.numbering.known(policy) in self.groups.get(place, ())

    def __repr__(self) -> str:
        return f"{type(self).__name__}({{{', '.join(map(str, self))}}})"

    def to(self, destination: AppRef) -> list[NetworkPolicy]:
        """List the policies that lead to an app, in no order."""
        place, name = self.numbering.place(destination), self.numbering.policy
        return [] if place is None else [name(place, number) for number in self.groups.get(place, ())]

    def between(self, source: AppRef, destination: AppRef) -> list[NetworkPolicy]:
        """List the policies that lead from one app to another, in no order."""
        return [policy for policy in self.to(destination) if policy.source == source]

    def destinations(self) -> set[AppRef]:
        """Give the apps that policies lead to."""
        return set(map(self.numbering.apps.__getitem__, self.groups))

    def sources(self) -> set[AppRef]:
        """Give the apps that policies lead from."""
        numbers = set[int]().union(*self.groups.values())
        return set(map(self.numbering.apps.__getitem__, {number & SOURCE for number in numbers}))

    def ends(self) -> set[AppRef]:
        """Give the apps that policies lead from or to."""
        return self.sources() | self.destinations()

    def of_sources(self, apps: Iterable[AppRef]) -> Iterator[NetworkPolicy]:
        """Give the policies that lead from some apps, in no order."""
        places, name = set(map(self.numbering.place, apps)) - {None}, self.numbering.policy
        for destination, group in self.groups.items() if places else ():
            for number in group:
                if number & SOURCE in places:
                    yield name(destination, number)


class PolicySet(ByDestination, AbstractSet[NetworkPolicy]):
    """A frozen set of policies. `groups` are the numbers by destination, and not to be changed."""

    __slots__ = ()

    groups: Mapping[int, AbstractSet[int]]

    def __init__(self, numbering: Numbering, groups: Mapping[int, AbstractSet[int]]) -> None:
        super().__init__(numbering)
        self.groups = groups

    @classmethod
    def of(cls, policies: Iterable[NetworkPolicy] = (), numbering: Numbering | None = None) -> PolicySet:
        """Make a set of policies. What is one already, with the numbering if one is asked for, is given as it is."""
        if isinstance(policies, PolicySet) and numbering in (None, policies.numbering):
            return policies
        numbering = numbering or Numbering()
        groups: dict[int, set[int]] = {}
        for policy in policies:
            groups.setdefault(numbering.app(policy.destination), set()).add(numbering.number(policy))
        return cls(numbering, groups)

    @classmethod
    def _from_iterable(cls, it: Iterable[Any]) -> frozenset[Any]:
        """Let operations for which nothing better is written here give a plain set."""
        return frozenset(it)

    def __sub__(self, other: AbstractSet[Any]) -> PolicySet:
        """Give the policies that are not in another set."""
        return self.parted_from(other)[0]

    def parted_from(self, other: AbstractSet[NetworkPolicy]) -> tuple[PolicySet, PolicySet]:
        """Give the policies that are only in this set and those that are only in another, in one pass."""
        ours, theirs = dict(self.groups), dict(PolicySet.of(other, self.numbering).groups)
        for destination in ours.keys() & theirs.keys():
            one, another = ours.pop(destination), theirs.pop(destination)
            if one != another:
                for left, groups in ((one - another, ours), (another - one, theirs)):
                    if left:
                        groups[destination] = left
        return PolicySet(self.numbering, ours), PolicySet(self.numbering, theirs)

    def to_any(self, destinations: AbstractSet[AppRef]) -> PolicySet:
        """Give the policies that lead to any of some apps."""
        places = set(map(self.numbering.place, destinations))
        return PolicySet(self.numbering, {place: group for place, group in self.groups.items() if place in places})

    def to_others(self, destinations: AbstractSet[AppRef]) -> PolicySet:
        """Give the policies that lead to none of some apps."""
        places = set(map(self.numbering.place, destinations))
        return PolicySet(self.numbering, {place: group for place, group in self.groups.items() if place not in places})


class PolicyMap(ByDestination, Mapping[NetworkPolicy, _T]):
    """A frozen mapping from policies. `groups` are the values by number by destination, and not to be changed."""

    __slots__ = ()

    groups: Mapping[int, Mapping[int, _T]]

    def __init__(self, numbering: Numbering, groups: Mapping[int, Mapping[int, _T]]) -> None:
        super().__init__(numbering)
        self.groups = groups

    @classmethod
    def of(cls, items: Mapping[NetworkPolicy, _T] = _NOTHING, numbering: Numbering | None = None) -> PolicyMap[_T]:
        """Make a mapping. What is one already, with the numbering if one is asked for, is given as it is."""
        if isinstance(items, PolicyMap) and numbering in (None, items.numbering):
            return items
        numbering = numbering or Numbering()
        groups: dict[int, dict[int, _T]] = {}
        for policy, value in items.items():
            groups.setdefault(numbering.app(policy.destination), {})[numbering.number(policy)] = value
        return cls(numbering, groups)

    @classmethod
    def alike(cls, policies: PolicySet, value: _T) -> PolicyMap[_T]:
        """Give all policies of a set the same value."""
        groups = {destination: dict.fromkeys(group, value) for destination, group in policies.groups.items()}
        return cls(policies.numbering, groups)

    def __getitem__(self, policy: NetworkPolicy) -> _T:
        """Give the value of a policy. Raise KeyError if it is not there."""
        if policy not in self:
            raise KeyError(policy)
        return self.groups[self.numbering.app(policy.destination)][self.numbering.number(policy)]

    def keys(self) -> PolicySet:  # type: ignore[override]
        """Give the policies."""
        return PolicySet(self.numbering, {destination: group.keys() for destination, group in self.groups.items()})

    def items(self) -> ItemsView[NetworkPolicy, _T]:
        """Give the policies with their values."""
        return _Items(self)

    def over(self, policies: PolicySet, otherwise: _T) -> PolicyMap[_T]:
        """Give the policies of a set their values, or another one where they have none. Equal groups are shared."""
        groups: dict[int, Mapping[int, _T]] = {}
        for destination, group in PolicySet.of(policies, self.numbering).groups.items():
            known = self.groups.get(destination)
            if known is None:
                groups[destination] = dict.fromkeys(group, otherwise)
            elif known.keys() == group:
                groups[destination] = known
            else:
                groups[destination] = {number: known.get(number, otherwise) for number in group}
        return PolicyMap(self.numbering, groups)

    def without(self, policies: PolicySet) -> PolicyMap[_T]:
        """Give a mapping that lacks some policies. What leads to other destinations is shared."""
        groups = dict(self.groups)
        for destination, gone in PolicySet.of(policies, self.numbering).groups.items():
            left = {number: value for number, value in groups.pop(destination, {}).items() if number not in gone}
            if left:
                groups[destination] = left
        return PolicyMap(self.numbering, groups)

    def with_more(self, more: Mapping[NetworkPolicy, _T]) -> PolicyMap[_T]:
        """Give a mapping that holds more, or other values. What leads to other destinations is shared."""
        groups = dict(self.groups)
        for destination, added in PolicyMap.of(more, self.numbering).groups.items():
            groups[destination] = {**groups.get(destination, {}), **added}
        return PolicyMap(self.numbering, groups)


class _Items(ItemsView[NetworkPolicy, _T]):
    """Policies with their values, without looking up each."""

    def __init__(self, mapping: PolicyMap[_T]) -> None:
        super().__init__(mapping)
        self._all = mapping

    def __iter__(self) -> Iterator[tuple[NetworkPolicy, _T]]:
        name = self._all.numbering.policy
        for destination, group in self._all.groups.items():
            for number, value in group.items():
                yield name(destination, number), value
