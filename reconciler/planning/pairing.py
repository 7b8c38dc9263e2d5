"""Reading a removal and an addition between the same two apps as one edit.

Pairing changes what people read, not what is done: a Replace is carried out as its addition and, later, its removal.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from reconciler.planning.changes import Change, Create, Delete, Reason, Replace

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reconciler.model.names import AppRef
    from reconciler.model.policy import NetworkPolicy

_Pair = tuple["AppRef", "AppRef"]

_MOST_COMPARED = 10_000
"""Comparisons between two apps beyond which nobody reads edits any more: the changes are then listed one by one."""


def pair_edits(creates: Mapping[NetworkPolicy, Create], deletes: Mapping[NetworkPolicy, Delete]) -> list[Change]:
    """Combine additions and removals that are edits; leave the others as they are."""
    removed: dict[_Pair, list[NetworkPolicy]] = defaultdict(list)
    for policy in sorted(deletes):
        removed[policy.source, policy.destination].append(policy)
    added: dict[_Pair, list[NetworkPolicy]] = defaultdict(list)
    for policy in sorted(creates):
        added[policy.source, policy.destination].append(policy)
    changes: list[Change] = []
    paired: set[NetworkPolicy] = set()
    for pair in added.keys() & removed.keys():
        if len(added[pair]) * len(removed[pair]) > _MOST_COMPARED:
            continue
        for before, after, reason in _edits(removed[pair], added[pair]):
            changes.append(_replace(deletes[before], creates[after], reason))
            paired |= {before, after}
    changes.extend(change for policy, change in creates.items() if policy not in paired)
    changes.extend(change for policy, change in deletes.items() if policy not in paired)
    return changes


def _replace(before: Delete, after: Create, reason: Reason) -> Replace:
    return Replace(before.before, after.after, reason, after.origins)


def _edits(
    removed: list[NetworkPolicy], added: list[NetworkPolicy]
) -> list[tuple[NetworkPolicy, NetworkPolicy, Reason]]:
    """Pair the likeliest first: a move to or from platform TLS, then overlapping ranges, then a single one each."""
    edits: list[tuple[NetworkPolicy, NetworkPolicy, Reason]] = []
    left, right = list(removed), list(added)
    for likely in (_tls_moved, _ranges_overlap):
        for before in list(left):
            after = next((policy for policy in right if likely(before, policy)), None)
            if after is not None:
                edits.append((before, after, _reason(before, after)))
                left.remove(before)
                right.remove(after)
    if len(left) == len(right) == 1 and left[0].protocol == right[0].protocol:
        edits.append((left[0], right[0], _reason(left[0], right[0])))
    return edits


def _tls_moved(before: NetworkPolicy, after: NetworkPolicy) -> bool:
    return before.protocol == after.protocol and before.is_platform_tls != after.is_platform_tls


def _ranges_overlap(before: NetworkPolicy, after: NetworkPolicy) -> bool:
    return before.protocol == after.protocol and before.ports.overlaps(after.ports)


def _reason(before: NetworkPolicy, after: NetworkPolicy) -> Reason:
    return Reason.TLS_CHANGED if _tls_moved(before, after) else Reason.PORTS_CHANGED
