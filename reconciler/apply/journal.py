"""The journal of an apply: what was to be done, what was begun, and how it went, a line each.

A line is written before the call that it announces and another one after it, so that whatever ends the program, the
journal tells what is done, what is not, and of which single step nobody knows.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from reconciler import __version__
from reconciler.apply.events import Finished, StepDone, StepFailed, StepSkipped, StepStarted
from reconciler.errors import UsageError
from reconciler.planning.json_fields import list_of, optional, text_of
from reconciler.planning.step_codec import decode_step, encode_step
from reconciler.planning.steps import CreatePolicies, DeletePolicies

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from reconciler.apply.events import Event, Result
    from reconciler.planning.steps import Step

JOURNAL_VERSION = "1.0"
_LONGEST_WORDS = 500


@dataclass(frozen=True, slots=True)
class Undertaking:
    """What an apply set out to do: the plan that was reviewed, how to make it again, and its steps.

    `paths` are where the manifests were, as typed, and `manifests` is their digest. `rollback_of` names the journal
    that is undone, in which case there are no manifests. `begun_at` is RFC 3339.
    """

    foundation: str
    plan: str
    manifests: str
    paths: tuple[str, ...]
    all_environments: bool
    rollback_of: str | None
    begun_at: str
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Journal:
    """What a journal tells. `made` are the steps that were carried out, or may have been, in order.

    `announced` are all steps that the apply set out to make, those of later attempts included. `finished` says that it
    ended with everything as planned: there is nothing to resume.
    """

    undertaking: Undertaking
    announced: tuple[Step, ...]
    made: tuple[Step, ...]
    finished: bool


def opening_line(undertaking: Undertaking) -> str:
    """Write the first line, before anything is done."""
    return _line(
        {
            "journal_version": JOURNAL_VERSION,
            "tool_version": __version__,
            "begun_at": undertaking.begun_at,
            "foundation": undertaking.foundation,
            "plan": undertaking.plan,
            "manifests": {"digest": undertaking.manifests, "paths": list(undertaking.paths)},
            "options": {"all_environments": undertaking.all_environments, "rollback_of": undertaking.rollback_of},
            "steps": [encode_step(step) for step in undertaking.steps],
        }
    )


def resuming_line(steps: Sequence[Step], at: str) -> str:
    """Write that the rest is taken up again: these steps, numbered anew."""
    return _line({"resumed_at": at, "steps": [encode_step(step) for step in steps]})


def event_line(event: Event, steps: Sequence[Step], at: str) -> str | None:
    """Write what an event tells, or None for one that changes nothing. `steps` are those that were announced."""
    match event:
        case StepStarted(step, number, _):
            return _line({"step": number, "state": "started", "at": at, **_instead(step, steps[number - 1])})
        case StepDone(_, number, _, note):
            return _line({"step": number, "state": "done", "at": at, "note": note})
        case StepSkipped(step, number, _):
            return _line({"step": number, "state": "skipped", "at": at, **_instead(step, steps[number - 1])})
        case StepFailed(_, number, _, error):
            words = {"error": error.summary[:_LONGEST_WORDS], "outcome_unknown": error.outcome_unknown}
            return _line({"step": number, "state": "failed", "at": at, **words})
        case Finished(result):
            return _line({"end": _ending(result), "at": at})
        case _:
            return None


def _instead(step: Step, announced: Step) -> dict[str, Any]:
    """Write a step out again only where it is not the one that was announced."""
    return {} if step == announced else {"instead": encode_step(step)}


def _ending(result: Result) -> str:
    if result.succeeded:
        return "finished"
    return "interrupted" if result.interrupted else "partial"


def _line(value: dict[str, Any]) -> str:
    return json.dumps(value, separators=(",", ":")) + "\n"


def read_journal(lines: Iterable[str]) -> Journal:
    """Read a journal, its last line cut off or not. Raise UsageError for text that is none."""
    entries = _entries(lines)
    try:
        first = next(entries, None)
        if first is None:
            raise UsageError("the journal is empty: that apply was cut off before it began anything")
        if "journal_version" not in first:
            raise UsageError("this is not the journal of an apply", hint="`c2c apply` writes one")
        if first["journal_version"] != JOURNAL_VERSION:
            version = str(first["journal_version"])[:_LONGEST_WORDS]
            raise UsageError(f"the journal is in version {version}; this c2c reads {JOURNAL_VERSION}")
        undertaking = _undertaking(first)
        return _follow(undertaking, entries)
    except (KeyError, TypeError, ValueError, AttributeError, IndexError, RecursionError) as problem:
        what = f"{type(problem).__name__}: {problem}"[:_LONGEST_WORDS]
        raise UsageError(f"the journal is damaged: {what}") from problem


def _entries(lines: Iterable[str]) -> Iterator[dict[str, Any]]:
    for line in lines:
        if not line.endswith("\n"):
            return  # the program ended while it was written: what it announces was not begun
        yield json.loads(line)


def _undertaking(entry: dict[str, Any]) -> Undertaking:
    manifests, options = entry["manifests"], entry["options"]
    return Undertaking(
        foundation=text_of(entry["foundation"]),
        plan=text_of(entry["plan"]),
        manifests=text_of(manifests["digest"]),
        paths=list_of(manifests["paths"], text_of),
        all_environments=options["all_environments"] is True,
        rollback_of=optional(options["rollback_of"], text_of),
        begun_at=text_of(entry["begun_at"]),
        steps=tuple(map(decode_step, entry["steps"])),
    )


def _follow(undertaking: Undertaking, entries: Iterator[dict[str, Any]]) -> Journal:
    """Walk through what happened."""
    steps = undertaking.steps
    announced = [*steps]
    made: list[Step] = []
    open_step: Step | None = None
    finished = False
    for entry in entries:
        if "resumed_at" in entry:
            made += [open_step] if open_step else []
            steps, open_step, finished = tuple(map(decode_step, entry["steps"])), None, False
            announced += steps
        elif "end" in entry:
            finished, open_step = entry["end"] == "finished", None
        elif entry["state"] == "started":
            open_step = decode_step(entry["instead"]) if "instead" in entry else steps[entry["step"] - 1]
        elif open_step is not None:
            if entry["state"] == "done" or (entry["state"] == "failed" and _maybe(open_step, entry)):
                made.append(open_step)
            open_step = None
    made += [open_step] if open_step else []
    return Journal(undertaking, tuple(announced), tuple(made), finished)


def _maybe(step: Step, entry: dict[str, Any]) -> bool:
    """Say whether a failed step may have been made all the same: in whole, or, if it is several calls, in part."""
    return entry["outcome_unknown"] is True or not isinstance(step, CreatePolicies | DeletePolicies)
