"""Judging the live world as it is, whoever made it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.analysis.networks import live_network
from reconciler.diagnostics import has_errors
from reconciler.errors import ManifestError
from reconciler.flow.judging import failed_expectations
from reconciler.guardrails.audit import Audited, make_audit
from reconciler.guardrails.idle import idle_guardrails
from reconciler.guardrails.verdict import pass_verdict
from reconciler.manifests.resolving.facts import facts_of
from reconciler.manifests.resolving.read_set import read_set_of
from reconciler.manifests.resolving.resolve import resolve
from reconciler.model.finding import warnings_as_findings
from reconciler.model.names import SpaceRef
from reconciler.planning.plan import ManifestsVersion
from reconciler.planning.visibility import sees_every_policy, visibility_findings

if TYPE_CHECKING:
    from reconciler.flow.requests import PlanRequest
    from reconciler.guardrails.audit import Audit
    from reconciler.guardrails.baseline import Known
    from reconciler.manifests.loaded import Bundle
    from reconciler.model.live import LiveState
    from reconciler.model.names import AppRef
    from reconciler.model.platform import Platform


def audit(request: PlanRequest, platform: Platform, *, baseline: frozenset[Known] | None = frozenset()) -> Audit:
    """Read the platform and judge it as it is, by the guardrails of the manifests."""
    return audit_live(request, platform.fetch(read_set_of(request.bundle)), baseline=baseline)


def audit_live(request: PlanRequest, live: LiveState, *, baseline: frozenset[Known] | None = frozenset()) -> Audit:
    """Judge a live state that has been read already; see `make_audit` for the baseline.

    Live policies that the manifests ask for are judged with what the entries say; all others are nobody's.
    """
    bundle = request.bundle
    desired, declared, found = resolve(bundle, live, today=request.today)
    if has_errors(found):
        raise ManifestError(found)
    network = live_network(live, facts_of(declared, live), desired)
    manifests = ManifestsVersion(bundle.digest, request.revision, request.paths)
    verdict = pass_verdict(
        bundle,
        network,
        today=request.today,
        judged=_read_fully(bundle, live),
        sees_every_policy=sees_every_policy(live),
    )
    return make_audit(
        Audited(live.foundation, live.taken_at, manifests, len(live.policies), len(live.stale)),
        verdict,
        expectations=failed_expectations(bundle, network),
        notes=(
            *visibility_findings(live),
            *warnings_as_findings((*request.warnings, *found)),
            *idle_guardrails(bundle.guardrails, network),
        ),
        baseline=baseline,
    )


def _read_fully(bundle: Bundle, live: LiveState) -> frozenset[AppRef]:
    """Give the apps of the spaces that have manifests: of others, a fetch reads no routes."""
    managed = {SpaceRef(item.value.org, item.value.space).folded for item in bundle.spaces}
    return frozenset(app for app in live.apps if app.space_ref.folded in managed)
