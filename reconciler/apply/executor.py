"""Carrying a plan out: one step after the other, additions first, then a fresh look at the platform."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from reconciler.apply.events import Event, Finished, Result, StepDone, StepFailed, StepStarted
from reconciler.errors import C2CError, PlatformError
from reconciler.planning.ordering import (
    BATCH_SIZE,
    AddDestination,
    CreatePolicies,
    CreateRoute,
    DeletePolicies,
    DeleteRoute,
    RemoveDestination,
    SetEnvironment,
    steps,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from reconciler.model.platform import Platform
    from reconciler.planning.ordering import Step
    from reconciler.planning.plan import Plan


def apply_plan(
    plan: Plan,
    platform: Platform,
    *,
    replan: Callable[[], Plan],
    stop: Callable[[], bool] = lambda: False,
    batch_size: int = BATCH_SIZE,
) -> Iterator[Event]:
    """Make the changes of a plan, then make the plan again to see whether the platform now matches.

    `stop` is asked before every step; once it says yes no further step is made, and nothing is read again.

    Stops at the first failing step: what comes later may rest on it, and no removal may happen before every addition
    has. A failure of the platform, or a world that can no longer be planned with, is an event, not an exception.
    """
    todo = steps(plan.changes, batch_size=batch_size)
    done: list[Step] = []
    failed, error = None, None
    interrupted = False
    for number, step in enumerate(todo, start=1):
        interrupted = stop()
        if interrupted:
            break
        yield StepStarted(step, number, len(todo))
        try:
            note = perform(step, platform)
        except PlatformError as failure:
            failed, error = step, failure
            yield StepFailed(step, number, len(todo), failure)
            break
        done.append(step)
        yield StepDone(step, number, len(todo), note)
    remaining = todo[len(done) + (failed is not None) :]
    after, reread_error = None, None
    if not interrupted:
        try:
            after = replan()
        except C2CError as problem:
            reread_error = problem
    yield Finished(Result(tuple(done), failed, error, remaining, after, reread_error, interrupted))


def perform(step: Step, platform: Platform) -> str | None:
    """Make the one call that a step stands for. Return a note for people when it came out otherwise than planned."""
    match step:
        case CreateRoute(route, space):
            platform.create_route(route, space)
        case AddDestination(destination):
            platform.add_destination(destination)
        case CreatePolicies(policies):
            platform.create_policies(policies)
        case SetEnvironment(app, variables):
            platform.set_environment(app, variables)
        case DeletePolicies(policies):
            platform.delete_policies(policies)
        case RemoveDestination(destination):
            platform.remove_destination(destination)
        case DeleteRoute(route, apps):
            if not platform.delete_route(route, apps):
                return "left in place: another app has been mapped to it in the meantime"
        case _:
            assert_never(step)
    return None
