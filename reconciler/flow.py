"""The one flow: manifests and platform become a plan. Every command that plans or applies goes through here."""

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
from reconciler.planning.rollback import build_rollback, read_set_for

if TYPE_CHECKING:
    from datetime import date

    from reconciler.apply.journal import Journal
    from reconciler.diagnostics import Diagnostic
    from reconciler.manifests.loaded import Bundle
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

    @property
    def source(self) -> str:
        """Name what it is made from."""
        return "the manifests"


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

    @property
    def source(self) -> str:
        """Name what it is made from."""
        return f"the journal {self.path}"


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
    return build_plan(
        desired,
        live,
        manifests=ManifestsVersion(bundle.digest, request.revision, request.paths),
        options=PlanOptions(request.today, request.all_environments),
        limits=limits,
        findings=warnings_as_findings((*request.warnings, *found)),
    )
