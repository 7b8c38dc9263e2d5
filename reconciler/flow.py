"""The one flow: manifests and platform become a plan, or an audit. Every such command goes through here."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from reconciler.diagnostics import has_errors
from reconciler.errors import ManifestError
from reconciler.manifests.read_set import read_set_of
from reconciler.manifests.resolve import resolve
from reconciler.planning.build import build_plan
from reconciler.planning.limits import RemovalLimits
from reconciler.planning.plan import ManifestsVersion, Plan, PlanOptions, warnings_as_findings
from reconciler.planning.visibility import visibility_findings

if TYPE_CHECKING:
    from datetime import date

    from reconciler.diagnostics import Diagnostic
    from reconciler.guardrails.audit import Audit
    from reconciler.guardrails.baseline import Known
    from reconciler.manifests.loaded import Bundle
    from reconciler.model.desired import DesiredState
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


def make_plan(request: PlanRequest, platform: Platform) -> Plan:
    """Read the platform and plan the manifests against it.

    Raise ManifestError when the manifests contradict the live world, for example over a hostname that another space
    owns, and PlatformError when it cannot be read.
    """
    read_set = replace(read_set_of(request.bundle), all_environments=request.all_environments)
    return plan_against(request, platform.fetch(read_set))


def plan_against(request: PlanRequest, live: LiveState) -> Plan:
    """Plan the manifests against a live state that has been read already."""
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
    return _judged(plan, bundle, desired, live)


def _judged(plan: Plan, bundle: Bundle, desired: DesiredState, live: LiveState) -> Plan:
    """Judge the world after the plan by the guardrails."""
    if not (bundle.guardrails or bundle.waivers):
        return plan
    from reconciler.analysis.networks import network_after, network_before  # noqa: PLC0415 - only for guardrails
    from reconciler.guardrails.findings import findings_of  # noqa: PLC0415 - as above
    from reconciler.guardrails.judging import judge  # noqa: PLC0415 - as above
    from reconciler.manifests.facts import facts_of  # noqa: PLC0415 - as above

    facts = facts_of(bundle, live)
    after, before = network_after(plan.changes, desired, live, facts), network_before(live, facts)
    judgement = judge(bundle.guardrails, bundle.waivers, after, before, today=plan.options.today)
    return replace(plan, findings=(*plan.findings, *findings_of(judgement)), waivers=judgement.uses)


def audit(request: PlanRequest, platform: Platform, *, baseline: frozenset[Known] | None = frozenset()) -> Audit:
    """Read the platform and judge it as it is, by the guardrails of the manifests."""
    return audit_live(request, platform.fetch(read_set_of(request.bundle)), baseline=baseline)


def audit_live(request: PlanRequest, live: LiveState, *, baseline: frozenset[Known] | None = frozenset()) -> Audit:
    """Judge a live state that has been read already; see `make_audit` for the baseline.

    Live policies that the manifests ask for are judged with what the entries say; all others are nobody's.
    """
    from reconciler.analysis.networks import network_before  # noqa: PLC0415 - only for guardrails
    from reconciler.guardrails.audit import Audited, make_audit  # noqa: PLC0415 - as above
    from reconciler.guardrails.judging import judge  # noqa: PLC0415 - as above
    from reconciler.manifests.facts import facts_of  # noqa: PLC0415 - as above

    bundle = request.bundle
    desired, found = resolve(bundle, live, today=request.today)
    if has_errors(found):
        raise ManifestError(found)
    network = network_before(live, facts_of(bundle, live), desired)
    manifests = ManifestsVersion(bundle.digest, request.revision, request.paths)
    return make_audit(
        Audited(live.foundation, live.taken_at, manifests, len(live.policies), len(live.stale)),
        judge(bundle.guardrails, bundle.waivers, network, today=request.today),
        notes=(*visibility_findings(live), *warnings_as_findings((*request.warnings, *found))),
        baseline=baseline,
    )
