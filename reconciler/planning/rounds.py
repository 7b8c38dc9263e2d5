"""Policies in rounds of additions and removals: as a rule one, more where the server's quota leaves too little room.

Without `network.admin` the server refuses a call after which an app would be the source of more policies than the
quota allows, so an app near it cannot have all its new policies before any old one goes. What goes first is then what
nobody wants; an edit still puts its new policy up before it takes the old one down, as long as there is room for one.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from reconciler.planning.changes import Create, PolicyRule, Replace

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from reconciler.model.names import AppRef
    from reconciler.model.policy import NetworkPolicy
    from reconciler.planning.changes import Change


@dataclass(slots=True)
class Round:
    """Policies to add, and then those to remove."""

    add: list[NetworkPolicy] = field(default_factory=list)
    remove: list[NetworkPolicy] = field(default_factory=list)


@dataclass(slots=True)
class Rounds:
    """What to do in which order.

    `gaps` are edits whose old policy has to go before the new one can come. `surplus` holds what will not fit at all,
    `closed` what leads to apps over their quota, so that calls of their own meet the refusals, the last of all.
    """

    rounds: list[Round] = field(default_factory=lambda: [Round()])
    gaps: list[tuple[NetworkPolicy, NetworkPolicy]] = field(default_factory=list)
    surplus: Round = field(default_factory=Round)
    closed: Round = field(default_factory=Round)

    def at(self, number: int) -> Round:
        """Give a round, made if it is not there yet."""
        while len(self.rounds) <= number:
            self.rounds.append(Round())
        return self.rounds[number]

    @property
    def refused(self) -> list[Round]:
        """What the server is going to refuse, unless its quota is another one."""
        return [self.surplus, self.closed]

    @property
    def in_order(self) -> list[Round]:
        """All rounds, those that are going to be refused last."""
        return [*self.rounds, *self.refused]


@dataclass(slots=True)
class _Work:
    """The policy changes of one source app."""

    creates: list[NetworkPolicy] = field(default_factory=list)
    deletes: list[NetworkPolicy] = field(default_factory=list)
    edits: list[tuple[NetworkPolicy, NetworkPolicy]] = field(default_factory=list)


def policy_rounds(changes: Iterable[Change], room: Mapping[AppRef, int]) -> Rounds:
    """Order the policy changes. `room` says for source apps near the quota how many policies they may still get."""
    work: dict[AppRef, _Work] = {}
    for change in changes:
        _sort_in(change, work)
    found = Rounds()
    late = _held_back(work, room, found.closed)
    for source in sorted(room.keys() & work.keys()):
        _schedule(work.pop(source), room[source], found)
    for each in work.values():
        found.at(0).add += [*each.creates, *(after for _, after in each.edits)]
        found.rounds[-1].remove += [*each.deletes, *(before for before, _ in each.edits)]
    if late.add:
        found.rounds.append(late)
    for item in found.in_order:
        item.add.sort()
        item.remove.sort()
    return found


def _sort_in(change: Change, work: dict[AppRef, _Work]) -> None:
    if not isinstance(change.item, PolicyRule):
        return
    mine = work.setdefault(change.item.policy.source, _Work())
    if isinstance(change, Create):
        mine.creates.append(change.item.policy)
    elif isinstance(change, Replace) and isinstance(change.before, PolicyRule):
        mine.edits.append((change.before.policy, change.item.policy))
    else:
        mine.deletes.append(change.item.policy)


def _held_back(work: Mapping[AppRef, _Work], room: Mapping[AppRef, int], closed: Round) -> Round:
    """Take out what leads to apps over their quota, since the server refuses every call that names one of them.

    Give what can come once they have fewer policies; the rest goes into `closed`.
    """
    left = {app: spare + len(work[app].deletes if app in work else ()) for app, spare in room.items() if spare < 0}
    late = Round()
    for source, mine in work.items() if left else ():
        theirs = left.keys() - {source}
        for before, after in [*((None, new) for new in mine.creates), *mine.edits]:
            if after.destination in theirs:
                this = late if left[after.destination] >= 0 and source not in room else closed
                this.add.append(after)
                this.remove += [] if before is None else [before]
        mine.creates = [new for new in mine.creates if new.destination not in theirs]
        mine.edits = [edit for edit in mine.edits if edit[1].destination not in theirs]
    return late


def _schedule(work: _Work, room: int, found: Rounds) -> None:
    """Put the work of one source app into the fewest rounds that leave as few gaps as can be."""
    creates, edits = sorted(work.creates), sorted(work.edits)
    left_at_the_end = room + len(work.deletes)
    if left_at_the_end < 0:
        # Not even an edit fits at the end: nothing may be broken for it.
        found.surplus.add += [after for _, after in edits]
        found.surplus.remove += [before for before, _ in edits]
        edits = []
    fitting = max(0, left_at_the_end)
    found.surplus.add += creates[fitting:]
    exchanged = _exchanges(creates[:fitting], sorted(work.deletes))
    moving = {policy for exchange in exchanged for policy in exchange}
    fit = _Work(
        [policy for policy in creates[:fitting] if policy not in moving],
        [policy for policy in sorted(work.deletes) if policy not in moving],
        sorted([*edits, *exchanged]),
    )
    best = min((_arrange(fit, room, unwanted_first=first) for first in (False, True)), key=_calls)
    for number, each in enumerate(best.rounds):
        found.at(number).add += each.add
        found.at(number).remove += each.remove
    found.gaps += best.gaps


def _calls(rounds: Rounds) -> tuple[int, int]:
    return len(rounds.gaps), sum(bool(item.add) + bool(item.remove) for item in rounds.rounds)


def _arrange(work: _Work, room: int, *, unwanted_first: bool) -> Rounds:
    """Take in each round what there is room for: edits first, which give it back, then what only adds."""
    found = Rounds([])
    creates, deletes, edits = work.creates, work.deletes, work.edits
    if unwanted_first and deletes:
        found.at(0).remove += deletes
        room, deletes = room + len(deletes), []
    while creates or deletes or edits:
        moved, edits = edits[: max(0, room)], edits[max(0, room) :]
        room -= len(moved)
        added, creates = creates[: max(0, room)], creates[max(0, room) :]
        new = [*(after for _, after in moved), *added]
        old = [*deletes, *(before for before, _ in moved)]
        if not (new or old):
            broken, *edits = edits
            found.gaps.append(broken)
            creates, old = [broken[1], *creates], [broken[0]]
        room += len(old) - len(added)
        deletes = []
        # Two removals in a row are one.
        this = found.at(len(found.rounds) if new or not found.rounds else len(found.rounds) - 1)
        this.add += new
        this.remove += old
    return found


def _exchanges(creates: list[NetworkPolicy], deletes: list[NetworkPolicy]) -> list[tuple[NetworkPolicy, NetworkPolicy]]:
    """Pick for each destination one policy to go and one to come, as if it were an edit: so the pair is never cut."""
    going = {policy.destination: policy for policy in reversed(deletes)}
    coming = {policy.destination: policy for policy in reversed(creates)}
    return [(going[app], coming[app]) for app in sorted(going.keys() & coming.keys())]
