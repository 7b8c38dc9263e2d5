"""Carrying a plan out from the command line: progress, the journal, waiting for what is pending."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from itertools import chain, repeat
from typing import TYPE_CHECKING

from reconciler.apply.events import Finished, Rereading, StepDone, StepSkipped, StepStarted
from reconciler.apply.executor import apply_plan
from reconciler.cli.clock import SYSTEM_CLOCK, Clock
from reconciler.errors import StaleError
from reconciler.planning.deeds import deeds_of
from reconciler.planning.ordering import BATCH_SIZE, steps
from reconciler.planning.steps import CleanUp, CreatePolicies, DeletePolicies
from reconciler.report.counts import count_of
from reconciler.report.escape import escape
from reconciler.report.steps import describe_step

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from reconciler.apply.events import Event, Result
    from reconciler.cli.console import Console, Gauge
    from reconciler.model.platform import Platform
    from reconciler.planning.plan import Plan
    from reconciler.planning.steps import Step

POLL_SECONDS = 6
"""How long `--settle` waits: cells ask for new policies every 5 seconds by default, and were measured to have them
5.4 seconds after the call at the latest."""

_PAUSES = (1, 2, 4, 8, 10)
"""Seconds between two looks for what is pending; the last one is repeated."""
_MOST_NAMED = 3


def _never() -> bool:
    return False


def _unrecorded(event: Event) -> None:
    """Take an event that nobody writes down."""


@dataclass(frozen=True, slots=True)
class Applying:
    """One apply: what it works on and who is told. `record` is called with every event before its step is made."""

    platform: Platform
    replan: Callable[[], Plan]
    console: Console
    stop: Callable[[], bool] = _never
    record: Callable[[Event], None] = _unrecorded
    batch_size: int = BATCH_SIZE
    clean_up: bool = False
    clock: Clock = SYSTEM_CLOCK

    def run(self, plan: Plan) -> Result:
        """Apply the plan, showing each step on standard error, and give the result."""
        with self.console.progress(len(steps(plan, batch_size=self.batch_size, clean_up=self.clean_up))) as gauge:
            for event in apply_plan(
                plan,
                self.platform,
                replan=self.replan,
                stop=self.stop,
                batch_size=self.batch_size,
                clean_up=self.clean_up,
            ):
                self.record(event)
                _tell(event, gauge)
                if isinstance(event, Finished):
                    return event.result
        raise AssertionError("an apply ends with its result")

    def settle(self, result: Result) -> None:
        """Wait until every cell has asked for its policies, if any were changed."""
        if _has(result, CreatePolicies, DeletePolicies, CleanUp) and not self.stop():
            self._let_cells_ask()

    def pending_for(self, result: Result, seconds: float) -> Iterator[Plan]:
        """Wait for what is pending, and give each plan that then has something to add, until time is up.

        After removals the cells are waited for first: the mark of an app that has no policy left goes to the next app
        that gets one, and cells that do not know yet would let it through. Raise StaleError when something would have
        to be removed by now: that nobody has looked at.
        """
        plan = result.after
        if plan is not None and plan.pending and _has(result, DeletePolicies, CleanUp) and not self.stop():
            self._let_cells_ask()
        ends = self.clock.now() + timedelta(seconds=seconds)
        pauses = chain(_PAUSES, repeat(_PAUSES[-1]))
        while plan is not None and plan.pending:
            left = (ends - self.clock.now()).total_seconds()
            if left <= 0 or self.stop():
                why = "stopped waiting" if self.stop() else "time is up"
                self.console.note(f"{why}; {count_of(len(plan.pending), 'thing is', 'things are')} still pending")
                return
            self.console.note(f"waiting for {waited_for(plan)}")
            self.clock.wait(min(next(pauses), left), self.stop)
            plan = self.replan()
            if plan.is_empty:
                continue
            if plan.is_refused or any(not deed.adds for deed in deeds_of(steps(plan))):
                raise StaleError(
                    "while this apply was waiting, something else has changed, so it waits no longer",
                    hint="look at a new plan: c2c plan",
                )
            yield plan
            pauses = chain(_PAUSES, repeat(_PAUSES[-1]))

    def _let_cells_ask(self) -> None:
        self.console.note(f"waiting {POLL_SECONDS} s until the cells have asked for their policies")
        self.clock.wait(POLL_SECONDS, self.stop)


def _has(result: Result, *kinds: type[Step]) -> bool:
    return any(isinstance(step, kinds) for step in result.done)


def _tell(event: Event, gauge: Gauge) -> None:
    if isinstance(event, StepStarted):
        gauge.show(event.number - 1, describe_step(event.step))
    elif isinstance(event, Rereading):
        gauge.note("reading again before anything is removed")
    elif isinstance(event, StepSkipped):
        gauge.note(f"    {describe_step(event.step)}: no longer to be done")
    elif isinstance(event, StepDone) and event.note:
        gauge.note(f"    {describe_step(event.step)}: {event.note}")


def waited_for(plan: Plan) -> str:
    """Name what is missing, the first few by name. The text is escaped."""
    missing = sorted({name for item in plan.pending for name in item.missing})
    more = f" and {len(missing) - _MOST_NAMED} more" if len(missing) > _MOST_NAMED else ""
    return escape(", ".join(missing[:_MOST_NAMED])) + more
