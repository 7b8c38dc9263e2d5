"""May this app call that one? The same worlds that plans are made of give the answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.analysis.evidence import Call, evidence_declared, evidence_of
from reconciler.analysis.explain import explain
from reconciler.analysis.naming import find_app, whole_address
from reconciler.flow.plans import planned
from reconciler.manifests.resolving.read_set import read_set_of
from reconciler.model.scope import AppPattern, SpacePattern

if TYPE_CHECKING:
    from datetime import date

    from reconciler.analysis.evidence import Evidence
    from reconciler.analysis.naming import CallQuestion
    from reconciler.flow.requests import PlanRequest
    from reconciler.manifests.loaded import Bundle
    from reconciler.model.explanation import Explanation
    from reconciler.model.live import LiveState
    from reconciler.model.platform import Platform


def explain_call(question: CallQuestion, request: PlanRequest, platform: Platform) -> Explanation:
    """Read the platform, the two ends of the call included, and say whether it is allowed and what is missing.

    Raise as `make_plan` does, and UsageError for an app that cannot be found.
    """
    read_set = read_set_of(request.bundle)
    ends = [whole_address(end) for end in (question.source, question.destination)]
    read_set = read_set._replace(
        managed=read_set.managed | read_set.sources | {SpacePattern(*end.space_ref) for end in ends if end},
        environment=read_set.environment | {AppPattern(*end) for end in ends[:1] if end},
    )
    return explain_call_against(question, request, platform.fetch(read_set))


def explain_call_against(question: CallQuestion, request: PlanRequest, live: LiveState) -> Explanation:
    """Explain a call in a live state that has been read already."""
    plan, resolution = planned(request, live)
    return _explained(question, evidence_of(request.bundle, live, resolution, plan.changes, request.today))


def explain_declared_call(question: CallQuestion, bundle: Bundle, today: date) -> Explanation:
    """Explain a call by the manifests alone, with no platform."""
    return _explained(question, evidence_declared(bundle, today))


def _explained(question: CallQuestion, evidence: Evidence) -> Explanation:
    source, destination = (
        find_app(end, evidence.apps, evidence.stands_for, offline=evidence.offline)
        for end in (question.source, question.destination)
    )
    return explain(Call(source, destination, question.asked), evidence)
