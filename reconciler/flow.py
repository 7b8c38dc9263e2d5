"""The one flow: manifests and platform become a plan. Every command that plans or applies goes through here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.diagnostics import has_errors
from reconciler.errors import ManifestError
from reconciler.manifests.footprint import read_set_of
from reconciler.manifests.resolve import resolve
from reconciler.planning.build import build_plan
from reconciler.planning.limits import RemovalLimits
from reconciler.planning.plan import ManifestsVersion, Plan, warnings_as_findings

if TYPE_CHECKING:
    from datetime import date

    from reconciler.diagnostics import Diagnostic
    from reconciler.manifests.bundle import Bundle
    from reconciler.model.live import LiveState
    from reconciler.model.platform import Platform


def make_plan(
    bundle: Bundle,
    platform: Platform,
    *,
    today: date,
    warnings: tuple[Diagnostic, ...] = (),
    max_revokes: int | None = None,
    revision: str | None = None,
) -> Plan:
    """Read the platform and plan the manifests against it.

    `warnings` about the manifests are carried into the plan. Raise ManifestError when the manifests contradict the
    live world, for example over a hostname that another space owns, and PlatformError when it cannot be read.
    """
    live = platform.fetch(read_set_of(bundle))
    return plan_against(bundle, live, today=today, warnings=warnings, max_revokes=max_revokes, revision=revision)


def plan_against(
    bundle: Bundle,
    live: LiveState,
    *,
    today: date,
    warnings: tuple[Diagnostic, ...] = (),
    max_revokes: int | None = None,
    revision: str | None = None,
) -> Plan:
    """Plan the manifests against a live state that has been read already."""
    desired, found = resolve(bundle, live, today=today)
    if has_errors(found):
        raise ManifestError(found)
    given = bundle.foundation.value.limits if bundle.foundation else None
    limits = RemovalLimits(
        max_revokes=given.max_revokes if given else None,
        max_revoke_percent=given.max_revoke_percent if given else None,
        allowed=max_revokes,
    )
    return build_plan(
        desired,
        live,
        manifests=ManifestsVersion(bundle.digest, revision),
        limits=limits,
        findings=warnings_as_findings((*warnings, *found)),
    )
