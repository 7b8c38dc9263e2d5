"""The policy server's database: policies, the tags of their apps, and when it last changed."""

from __future__ import annotations

import heapq
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

Policy = tuple[str, str, str, int, int]
"""Source id, destination id, protocol, first port, last port: the whole identity of a policy."""

_NOTHING: frozenset[Policy] = frozenset()


class TagsExhaustedError(Exception):
    """More apps take part in policies than there are tags."""


class Tags:
    """Gives each app in a policy the lowest free number and takes it back.

    Source: policy-server `store/group.go`.
    """

    def __init__(self, length: int) -> None:
        self.length = length
        self.capacity = 256**length - 1
        self._numbers: dict[str, int] = {}
        self._freed: list[int] = []

    def __len__(self) -> int:
        return len(self._numbers)

    def __contains__(self, app: str) -> bool:
        return app in self._numbers

    def __iter__(self) -> Iterator[str]:
        return iter(self._numbers)

    def take(self, app: str) -> None:
        """Give the app a tag unless it has one."""
        if app not in self._numbers:
            # Every number up to the count of tags in use plus the freed ones is taken or freed.
            number = heapq.heappop(self._freed) if self._freed else len(self._numbers) + 1
            self._numbers[app] = number

    def free(self, app: str) -> None:
        """Take the tag of the app back."""
        heapq.heappush(self._freed, self._numbers.pop(app))

    def listed(self) -> list[tuple[str, str]]:
        """Give app and tag, ordered by tag; the tag in upper-case hex of fixed width."""
        width = 2 * self.length
        ordered = sorted(self._numbers.items(), key=lambda item: item[1])
        return [(app, f"{number:0{width}X}") for app, number in ordered]


class PolicyStore:
    """Policies with indexes by either end. `revision` grows whenever the set of policies changes."""

    def __init__(self, tag_length: int) -> None:
        self.tags = Tags(tag_length)
        self.revision = 0
        self.last_updated = 0
        self._policies: dict[Policy, None] = {}
        self._by_source: dict[str, dict[Policy, None]] = {}
        self._by_destination: dict[str, dict[Policy, None]] = {}

    def __len__(self) -> int:
        return len(self._policies)

    def __contains__(self, policy: object) -> bool:
        return policy in self._policies

    def __iter__(self) -> Iterator[Policy]:
        return iter(self._policies)

    def add(self, policies: Iterable[Policy], at: int) -> None:
        """Add all policies or none; those that exist stay. `at` is the time in Unix nanoseconds.

        Raise TagsExhaustedError when there are not enough tags for the new apps.
        """
        wanted = list(policies)
        self._check_room(wanted)
        before = len(self._policies)
        for policy in wanted:
            if policy not in self._policies:
                self._insert(policy)
        self._touch(at, changed=len(self._policies) != before)

    def remove(self, policies: Iterable[Policy], at: int) -> None:
        """Remove those of the policies that exist."""
        before = len(self._policies)
        for policy in policies:
            if policy in self._policies:
                self._erase(policy)
        self._touch(at, changed=len(self._policies) != before)

    def touching(self, apps: Iterable[str]) -> list[Policy]:
        """Give the policies that have one of the apps at either end."""
        found: dict[Policy, None] = {}
        for app in apps:
            found.update(self._by_source.get(app, {}))
            found.update(self._by_destination.get(app, {}))
        return list(found)

    def between(self, sources: Collection[str] | None, destinations: Collection[str] | None) -> list[Policy]:
        """Give the policies from any of the sources to any of the destinations; None stands for every app."""
        if sources is not None:
            found = _gather(self._by_source, sources)
            return found if destinations is None else _keep(found, frozenset(destinations))
        return list(self._policies) if destinations is None else _gather(self._by_destination, destinations)

    def count_from(self, source: str) -> int:
        """Count the policies of one source app."""
        return len(self._by_source.get(source, _NOTHING))

    def _check_room(self, policies: list[Policy]) -> None:
        fresh = {app for policy in policies for app in policy[:2] if app not in self.tags}
        if len(self.tags) + len(fresh) > self.tags.capacity:
            raise TagsExhaustedError

    def _touch(self, at: int, *, changed: bool) -> None:
        # The server bumps the time on every write, also on one that changes nothing, and cells then fetch again.
        self.last_updated = max(at, self.last_updated + 1)
        self.revision += changed

    def _insert(self, policy: Policy) -> None:
        self._policies[policy] = None
        self._by_source.setdefault(policy[0], {})[policy] = None
        self._by_destination.setdefault(policy[1], {})[policy] = None
        self.tags.take(policy[0])
        self.tags.take(policy[1])

    def _erase(self, policy: Policy) -> None:
        del self._policies[policy]
        for index, app in ((self._by_source, policy[0]), (self._by_destination, policy[1])):
            del index[app][policy]
            if not index[app]:
                del index[app]
        for app in dict.fromkeys(policy[:2]):
            if app not in self._by_source and app not in self._by_destination:
                self.tags.free(app)


def _gather(index: dict[str, dict[Policy, None]], apps: Iterable[str]) -> list[Policy]:
    return [policy for app in dict.fromkeys(apps) for policy in index.get(app, ())]


def _keep(policies: list[Policy], destinations: frozenset[str]) -> list[Policy]:
    return [policy for policy in policies if policy[1] in destinations]
