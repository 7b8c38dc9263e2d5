"""The one flow: manifests and platform become a plan. Every command that plans or applies goes through here."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from reconciler.analysis.connectivity import connectivity_changes, protected_zones
from reconciler.analysis.expectations import check_expectations
from reconciler.analysis.explain import explain
from reconciler.analysis.naming import find_app, whole_address
from reconciler.analysis.networks import declared_apps, network_after, network_before
from reconciler.analysis.world import Call, world_declared, world_of
from reconciler.diagnostics import has_errors
from reconciler.errors import ManifestError
from reconciler.manifests.facts import facts_of
from reconciler.manifests.read_set import read_set_of
from reconciler.manifests.resolve import resolve
from reconciler.model.scope import AppPattern, SpacePattern
from reconciler.planning.build import build_plan
from reconciler.planning.limits import RemovalLimits
from reconciler.planning.plan import ManifestsVersion, Plan, PlanOptions, warnings_as_findings
from reconciler.planning.rollback import build_rollback, read_set_for

if TYPE_CHECKING:
    from datetime import date

    from reconciler.analysis.naming import CallQuestion
    from reconciler.analysis.world import World
    from reconciler.apply.journal import Journal
    from reconciler.diagnostics import Diagnostic
    from reconciler.manifests.loaded import Bundle
    from reconciler.model.desired import DesiredState
    from reconciler.model.explanation import Explanation
    from reconciler.model.live import LiveState
    from reconciler.model.platform import Platform


@dataclass(frozen=True, slots=True)
class PlanRequest:
    """What to plan.

    `today` (UTC) decides which grants have ended. `warnings` about the manifests are carried into the plan.
    `paths` are where the manifests were found, as typed, `revision` is their git commit. `max_revokes` is what the
    command line allows. `all_environments` reads the environment of every listed app, however many there are.
    """

    bundle: Bundle
    today: date
    warnings: tuple[Diagnostic, ...] = ()
    max_revokes: int | None = None
    revision: str | None = None
    all_environments: bool = False
    paths: tuple[str, ...] = ()

    @property
    def api(self) -> str | None:
        """The foundation that it is for, if the manifests say so."""
        return self.bundle.api


@dataclass(frozen=True, slots=True)
class RollbackRequest:
    """What to roll back: the journal at `path`, whose contents have the digest. `max_revokes` as for a plan."""

    journal: Journal
    path: str
    digest: str
    today: date
    max_revokes: int | None = None

    @property
    def api(self) -> str | None:
        """The foundation that it is for."""
        return self.journal.undertaking.foundation


Request = PlanRequest | RollbackRequest


def plan_for(request: Request, platform: Platform) -> Plan:
    """Read the platform and make the plan that was asked for, of whichever kind."""
    if isinstance(request, PlanRequest):
        return make_plan(request, platform)
    made = request.journal.made
    return build_rollback(
        made,
        platform.fetch(read_set_for(made)),
        journal=ManifestsVersion(request.digest, paths=(request.path,)),
        options=PlanOptions(request.today, rollback_of=request.path),
        limits=RemovalLimits(allowed=request.max_revokes),
    )


def make_plan(request: PlanRequest, platform: Platform) -> Plan:
    """Read the platform and plan the manifests against it.

    Raise ManifestError when the manifests contradict the live world, for example over a hostname that another space
    owns, and PlatformError when it cannot be read.
    """
    read_set = replace(read_set_of(request.bundle), all_environments=request.all_environments)
    return plan_against(request, platform.fetch(read_set))


def plan_against(request: PlanRequest, live: LiveState) -> Plan:
    """Plan the manifests against a live state that has been read already."""
    plan, desired = _planned(request, live)
    return _judged(plan, request.bundle, desired, live)


def explain_call(question: CallQuestion, request: PlanRequest, platform: Platform) -> Explanation:
    """Read the platform, the two ends of the call included, and say whether it is allowed and what is missing.

    Raise as `make_plan` does, and UsageError for an app that cannot be found.
    """
    read_set = read_set_of(request.bundle)
    ends = [whole_address(end) for end in (question.source, question.destination)]
    read_set = replace(
        read_set,
        managed=read_set.managed | read_set.sources | {SpacePattern(*end.space_ref) for end in ends if end},
        environment=read_set.environment | {AppPattern(*end) for end in ends[:1] if end},
    )
    return explain_call_against(question, request, platform.fetch(read_set))


def explain_call_against(question: CallQuestion, request: PlanRequest, live: LiveState) -> Explanation:
    """Explain a call in a live state that has been read already."""
    plan, desired = _planned(request, live)
    return _explained(question, world_of(request.bundle, live, desired, plan.changes, request.today))


def explain_declared_call(question: CallQuestion, bundle: Bundle, today: date) -> Explanation:
    """Explain a call by the manifests alone, with no platform."""
    return _explained(question, world_declared(bundle, today))


def _explained(question: CallQuestion, world: World) -> Explanation:
    source, destination = (
        find_app(end, world.apps, world.stands_for) for end in (question.source, question.destination)
    )
    return explain(Call(source, destination, question.asked), world)


def _planned(request: PlanRequest, live: LiveState) -> tuple[Plan, DesiredState]:
    bundle = request.bundle
    desired, found = resolve(bundle, live, today=request.today)
    if has_errors(found):
        raise ManifestError(found)
    given = bundle.foundation.value.limits if bundle.foundation else None
    limits = RemovalLimits(
        max_revokes=given.max_revokes if given else None,
        max_revoke_percent=given.max_revoke_percent if given else None,
        allowed=request.max_revokes,
    )
    plan = build_plan(
        desired,
        live,
        manifests=ManifestsVersion(bundle.digest, request.revision, request.paths),
        options=PlanOptions(request.today, request.all_environments),
        limits=limits,
        findings=warnings_as_findings((*request.warnings, *found)),
    )
    return plan, desired


def _judged(plan: Plan, bundle: Bundle, desired: DesiredState, live: LiveState) -> Plan:
    """Say what the plan means for who may call whom, and hold the world after it against the expectations."""
    facts = facts_of(bundle, live)
    before = network_before(live, facts, desired)
    after = network_after(plan.changes, desired, live, facts)
    expectations = bundle.expectations
    failed = check_expectations(expectations, after, declared=declared_apps(bundle)) if expectations else ()
    return replace(
        plan,
        findings=(*plan.findings, *failed),
        connectivity=connectivity_changes(before, after, protected_zones(bundle.guardrails)),
    )
