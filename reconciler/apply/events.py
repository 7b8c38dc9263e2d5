"""What happens while a plan is applied, as values: progress for people, and the result for everybody."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from reconciler.errors import C2CError, PlatformError
    from reconciler.planning.plan import Plan
    from reconciler.planning.steps import Step


@dataclass(frozen=True, slots=True)
class Rereading:
    """The platform is about to be read again, before the removals that begin with step `number` of `total`."""

    number: int
    total: int


@dataclass(frozen=True, slots=True)
class StepStarted:
    """A call is about to be made; it is number `number` of `total`, counted from 1."""

    step: Step
    number: int
    total: int


@dataclass(frozen=True, slots=True)
class StepDone:
    """A call was made. `note` says when there was nothing to do after all."""

    step: Step
    number: int
    total: int
    note: str | None = None


@dataclass(frozen=True, slots=True)
class StepSkipped:
    """A removal, or a part of it, is not made: by a fresh reading it is done already or no longer wanted."""

    step: Step
    number: int
    total: int


@dataclass(frozen=True, slots=True)
class StepFailed:
    """A call failed; no further one is made."""

    step: Step
    number: int
    total: int
    error: PlatformError


@dataclass(frozen=True, slots=True)
class Result:
    """How an apply ended.

    `done`, `failed` and `remaining` are the steps by outcome; a failed policy batch is in whole or not at all, and
    `error.outcome_unknown` says when nobody knows. `skipped` are removals that a fresh reading no longer asked for, and
    `halted` is why the removals were not begun. `after` is the plan made from a fresh reading of the platform:
    what is still to do. It is None when no such plan could be made, with `reread_error` as the cause, and when the
    apply was `interrupted` before its last step.
    """

    done: tuple[Step, ...]
    failed: Step | None = None
    error: PlatformError | None = None
    remaining: tuple[Step, ...] = ()
    skipped: tuple[Step, ...] = ()
    halted: C2CError | None = None
    after: Plan | None = None
    reread_error: C2CError | None = None
    interrupted: bool = False

    @property
    def matches(self) -> bool:
        """Say whether the platform was seen to be as the manifests want it."""
        return self.after is not None and self.after.is_empty

    @property
    def succeeded(self) -> bool:
        """Say whether it matches and no step is known to have failed.

        A plan does not see everything: a route that could not be deleted and that nothing answers under looks like
        one that somebody keeps.
        """
        return self.matches and self.halted is None and (self.error is None or self.error.outcome_unknown)

    @property
    def nothing_changed(self) -> bool:
        """Say whether it is certain that the platform is as it was before."""
        return not self.done and (self.error is None or not self.error.outcome_unknown)


@dataclass(frozen=True, slots=True)
class Finished:
    """The last event."""

    result: Result


Event = Rereading | StepStarted | StepDone | StepSkipped | StepFailed | Finished
