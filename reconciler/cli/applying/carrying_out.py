"""From a job to its outcome: show the plan, make sure that it was reviewed, carry it out under a journal, tell."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Self

from reconciler.apply.journal import Undertaking
from reconciler.cli.applying.interrupts import noticed_interrupts
from reconciler.cli.applying.outcome import Told, show_cut_off, show_outcome
from reconciler.cli.applying.run import Applying
from reconciler.cli.clock import SYSTEM_CLOCK
from reconciler.cli.files.journals import JournalFile, create_journal, default_path, reopen_journal, timestamp_of
from reconciler.errors import C2CError, RefusedError, StaleError, UsageError
from reconciler.flow.plans import plan_for
from reconciler.planning.digest import plan_digest
from reconciler.planning.ordering import steps
from reconciler.report.apply_json import render_result_json
from reconciler.report.plan_text import render_plan_text

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from reconciler.apply.events import Event, Result
    from reconciler.cli.applying.jobs import Job
    from reconciler.cli.clock import Clock
    from reconciler.cli.console import Console
    from reconciler.model.platform import Platform
    from reconciler.planning.plan import Plan
    from reconciler.planning.steps import Step


@dataclass(frozen=True, slots=True)
class Choices:
    """How to apply, as the command line says. `wait` is in seconds."""

    output_format: str
    batch_size: int
    wait: int
    yes: bool
    settle: bool
    clean_up: bool
    clock: Clock = SYSTEM_CLOCK

    def steps(self, plan: Plan) -> tuple[Step, ...]:
        """List the steps of a plan, as they are made with these choices."""
        return steps(plan, batch_size=self.batch_size, clean_up=self.clean_up)


def carry_out(job: Job, platform: Platform, console: Console, choices: Choices) -> int:
    """Plan, show, check, ask, apply and tell. Give the exit code."""

    def plan_now() -> Plan:
        return plan_for(job.request, platform)

    with console.waiting("reading the platform"):
        plan = plan_now()
    if choices.output_format == "text":
        console.result(render_plan_text(plan, style=console.out_style, width=console.width))
    job.require_reviewed(plan)
    if plan.is_refused:
        return _refuse(plan, console, choices)
    if choices.clean_up and not plan.network_admin:
        # Others are not shown stale policies, so that there are none to be seen says nothing.
        raise UsageError("--cleanup needs network.admin, so nothing was applied")
    if choices.steps(plan) and not choices.yes:
        _confirm(plan, plan_now, console, choices)
    with noticed_interrupts(console) as interruption, _Log(job, plan, choices) as log:
        applying = Applying(
            platform,
            plan_now,
            console,
            stop=lambda: interruption.requested or log.problem is not None,
            record=log.record,
            batch_size=choices.batch_size,
            clean_up=choices.clean_up,
            clock=choices.clock,
        )
        try:
            result = _apply(plan, applying, log, choices)
        except KeyboardInterrupt:
            show_cut_off(log.path, console)
            return interruption.exit_code
    told = Told(plan, result, log.path, log.problem, begun=job.has_begun)
    code = show_outcome(told, console, choices.output_format)
    return interruption.exit_code if interruption.requested else code


def _apply(plan: Plan, applying: Applying, log: _Log, choices: Choices) -> Result:
    """Apply the plan, and what turns up while waiting, and let it settle."""
    log.announce(choices.steps(plan))
    result = applying.run(plan)
    try:
        for more in applying.pending_for(result, choices.wait) if result.succeeded and choices.wait else ():
            log.announce(choices.steps(more))
            then = applying.run(more)
            result = replace(then, done=(*result.done, *then.done), skipped=(*result.skipped, *then.skipped))
            if not result.succeeded:
                return result
    except C2CError as problem:
        return replace(result, halted=problem)
    if choices.settle:
        applying.settle(result)
    return result


class _Log:
    """The journal of one apply, begun when the first step is announced: an apply without one leaves none."""

    def __init__(self, job: Job, plan: Plan, choices: Choices) -> None:
        self._job = job
        self._plan = plan
        self._now = choices.clock.now
        self._file: JournalFile | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._file is not None:
            self._file.close()

    @property
    def path(self) -> Path | None:
        return None if self._file is None else self._file.path

    @property
    def problem(self) -> OSError | None:
        return None if self._file is None else self._file.problem

    def record(self, event: Event) -> None:
        if self._file is not None:
            self._file.record(event)

    def announce(self, steps: Sequence[Step]) -> None:
        """Write down what is about to be done. Raise UsageError when that cannot be written."""
        if self._file is not None:
            self._file.announce(steps)
        elif self._job.begun is not None and self._job.journal is not None:
            self._file = reopen_journal(self._job.begun, steps, self._now)
        elif steps:
            path = self._job.journal or default_path(self._job.plan_file, plan_digest(self._plan), self._now())
            self._file = create_journal(path, self._undertaking(steps), self._now)

    def _undertaking(self, steps: Sequence[Step]) -> Undertaking:
        plan = self._plan
        return Undertaking(
            foundation=plan.foundation,
            plan=plan_digest(plan),
            manifests=plan.manifests.digest,
            paths=plan.manifests.paths,
            all_environments=plan.options.all_environments,
            rollback_of=plan.options.rollback_of,
            begun_at=timestamp_of(self._now()),
            steps=tuple(steps),
        )


def _refuse(plan: Plan, console: Console, choices: Choices) -> int:
    if choices.output_format == "json":
        console.result(render_result_json(plan, None))
    console.note("nothing was applied: the plan is refused")
    return RefusedError.exit_code


def _confirm(plan: Plan, replan: Callable[[], Plan], console: Console, choices: Choices) -> None:
    """Ask, and after the answer make sure that the world is still the one that was shown."""
    if choices.output_format == "json":
        console.note(render_plan_text(plan, style=console.err_style, width=console.err_width), to_copy=True)
    if choices.clean_up and plan.stale:
        console.note(f"The server is to remove {len(plan.stale)} policies or more whose app is deleted.")
    console.note("Make these changes? Only `yes` makes them.")
    if _answer() != "yes":
        raise UsageError("nothing was applied")
    if plan_digest(replan()) != plan_digest(plan):
        raise StaleError(
            "the world has changed since the plan was shown, so nothing was applied", hint="look at the new plan first"
        )


def _answer() -> str:
    try:
        return input().strip()
    except EOFError:
        return ""
