"""Manifests, or a journal, and the platform become a plan that has been judged."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from reconciler.diagnostics import has_errors
from reconciler.errors import ManifestError
from reconciler.flow.judging import judged, plain_connectivity
from reconciler.flow.requests import PlanRequest
from reconciler.manifests.garbage_collection import still_collector
from reconciler.manifests.resolving.read_set import read_set_of
from reconciler.manifests.resolving.resolve import resolve
from reconciler.model.finding import warnings_as_findings
from reconciler.planning.build import build_plan
from reconciler.planning.limits import RemovalLimits
from reconciler.planning.plan import ManifestsVersion, PlanOptions
from reconciler.planning.rollback import build_rollback, read_set_for

if TYPE_CHECKING:
    from reconciler.flow.requests import Request
    from reconciler.manifests.resolving.resolve import Resolution
    from reconciler.model.live import LiveState
    from reconciler.model.platform import Platform
    from reconciler.planning.plan import Plan


def plan_for(request: Request, platform: Platform) -> Plan:
    """Read the platform and make the plan that was asked for, of whichever kind."""
    if isinstance(request, PlanRequest):
        return make_plan(request, platform)
    made = request.journal.made
    live = platform.fetch(read_set_for(made))
    plan = build_rollback(
        made,
        live,
        journal=ManifestsVersion(request.digest, paths=(request.path,)),
        options=PlanOptions(request.today, rollback_of=request.path),
        limits=RemovalLimits(allowed=request.max_revokes),
    )
    return replace(plan, connectivity=plain_connectivity(plan, live))


def make_plan(request: PlanRequest, platform: Platform) -> Plan:
    """Read the platform and plan the manifests against it.

    Raise ManifestError when the manifests contradict the live world, for example over a hostname that another space
    owns, and PlatformError when it cannot be read.
    """
    read_set = read_set_of(request.bundle)._replace(all_environments=request.all_environments)
    with still_collector():
        return plan_against(request, platform.fetch(read_set))


def plan_against(request: PlanRequest, live: LiveState) -> Plan:
    """Plan the manifests against a live state that has been read already."""
    with still_collector():
        plan, resolution = planned(request, live)
        return judged(plan, request.bundle, resolution, live)


def planned(request: PlanRequest, live: LiveState) -> tuple[Plan, Resolution]:
    """Plan without judging. Raise ManifestError when the manifests contradict the live world."""
    bundle = request.bundle
    resolution = resolve(bundle, live, today=request.today)
    if has_errors(resolution.diagnostics):
        raise ManifestError(resolution.diagnostics)
    given = bundle.foundation.value.limits if bundle.foundation else None
    limits = RemovalLimits(
        max_revokes=given.max_revokes if given else None,
        max_revoke_percent=given.max_revoke_percent if given else None,
        allowed=request.max_revokes,
    )
    plan = build_plan(
        resolution.desired,
        live,
        manifests=ManifestsVersion(bundle.digest, request.revision, request.paths),
        options=PlanOptions(request.today, request.all_environments),
        limits=limits,
        findings=warnings_as_findings((*request.warnings, *resolution.diagnostics)),
    )
    return plan, resolution
