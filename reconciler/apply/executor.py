"""Carrying a plan out: one step after the other, additions first, then a fresh look at the platform."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from reconciler.apply.events import Event, Finished, Rereading, Result, StepDone, StepFailed, StepSkipped, StepStarted
from reconciler.apply.performing import perform
from reconciler.errors import C2CError, PlatformError, StaleError
from reconciler.planning.deeds import Deed, deeds_of, parted
from reconciler.planning.ordering import BATCH_SIZE, steps
from reconciler.planning.steps import Removal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from reconciler.model.platform import Platform
    from reconciler.planning.plan import Plan
    from reconciler.planning.steps import Step

_MOST_NAMED = 20


def apply_plan(
    plan: Plan,
    platform: Platform,
    *,
    replan: Callable[[], Plan],
    stop: Callable[[], bool] = lambda: False,
    batch_size: int = BATCH_SIZE,
    clean_up: bool = False,
) -> Iterator[Event]:
    """Make the changes of a plan, then make the plan again to see whether the platform now matches.

    No call is made before the event that announces it has been taken, so that whoever takes it can write it down
    first. `stop` is asked before and after that; once it says yes no further step is made, and nothing is read again.

    Before removals the platform is read again: what is no longer to be removed is skipped, and when something that was
    added is gone again, nothing is removed, since somebody else is at work. Stops at the first failing step: what comes
    later may rest on it, and no removal may happen before every addition has. A failure of the platform, or a world
    that can no longer be planned with, is an event, not an exception.
    """
    run = _Run(steps(plan, batch_size=batch_size, clean_up=clean_up), platform, replan, stop)
    yield from run.all_steps()
    after, reread_error = None, None
    if not run.interrupted:
        try:
            after = replan()
        except C2CError as problem:
            reread_error = problem
    yield Finished(run.result(after, reread_error))


@dataclass(slots=True)
class _Run:
    """How far one apply has come. `handled` counts the steps that are done, skipped or failed."""

    todo: tuple[Step, ...]
    platform: Platform
    replan: Callable[[], Plan]
    stop: Callable[[], bool]
    handled: int = 0
    done: list[Step] = field(default_factory=list)
    skipped: list[Step] = field(default_factory=list)
    failed: Step | None = None
    error: PlatformError | None = None
    halted: C2CError | None = None
    interrupted: bool = False

    def all_steps(self) -> Iterator[Event]:
        """Make the steps until one fails, somebody wants to stop, or the world has become another one."""
        wanted: frozenset[Deed] | None = None
        for number, planned in enumerate(self.todo, start=1):
            if self.must_stop():
                return
            kept: tuple[Step, ...] = (planned,)
            if not isinstance(planned, Removal):
                wanted = None
            else:
                if wanted is None:
                    yield Rereading(number, len(self.todo))
                    wanted = self.look_again()
                if wanted is None:
                    return
                kept, skipped = parted(planned, wanted)
                if skipped is not None:
                    self.skipped.append(skipped)
                    yield StepSkipped(skipped, number, len(self.todo))
            for step in kept:
                yield from self.make(step, number)
                if self.interrupted or self.error:
                    return
            self.handled = number

    def must_stop(self) -> bool:
        self.interrupted = self.stop()
        return self.interrupted

    def look_again(self) -> frozenset[Deed] | None:
        """Say what is to be done by a fresh reading, or None when the removals must not be begun."""
        try:
            wanted = deeds_of(steps(self.replan()))
        except C2CError as problem:
            self.halted = problem
            return None
        undone = sorted(map(str, wanted & deeds_of(self.done)))
        if not undone:
            return wanted
        more = [f"and {len(undone) - _MOST_NAMED} more"] if len(undone) > _MOST_NAMED else []
        self.halted = StaleError(
            "what was added is gone again, so nothing is removed: somebody else is changing the same things",
            details=(*undone[:_MOST_NAMED], *more),
            hint="find out who, then plan again",
        )
        return None

    def make(self, step: Step, number: int) -> Iterator[Event]:
        """Announce a step, make it, and tell how it went."""
        yield StepStarted(step, number, len(self.todo))
        if self.must_stop():
            return
        try:
            note = perform(step, self.platform)
        except PlatformError as failure:
            self.failed, self.error = step, failure
            self.handled = number
            yield StepFailed(step, number, len(self.todo), failure)
        else:
            self.done.append(step)
            yield StepDone(step, number, len(self.todo), note)

    def result(self, after: Plan | None, reread_error: C2CError | None) -> Result:
        """Put together how it went."""
        return Result(
            done=tuple(self.done),
            failed=self.failed,
            error=self.error,
            remaining=self.todo[self.handled :],
            skipped=tuple(self.skipped),
            halted=self.halted,
            after=after,
            reread_error=reread_error,
            interrupted=self.interrupted,
        )
