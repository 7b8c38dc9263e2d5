"""The journal says what was done, wherever it was cut off."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.apply.events import Finished, Rereading, Result, StepDone, StepFailed, StepSkipped, StepStarted
from reconciler.apply.journal import Undertaking, event_line, opening_line, read_journal, resuming_line
from reconciler.errors import PlatformError, UnreachableError, UsageError
from reconciler.model.environment import SYSTEM_TRUST
from reconciler.model.names import AppRef, SpaceRef
from reconciler.model.policy import NetworkPolicy
from reconciler.model.route import InternalRoute, RouteDestination
from reconciler.planning.deeds import deeds_of, parted
from reconciler.planning.step_codec import decode_step, encode_step
from reconciler.planning.steps import (
    AddDestination,
    CleanUp,
    CreatePolicies,
    CreateRoute,
    DeletePolicies,
    DeleteRoute,
    RemoveDestination,
    SetEnvironment,
)

NOW = "2026-11-20T06:00:00Z"
names = st.sampled_from(["web", "a/b", "100%", "x\ny", "\u2028", "Ünï", "a -> b", "\x1b[31m", '"'])
apps = st.builds(AppRef, names, names, names)
spaces = st.builds(SpaceRef, names, names)
policies = st.builds(NetworkPolicy, apps, apps, st.sampled_from(["tcp", "udp"]), st.just(1), st.integers(1, 65535))
routes = st.builds(InternalRoute, st.sampled_from(["a", "a.b", "*"]), st.just("apps.internal"))
destinations = st.builds(RouteDestination, routes, apps)
batches = st.lists(policies, min_size=1, max_size=4, unique=True).map(tuple)
values = st.dictionaries(st.sampled_from(sorted(SYSTEM_TRUST)), st.none() | names, min_size=1, max_size=2)
steps = st.one_of(
    st.builds(CreateRoute, routes, spaces),
    st.builds(AddDestination, destinations),
    st.builds(CreatePolicies, batches),
    st.builds(SetEnvironment, apps, values, values),
    st.builds(DeletePolicies, batches),
    st.builds(RemoveDestination, destinations),
    st.builds(DeleteRoute, routes, spaces, st.lists(apps, max_size=2).map(tuple)),
    st.just(CleanUp()),
)


def undertaking(todo, rollback_of=None) -> Undertaking:
    return Undertaking("https://api", "sha256:1", "sha256:2", ("policies",), False, rollback_of, NOW, tuple(todo))


@given(steps)
def test_steps_come_back_as_they_were(step):
    assert decode_step(json.loads(json.dumps(encode_step(step)))) == step


@given(steps, st.data())
def test_what_is_parted_is_all_of_it_and_only_that(step, data):
    deeds = deeds_of([step])
    allowed = data.draw(st.frozensets(st.sampled_from(sorted(deeds, key=str)))) if deeds else frozenset()
    kept, rest = parted(step, allowed)
    assert deeds_of(kept) <= allowed
    assert deeds_of(kept) | deeds_of([rest] if rest else []) == deeds
    if isinstance(step, CreatePolicies | DeletePolicies):
        assert deeds_of(kept) == allowed


@given(st.lists(steps, min_size=1, max_size=4), st.data())
def test_a_journal_cut_off_anywhere_tells_what_is_done_and_what_may_be(todo, data):
    """Whatever was begun before the cut is told, and nothing that was not begun; a torn line counts as not written."""
    text = opening_line(undertaking(todo))
    first = len(text)
    marks = []  # (position from which a step may have been made, position from which it is known, the step, made)
    for number, step in enumerate(todo, start=1):
        text += event_line(StepStarted(step, number, len(todo)), todo, NOW)
        begun = len(text)
        outcome = data.draw(st.sampled_from(["done", "lost", "refused", "skipped"]))
        event = {
            "done": StepDone(step, number, len(todo), data.draw(st.none() | names)),
            "lost": StepFailed(step, number, len(todo), UnreachableError("gone", outcome_unknown=True)),
            "refused": StepFailed(step, number, len(todo), PlatformError("no")),
            "skipped": StepSkipped(step, number, len(todo)),
        }[outcome]
        text += event_line(event, todo, NOW)
        simple = isinstance(step, CreatePolicies | DeletePolicies)
        made = outcome in ("done", "lost") or (outcome == "refused" and not simple)
        marks.append((begun, len(text), step, made))
    cut = data.draw(st.integers(first, len(text)))
    lines = text[:cut].splitlines(keepends=True)
    expected = [step for begun, known, step, made in marks if (made if cut >= known else cut >= begun)]
    assert list(read_journal(lines).made) == expected


def test_the_part_of_a_step_that_was_left_is_what_counts():
    one, two = (NetworkPolicy(AppRef("o", "s", "a"), AppRef("o", "s", "b"), "tcp", port, port) for port in (1, 2))
    todo = [DeletePolicies((one, two))]
    part = DeletePolicies((one,))
    text = opening_line(undertaking(todo)) + event_line(StepSkipped(DeletePolicies((two,)), 1, 1), todo, NOW)
    text += event_line(StepStarted(part, 1, 1), todo, NOW) + event_line(StepDone(part, 1, 1), todo, NOW)
    journal = read_journal(text.splitlines(keepends=True))
    assert journal.made == (part,)
    assert journal.announced == tuple(todo)


def test_an_apply_that_was_taken_up_again_is_one_journal():
    first, second = CleanUp(), DeleteRoute(InternalRoute("a", "b.c"), SpaceRef("o", "s"), ())
    text = opening_line(undertaking([first, second], rollback_of="old.journal"))
    text += event_line(StepStarted(first, 1, 2), [first, second], NOW)
    text += resuming_line([second], NOW)
    text += event_line(StepStarted(second, 1, 1), [second], NOW) + event_line(StepDone(second, 1, 1), [second], NOW)
    assert event_line(Rereading(1, 1), [second], NOW) is None
    journal = read_journal(text.splitlines(keepends=True))
    assert journal.made == (first, second)
    assert journal.undertaking.rollback_of == "old.journal"
    assert not journal.finished


@pytest.mark.parametrize(
    ("result", "finished"),
    [(Result(done=()), False), (Result(done=(), interrupted=True), False)],
)
def test_only_an_apply_that_reached_its_end_is_finished(result, finished):
    text = opening_line(undertaking([CleanUp()])) + event_line(Finished(result), [CleanUp()], NOW)
    assert read_journal(text.splitlines(keepends=True)).finished is finished


def test_a_step_that_was_announced_and_then_not_begun_is_not_made():
    step = CleanUp()
    text = opening_line(undertaking([step])) + event_line(StepStarted(step, 1, 1), [step], NOW)
    text += event_line(Finished(Result(done=(), interrupted=True)), [step], NOW)
    assert read_journal(text.splitlines(keepends=True)).made == ()


@pytest.mark.parametrize(
    "lines",
    [
        [],
        ["{}\n"],
        ['{"journal_version": "1.0"}\n'],
        ['{"journal_version": "9.0"}\n'],
        ["[]\n"],
        ["null\n"],
        ["no json\n"],
        [opening_line(undertaking([])), '{"state": "started", "step": 4}\n'],
        [opening_line(undertaking([])), '{"state": "started"}\n'],
        [opening_line(undertaking([])), "[1]\n"],
        [opening_line(undertaking([])).replace('"steps":[]', '"steps":[{"do":"format_disk"}]')],
        [opening_line(undertaking([])).replace('"steps":[]', '"steps":[{"do":[]}]')],
        [opening_line(undertaking([])).replace('"paths":["policies"]', '"paths":[1]')],
    ],
)
def test_what_is_no_journal_is_refused_in_words(lines):
    with pytest.raises(UsageError, match="journal"):
        read_journal(lines)
