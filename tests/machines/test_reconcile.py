"""A random walk over manifests, drift and applies on the embedded foundation, with the real client.

After every apply the world is what a naive reading of the language page says, computed here without any code of ours
but the simulator's, and the next plan is empty. When the platform fails in the middle, the report is true, nothing is
cut or opened that neither state allows, and the next apply finishes the job.
"""

from __future__ import annotations

import contextlib
import os
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import stamina
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from support.embedded import ADMIN, client_of
from support.small_world import DEVELOPER, SmallWorld, accidents, faults, manifests

from reconciler.apply.events import Finished, Result
from reconciler.apply.executor import apply_plan
from reconciler.errors import C2CError
from reconciler.flow.plans import make_plan
from reconciler.flow.requests import PlanRequest
from reconciler.manifests.bundle import load_bundle
from reconciler.planning.steps import CreatePolicies, DeletePolicies
from reconciler.simulator.faults import Effect, Fault

if TYPE_CHECKING:
    from reconciler.cf.credentials import Credentials
    from reconciler.planning.plan import Plan
    from reconciler.simulator.world import World


class Reconciling(SmallWorld, RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.credentials: Credentials = ADMIN
        stamina.set_testing(True, attempts=2)

    def teardown(self) -> None:
        stamina.set_testing(False)
        self.folder.cleanup()

    # the teams edit, the platform drifts, time passes

    @initialize(manifest=manifests, credentials=st.sampled_from([ADMIN, DEVELOPER]))
    def begin(self, manifest: dict[str, Any], credentials: Credentials) -> None:
        self.credentials = credentials
        self.edit(manifest)

    @rule(manifest=manifests | st.none(), accidents=st.lists(accidents, max_size=6), days=st.sampled_from([0, 0, 10]))
    def run_after(self, manifest: dict[str, Any] | None, accidents: list[tuple[Any, ...]], days: int) -> None:
        if manifest is not None:
            self.edit(manifest)
        self.drift(accidents)
        self.today += timedelta(days=days)
        self.apply()

    # the run

    def apply(self) -> None:
        expected = self.expected(self.observed())
        result = self.attempt()
        assert result.error is None
        assert result.succeeded
        assert self.observed() == expected

    def attempt(self) -> Result:
        loaded = load_bundle([self.folder.name], today=self.today)
        assert loaded.bundle is not None, loaded.diagnostics
        request = PlanRequest(loaded.bundle, self.today, max_revokes=10_000, all_environments=True)
        with client_of(self.foundation, self.credentials) as platform:

            def plan_now() -> Plan:
                return make_plan(request, platform)

            *_, last = apply_plan(plan_now(), platform, replan=plan_now, batch_size=2)
        assert isinstance(last, Finished)
        return last.result

    @rule(
        manifest=manifests, accidents=st.lists(accidents, max_size=4), faults=st.lists(faults, min_size=1, max_size=3)
    )
    def run_into(self, manifest: dict[str, Any], accidents: list[tuple[Any, ...]], faults: list[Fault]) -> None:
        self.edit(manifest)
        self.drift(accidents)
        before = self.observed()
        expected = self.expected(before)
        for fault in faults:
            self.foundation.inject(fault)
        try:
            result = self.attempt()
        except C2CError:
            # Stopped while planning: nothing may have been touched.
            assert self.observed() == before
        else:
            self.judge(result, before, expected)
        self.foundation.heal()
        self.apply()
        assert self.observed() == expected

    @rule(manifest=manifests, accidents=st.lists(accidents, min_size=1, max_size=4), after=st.integers(0, 20))
    def run_beside_others(self, manifest: dict[str, Any], accidents: list[tuple[Any, ...]], after: int) -> None:
        """Somebody else changes the platform between two of our calls; the next apply settles it."""
        self.edit(manifest)

        def meddle(_: World) -> None:
            self.drift(accidents)

        self.foundation.inject(Fault(Effect.HOOK_BEFORE, times=1, after=after, hook=meddle))
        with contextlib.suppress(C2CError):
            self.attempt()
        self.foundation.heal()
        self.apply()

    def judge(self, result: Result, before: dict[str, Any], expected: dict[str, Any]) -> None:
        after = self.observed()
        allowed, kept = before["policies"] | expected["policies"], before["policies"] & expected["policies"]
        assert kept <= after["policies"] <= allowed
        if result.succeeded:
            assert after == expected
        if result.error is not None and result.nothing_changed:
            assert after == before
        for step in result.done:
            if isinstance(step, CreatePolicies):
                assert {(p.source.app, p.destination.app, *p[2:]) for p in step.policies} <= after["policies"]
            if isinstance(step, DeletePolicies):
                assert not {(p.source.app, p.destination.app, *p[2:]) for p in step.policies} & after["policies"]

    @invariant()
    def other_organizations_keep_their_apps(self) -> None:
        assert {app.name for app in self.world.apps.values()} >= {"c", "d"}


TestReconciling = Reconciling.TestCase
LONG = os.environ.get("C2C_TEST_PROFILE") == "long"
TestReconciling.settings = settings(
    # Shrinking a long walk takes minutes; the seed that is printed brings the failure back for `make test-long`.
    phases=tuple(Phase) if LONG else (Phase.explicit, Phase.reuse, Phase.generate),
    max_examples=1000 if LONG else 80,
    stateful_step_count=8,
    deadline=None,
)
