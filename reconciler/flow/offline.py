"""Judging manifests by themselves, with no platform."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.analysis.declared import network_declared, network_declared_at_most
from reconciler.errors import ManifestError
from reconciler.guardrails.findings import worst_first
from reconciler.guardrails.unjudged import hanging_on_labels, not_compared, not_judged
from reconciler.guardrails.verdict import pass_verdict
from reconciler.model.names import SpaceRef
from reconciler.model.validation import Contents, Validation

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from datetime import date

    from reconciler.guardrails.judging import Breach
    from reconciler.manifests.loaded import Bundle, Loaded
    from reconciler.model.finding import Finding, WaiverUse
    from reconciler.model.network import Network


def validated(loaded: Loaded, today: date) -> Validation:
    """Judge what was loaded, if it can be. What shows only then that it is wrong is told with the rest."""
    if loaded.bundle is None:
        return Validation(loaded.diagnostics)
    try:
        findings, waivers = _judged(loaded.bundle, today)
    except ManifestError as problem:
        return Validation((*loaded.diagnostics, *problem.diagnostics))
    return Validation(loaded.diagnostics, _contents(loaded.bundle), findings, waivers)


def _contents(bundle: Bundle) -> Contents:
    spaces = {SpaceRef(item.value.org, item.value.space).folded for item in bundle.spaces}
    return Contents(len(bundle.files), len(spaces), sum(len(item.value.apps) for item in bundle.spaces))


def _judged(bundle: Bundle, today: date) -> tuple[tuple[Finding, ...], tuple[WaiverUse, ...]]:
    """Judge what the manifests alone describe. Nobody knows here what is live already, so nothing counts as new."""
    network = network_declared(bundle, today)
    verdict = pass_verdict(bundle, network, today=today)
    open_ended = hanging_on_labels(bundle.guardrails, bundle.waivers, today)
    unknown = {guardrail.name for guardrail in open_ended}
    certain, relative = _by_what_they_hang_on(verdict.judgement.breaches, unknown)
    # A waiver that seems to be for nothing may be about what only the platform knows.
    found = verdict._replace(judgement=verdict.judgement._replace(breaches=certain, unused=()), unused=()).findings
    unheld = unknown | {guardrail.name for guardrail in bundle.guardrails if guardrail.introduced}
    return (
        worst_first(
            (*_failed_offline(bundle, network, today), *map(not_judged, open_ended), *not_compared(relative), *found)
        ),
        tuple(use for use in verdict.uses if use.guardrail not in unheld),
    )


def _failed_offline(bundle: Bundle, network: Network, today: date) -> tuple[Finding, ...]:
    """Hold the network that the manifests alone describe against the expectations."""
    if not bundle.expectations:
        return ()
    from reconciler.analysis.expectations import check_expectations  # noqa: PLC0415 - only where there are any

    return check_expectations(
        bundle.expectations, network, offline=True, at_most=network_declared_at_most(bundle, today)
    )


def _by_what_they_hang_on(
    breaches: Iterable[Breach], unknown: Collection[str]
) -> tuple[tuple[Breach, ...], tuple[Breach, ...]]:
    """Tell what is broken for certain from what is broken only if it is new; leave out what hangs on the unknown."""
    known = [breach for breach in breaches if breach.rail.guardrail.name not in unknown]
    certain = tuple(breach for breach in known if not breach.rail.guardrail.introduced)
    return certain, tuple(breach for breach in known if breach.rail.guardrail.introduced)
