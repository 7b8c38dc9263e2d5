"""Judging a network: guardrails and waivers in, breaches out."""

from __future__ import annotations

from collections.abc import Collection
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple, cast

from reconciler.guardrails.additions import Additions
from reconciler.guardrails.crowds import Crowds
from reconciler.guardrails.ends import Ends
from reconciler.guardrails.limits.kinds import CountLimit, ExpressionLimit
from reconciler.guardrails.rails import compile_rails
from reconciler.guardrails.subjects import Crowd
from reconciler.guardrails.sweep import sweep
from reconciler.guardrails.waiving import Waiving

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import date

    from reconciler.guardrails.ends import RoutesOf
    from reconciler.guardrails.limits.expression import Expression
    from reconciler.guardrails.rails import Rail
    from reconciler.guardrails.subjects import Subject
    from reconciler.guardrails.sweep import Alike
    from reconciler.guardrails.traffic import Traffic
    from reconciler.guardrails.waiving import Counted
    from reconciler.model.finding import WaiverUse
    from reconciler.model.guardrail import Guardrail, Waiver
    from reconciler.model.names import AppRef
    from reconciler.model.network import Network
    from reconciler.model.policy import NetworkPolicy

_MOST_REASONS = 10
_OTHER_REASONS = "it fails in more ways than are told apart here"


class Breach(NamedTuple):
    """Everything that breaks one limit of one guardrail, in no order.

    With `failure` the limit could not be judged for these: why. That is a denial, whatever the guardrail asks for.
    """

    rail: Rail
    subjects: Collection[Subject]
    failure: str | None = None


class Judgement(NamedTuple):
    """What guardrails say of a network.

    `breaches` are in the order of the guardrails' names and of their limits, without what waivers hold back: of that
    there are `waived`, and `uses` says which waivers did. `unused` waivers hold and held nothing back, `waiving`
    also knows those that hold no longer. `routes` are those of each app, as far as a limit asked for them. `traffic` is
    what was seen on the way. `compared` says whether there was a network before, so that `baseline: introduced` would
    tell old from new.
    """

    network: Network
    breaches: tuple[Breach, ...]
    waived: int
    uses: tuple[WaiverUse, ...]
    unused: tuple[Waiver, ...]
    routes: RoutesOf
    traffic: Traffic
    waiving: Waiving
    compared: bool


def judge(
    guardrails: Iterable[Guardrail],
    waivers: Iterable[Waiver],
    after: Network,
    before: Network | None = None,
    *,
    today: date,
) -> Judgement:
    """Judge a network on a day (UTC), and for guardrails about what is introduced, what it adds to the one before.

    Without a network before, all of it is new.
    """
    guardrails, waivers = tuple(guardrails), tuple(waivers)
    rails = compile_rails(guardrails, today)
    ends = Ends(rails, waivers, after)
    waiving = Waiving(waivers, ends, today)
    swept = sweep(rails, ends, Additions(rails, ends, before), after)
    crowds = Crowds(rails, ends, swept.traffic.outgoing, after, before)
    breaches: list[Breach] = []
    waived = 0
    for rail in rails:
        violations = _Violations(rail, waiving)
        if isinstance(rail.limit, CountLimit):
            violations.add_crowds(rail.limit, crowds)
        elif isinstance(rail.limit, ExpressionLimit):
            violations.ask_expression(rail.limit, swept.asked[rail.bit], after)
        else:
            violations.add_policies(swept.broken.get(rail.bit, ()))
        breaches += violations.breaches()
        waived += violations.waived
    # A guardrail that passes over what is old cannot tell whether a waiver for it is needed.
    partly = {guardrail.name for guardrail in guardrails if guardrail.introduced and before is not None}
    unused = tuple(waiver for waiver in waiving.unused if waiver.guardrail not in partly)
    return Judgement(
        after,
        tuple(breaches),
        waived,
        waiving.uses,
        unused,
        ends.routes,
        swept.traffic,
        waiving,
        compared=before is not None,
    )


class _Joined(Collection["Subject"]):
    """Several lists as one. None is copied: thousands of limits may each mind the same half a million policies."""

    __slots__ = ("_lists", "_number")

    def __init__(self, lists: Sequence[Sequence[Subject]]) -> None:
        self._lists = lists
        self._number = sum(map(len, lists))

    def __len__(self) -> int:
        return self._number

    def __iter__(self) -> Iterator[Subject]:
        return chain.from_iterable(self._lists)

    def __contains__(self, subject: object) -> bool:
        return any(subject in found for found in self._lists)


class _Violations:
    """The violations of one rail, less those that waivers hold back. `waived` counts these."""

    def __init__(self, rail: Rail, waiving: Waiving) -> None:
        self._rail = rail
        self._waiving = waiving
        self._covering = waiving.covering(rail.guardrail)
        self._subjects: list[Subject] = []
        self._alike: list[list[NetworkPolicy]] = []
        self._failed: dict[str, list[Subject]] = {}
        self.waived = 0

    def add_policies(self, found: Iterable[Alike]) -> None:
        """Take violations by policies."""
        for alike in found:
            covering = self._covering.over(alike.source, alike.destination) if self._covering else ()
            if not covering:
                self._alike.append(alike.policies)
                continue
            self.waived += len(alike.policies)
            for counted in covering:
                counted.number += len(alike.policies)

    def ask_expression(self, limit: ExpressionLimit, candidates: list[NetworkPolicy], network: Network) -> None:
        """Ask the expression of every candidate. A waiver holds back a `no`, but never that it could not be asked."""
        if not candidates:
            return
        from reconciler.guardrails.limits.expression import Asking  # noqa: PLC0415 - few use expressions

        asking = Asking(cast("Expression", limit), network)
        for policy in candidates:
            answer = asking.ask(policy, network.policies[policy])
            if answer is False and not self._waive(policy):
                self._subjects.append(policy)
            elif not isinstance(answer, bool):
                known = answer.reason in self._failed or len(self._failed) < _MOST_REASONS
                self._failed.setdefault(answer.reason if known else _OTHER_REASONS, []).append(policy)

    def add_crowds(self, limit: CountLimit, crowds: Crowds) -> None:
        """Take apps with too many others. Those that a waiver covers do not count."""
        for crowd, others in crowds.too_many(self._rail, limit):
            used: dict[Counted, None] = {}
            left = len(others)
            for other in others if self._covering else ():
                ends = (other, crowd.app) if limit.callers else (crowd.app, other)
                found = self._cover(*ends)
                used.update(dict.fromkeys(found))
                left -= bool(found)
            if left > limit.most:
                self._subjects.append(Crowd(crowd.app, left))
                continue
            self.waived += 1
            for counted in used:
                counted.number += 1

    def breaches(self) -> Iterator[Breach]:
        """Give what is left."""
        if self._subjects or self._alike:
            yield Breach(self._rail, _Joined([self._subjects, *self._alike]))
        for failure in sorted(self._failed):
            yield Breach(self._rail, self._failed[failure], failure)

    def _waive(self, policy: NetworkPolicy) -> bool:
        covering = self._cover(policy.source, policy.destination)
        for counted in covering:
            counted.number += 1
        self.waived += bool(covering)
        return bool(covering)

    def _cover(self, source: AppRef, destination: AppRef) -> list[Counted]:
        return [] if self._covering is None else self._waiving.between(self._covering, source, destination)
