"""Applies that meet faults and are killed anywhere, taken up again from their journals until they are done.

A watcher looks at the world after every request of every attempt: no policy is ever there that neither state allows,
none that both have is ever gone, and no two apps that may speak before and after are ever cut apart. In the end the
world is what the manifests say, whatever happened on the way.
"""

from __future__ import annotations

import io
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import stamina
from hypothesis import Phase, event, given, settings
from hypothesis import strategies as st
from support.embedded import ADMIN, client_of
from support.small_world import DEVELOPER, SmallWorld, accidents, faults, manifests

from reconciler.cli.console import Console
from reconciler.cli.jobs import Job, rest_of_job
from reconciler.cli.undertaking import Choices, carry_out
from reconciler.errors import C2CError
from reconciler.flow import PlanRequest
from reconciler.manifests.bundle import load_bundle
from reconciler.report.style import PLAIN
from reconciler.simulator.faults import Effect, Fault

if TYPE_CHECKING:
    from reconciler.cf.credentials import Credentials

LONG = os.environ.get("C2C_TEST_PROFILE") == "long"
CHOICES = Choices("text", batch_size=2, wait=0, yes=True, settle=False, clean_up=False)


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

    def kill_at(self, number: int, *, answered: bool) -> None:
        """Have the program die at the given request, before or after the server has done its part."""

        def kill(_: object) -> None:
            # What is on the disk at this moment is all that is left of the program.
            self.left_behind = self.journal.read_bytes() if self.journal.exists() else None
            raise Killed

        effect = Effect.HOOK_AFTER if answered else Effect.HOOK_BEFORE
        self.foundation.inject(Fault(effect, path="*", times=1, after=number, hook=kill))

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


kills = st.tuples(st.integers(0, 40), st.booleans())


@settings(
    max_examples=2000 if LONG else 200,
    phases=tuple(Phase) if LONG else (Phase.explicit, Phase.reuse, Phase.generate),
    deadline=None,
)
@given(
    old=manifests,
    new=manifests,
    drift=st.lists(accidents, max_size=5),
    troubles=st.lists(faults, max_size=2),
    deaths=st.lists(kills, max_size=3),
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
    finally:
        stamina.set_testing(False)
        space.folder.cleanup()
    event(f"killed {codes.count(None)} times, partly done {codes.count(5)} times")
    assert last == 0
    assert space.wrong == []
    assert space.observed() == expected


def run(space: Watched, before: dict[str, Any], expected: dict[str, Any], troubles: list[Fault], death: Any) -> Any:
    """Make one attempt among faults, and die in it if that is its lot."""
    space.foundation.heal()
    space.watch(before, expected)
    for trouble in troubles:
        space.foundation.inject(trouble)
    if death is not None:
        space.kill_at(death[0], answered=death[1])
    try:
        return space.attempt()
    except C2CError as error:
        return error.exit_code


def finish(space: Watched) -> int | None:
    """Finish it as a person would: resume, and plan anew where there is nothing to resume."""
    try:
        return space.attempt()
    except C2CError as error:
        if not error.summary.startswith("nothing to resume"):
            raise
        space.journal.unlink()
        return space.attempt()
