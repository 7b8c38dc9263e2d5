"""Telling how an apply ended, and the exit code that stands for it."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reconciler.errors import C2CError, PartialApplyError, QuotaError, StaleError, UsageError
from reconciler.report.apply_json import render_result_json
from reconciler.report.apply_text import render_result_text
from reconciler.report.escape import escape

if TYPE_CHECKING:
    from pathlib import Path

    from reconciler.apply.events import Result
    from reconciler.cli.console import Console
    from reconciler.planning.plan import Plan


_ROOM_FIRST = (
    "hint: the quota is full, and the same again is refused again: first have it raised, or apply with network.admin; "
    "or remove grants from the manifests, and plan anew with `c2c plan`"
)


@dataclass(frozen=True, slots=True)
class Told:
    """What there is to tell. `problem` is why the journal could not be written to the end.

    `begun` says that an earlier attempt has changed things already.
    """

    plan: Plan
    result: Result
    journal: Path | None = None
    problem: OSError | None = None
    begun: bool = False


def show_outcome(told: Told, console: Console, output_format: str) -> int:
    """Show the result and say which exit code it stands for."""
    result = told.result
    try:
        if output_format == "json":
            journal = None if told.journal is None else str(told.journal)
            console.result(render_result_json(told.plan, result, journal=journal))
        else:
            console.text(render_result_text(result, style=console.out_style))
    except UsageError as problem:
        # What was done is done: the exit code has to tell of that, not of the unwritable report.
        console.note(f"{problem.summary}\n{render_result_text(result)}")
    if told.problem is not None:
        console.note(f"stopped: the journal {told.journal} can no longer be written: {told.problem.strerror}")
    if result.succeeded:
        if told.journal is not None:
            name = escape(shlex.quote(str(told.journal)))
            console.note(f"the journal is {name}\nto undo this:  c2c rollback {name}", to_copy=True)
        return 0
    if result.nothing_changed and not told.begun:
        return _cause(told).exit_code
    if isinstance(result.error, QuotaError):
        console.note(_ROOM_FIRST)
    _say_what_next(told.journal, console)
    return PartialApplyError.exit_code


def _cause(told: Told) -> type[C2CError] | C2CError:
    """Say what kept an apply from changing anything. What none of our calls met, others have brought about."""
    result = told.result
    if told.problem is not None:
        return UsageError
    return result.error or result.halted or result.reread_error or StaleError


def show_cut_off(journal: Path | None, console: Console) -> None:
    """Tell of an apply that was stopped before it could tell how it went."""
    console.note("stopped at once: of a call that was in flight nobody knows whether it was made")
    _say_what_next(journal, console)


def _say_what_next(journal: Path | None, console: Console) -> None:
    if journal is None:
        console.note("hint: run the same command again; what is done stays, and the rest is planned anew")
        return
    name = escape(shlex.quote(str(journal)))
    commands = f"hint: to finish it:  c2c apply --resume {name}\n      to undo it:    c2c rollback {name}"
    console.note(commands, to_copy=True)
