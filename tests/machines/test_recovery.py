"""Applies that meet faults and are killed anywhere, taken up again from their journals until they are done.

A watcher looks at the world after every request of every attempt: no policy is ever there that neither state allows,
none that both have is ever gone, and no two apps that may speak before and after are ever cut apart. In the end the
world is what the manifests say, whatever happened on the way, and what undoes the journal brings back the world before.
"""

from __future__ import annotations

import io
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import stamina
from hypothesis import Phase, event, given, settings
from hypothesis import strategies as st
from support.embedded import ADMIN, client_of
from support.small_world import ANSWERS, DEVELOPER, SmallWorld, accidents, faults, manifests

from reconciler.apply.events import Finished
from reconciler.apply.executor import apply_plan
from reconciler.cli.applying.carrying_out import Choices, carry_out
from reconciler.cli.applying.jobs import Job, rest_of_job
from reconciler.cli.console import Console
from reconciler.cli.files.journals import load_journal
from reconciler.errors import C2CError
from reconciler.flow.plans import plan_for
from reconciler.flow.requests import PlanRequest, RollbackRequest
from reconciler.manifests.bundle import load_bundle
from reconciler.report.style import PLAIN
from reconciler.simulator.faults import Effect, Fault

if TYPE_CHECKING:
    from reconciler.cf.credentials import Credentials
    from reconciler.planning.plan import Plan

LONG = os.environ.get("C2C_TEST_PROFILE") == "long"
CHOICES = Choices("text", batch_size=2, wait=0, yes=True, settle=False, clean_up=False)


class Death(NamedTuple):
    """When the program dies: at the `number`th request of a method, before or after the server has done its part."""

    method: str
    number: int
    answered: bool


class Killed(BaseException):
    """Ends a run on the spot, as kill -9 does: nothing of ours may catch it."""


class Watched(SmallWorld):
    """A small world whose every moment is looked at."""

    def __init__(self, credentials: Credentials) -> None:
        super().__init__()
        self.credentials = credentials
        self.journal = Path(self.folder.name, "apply.journal")
        self.left_behind: bytes | None = None
        self.wrong: list[str] = []

    def request(self) -> PlanRequest:
        loaded = load_bundle([self.folder.name], today=self.today)
        assert loaded.bundle is not None, loaded.diagnostics
        return PlanRequest(
            loaded.bundle, self.today, max_revokes=10_000, all_environments=True, paths=(self.folder.name,)
        )

    def watch(self, before: dict[str, Any], expected: dict[str, Any]) -> None:
        old, new = before["policies"], expected["policies"]
        lasting = {policy[:2] for policy in old} & {policy[:2] for policy in new}

        def look(_: object) -> None:
            now = self.observed()["policies"]
            self.wrong += [f"open, and wanted by nobody: {policy}" for policy in now - (old | new)]
            self.wrong += [f"gone, and wanted all the time: {policy}" for policy in (old & new) - now]
            self.wrong += [f"cut apart: {pair}" for pair in lasting - {policy[:2] for policy in now}]

        self.foundation.inject(Fault(Effect.HOOK_AFTER, path="*", hook=look))

    def kill(self, death: Death) -> None:
        def kill(_: object) -> None:
            # What is on the disk at this moment is all that is left of the program.
            self.left_behind = self.journal.read_bytes() if self.journal.exists() else None
            raise Killed

        effect = Effect.HOOK_AFTER if death.answered else Effect.HOOK_BEFORE
        self.foundation.inject(Fault(effect, death.method, "*", times=1, after=death.number, hook=kill))

    def attempt(self) -> int | None:
        """Apply, or go on with what the journal tells; None when the program was killed."""
        if self.journal.exists():
            job = rest_of_job((str(self.journal),), self.today)
        else:
            job = Job(self.request(), journal=self.journal)
        quiet = Console(io.StringIO(), io.StringIO(), PLAIN, PLAIN, interactive=False)
        try:
            with client_of(self.foundation, self.credentials) as platform:
                return carry_out(job, platform, quiet, CHOICES)
        except Killed:
            if self.left_behind is not None:
                self.journal.write_bytes(self.left_behind)
            return None

    def roll_back(self) -> None:
        """Undo what the journal tells, if there is anything."""
        if not self.journal.exists():
            return
        told = load_journal(self.journal)
        request = RollbackRequest(told.journal, str(self.journal), told.digest, self.today, max_revokes=10_000)
        with client_of(self.foundation, self.credentials) as platform:

            def plan_now() -> Plan:
                return plan_for(request, platform)

            *_, last = apply_plan(plan_now(), platform, replan=plan_now, batch_size=2)
        assert isinstance(last, Finished)
        assert last.result.succeeded


WRITES = ["POST", "PATCH", "DELETE"]
kills = st.builds(
    Death,
    method=st.sampled_from(["*", *WRITES]),
    number=st.integers(0, 6) | st.integers(0, 40),
    answered=st.booleans(),
)
troubles_on_writes = st.builds(
    Fault,
    st.sampled_from(ANSWERS),
    method=st.sampled_from(WRITES),
    path=st.sampled_from(["/v3/*", "*/policies", "*/policies/delete"]),
    times=st.sampled_from([1, 2, None]),
    after=st.integers(0, 2),
    seconds=st.just(200.0),
)


@settings(
    max_examples=2000 if LONG else 200,
    phases=tuple(Phase) if LONG else (Phase.explicit, Phase.reuse, Phase.generate),
    deadline=None,
)
@given(
    old=manifests,
    new=manifests,
    drift=st.lists(accidents, max_size=5),
    troubles=st.lists(troubles_on_writes | faults, max_size=2),
    deaths=st.lists(kills, min_size=1, max_size=3),
    credentials=st.sampled_from([ADMIN, DEVELOPER]),
)
def test_whatever_happens_the_last_resume_ends_in_the_desired_world(old, new, drift, troubles, deaths, credentials):
    stamina.set_testing(True, attempts=2)
    space = Watched(credentials)
    try:
        space.edit(old)
        assert space.attempt() == 0
        space.journal.unlink(missing_ok=True)
        space.drift(drift)
        space.edit(new)
        before = space.observed()
        expected = space.expected(before)
        codes = [run(space, before, expected, troubles, death) for death in (*deaths, None)]
        space.foundation.heal()
        space.watch(before, expected)
        last = finish(space)
        after = space.observed()
        space.roll_back()
        undone = space.observed()
    finally:
        stamina.set_testing(False)
        space.folder.cleanup()
    event(f"killed {codes.count(None)} times, partly done {codes.count(5)} times")
    assert last == 0
    assert space.wrong == []
    assert after == expected
    assert undone == before


def run(
    space: Watched, before: dict[str, Any], expected: dict[str, Any], troubles: list[Fault], death: Death | None
) -> Any:
    """Make one attempt among faults, and die in it if that is its lot."""
    space.foundation.heal()
    space.watch(before, expected)
    for trouble in troubles:
        space.foundation.inject(trouble)
    if death is not None:
        space.kill(death)
    try:
        return space.attempt()
    except C2CError as error:
        return error.exit_code


def finish(space: Watched) -> int | None:
    """Finish it as a person would: resume, or be told that it is finished and see that nothing is left to do."""
    try:
        return space.attempt()
    except C2CError as error:
        if not error.summary.startswith("nothing to resume"):
            raise
    finished, space.journal = space.journal, space.journal.with_name("again.journal")
    code = space.attempt()
    assert not space.journal.exists()
    space.journal = finished
    return code
