"""May this app call that one: by which manifest line, which live policy, under which name, and what is missing."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from reconciler.analysis.cell_rules import cell_rules
from reconciler.analysis.gaps import conditions, missing
from reconciler.analysis.openings import tls_of
from reconciler.analysis.reachability import PolicyGraph, Spread
from reconciler.model.explanation import CallName, ExplainedPolicy, Explanation, Standing
from reconciler.model.ports import Protocol, TlsMode

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reconciler.analysis.evidence import Call, Evidence
    from reconciler.analysis.reachability import Asked
    from reconciler.model.network import Network
    from reconciler.model.policy import NetworkPolicy
    from reconciler.model.route import InternalRoute


def explain(call: Call, evidence: Evidence) -> Explanation:
    """Answer the question."""
    policies = tuple(_explained(policy, evidence) for policy in _in_question(call, evidence))
    allowed = _is_open(call, evidence.before)
    after = _is_open(call, evidence.after)
    answer = Explanation(
        source=call.source,
        destination=call.destination,
        ports=call.asked.ports,
        protocol=call.asked.protocol,
        offline=evidence.offline,
        allowed=allowed,
        allowed_after_plan=None if evidence.offline else after,
        policies=policies,
        names=tuple(_names(call, policies, evidence)),
        chain=() if allowed else _chain(call, evidence),
        hidden=evidence.hidden_from_caller(call),
        hangs_on_labels=not allowed and evidence.at_most is not None and _is_open(call, evidence.at_most),
    )
    if answer.hangs_on_labels:
        return answer
    return replace(
        answer, missing=tuple(missing(call, answer, evidence)), conditions=tuple(conditions(call, answer, evidence))
    )


def _is_open(call: Call, network: Network) -> bool:
    return call.asked.satisfied_by(network.policies.between(call.source, call.destination))


def _in_question(call: Call, evidence: Evidence) -> list[NetworkPolicy]:
    """List the policies between the two on the ports in question: live, to come, or wanted in vain."""
    asked_of = [evidence.before.policies, evidence.after.policies, evidence.wanted]
    if evidence.is_waiting(call):
        asked_of.append(evidence.declared.policies)
    found = {policy for policies in asked_of for policy in policies.between(call.source, call.destination)}
    return sorted(filter(call.asked.touches, found))


def _explained(policy: NetworkPolicy, evidence: Evidence) -> ExplainedPolicy:
    networks = (evidence.after, evidence.before, evidence.declared)
    terms = next((found for network in networks if (found := network.policies.get(policy))), ())
    return ExplainedPolicy(
        policy,
        _standing(policy, evidence),
        terms,
        tls_of(policy, terms),
        cell_rules(policy),
    )


def _standing(policy: NetworkPolicy, evidence: Evidence) -> Standing:
    if evidence.offline:
        return Standing.DECLARED
    if policy not in evidence.after.policies:
        if policy in evidence.before.policies:
            return Standing.TO_REVOKE
        return Standing.BLOCKED if policy in evidence.wanted else Standing.PENDING
    if policy not in evidence.before.policies:
        return Standing.TO_CREATE
    return Standing.IN_PLACE if policy in evidence.wanted else Standing.FOREIGN


def _chain(call: Call, evidence: Evidence) -> tuple[ExplainedPolicy, ...]:
    if call.source == call.destination:
        return ()
    spread = Spread(PolicyGraph(evidence.before.policies), (call.source,))
    path = spread.path(call.destination, call.asked) or ()
    return tuple(_explained(policy, evidence) for policy in path)


def _names(call: Call, policies: tuple[ExplainedPolicy, ...], evidence: Evidence) -> Iterator[CallName]:
    for route in evidence.routes_to(call.destination):
        live = call.destination in evidence.before.routes.get(route, ())
        for item in policies:
            if item.standing is not Standing.TO_REVOKE:
                yield _call_name(route, item, call.asked, live=live)


def _call_name(route: InternalRoute, item: ExplainedPolicy, asked: Asked, *, live: bool) -> CallName:
    ports = asked.ports or item.policy.ports
    address = f"{route}:{ports}"
    if item.tls in (TlsMode.AUTO, TlsMode.MANUAL) and item.policy.protocol == Protocol.TCP:
        address = f"https://{address}"
    return CallName(route, address, str(route) if item.tls is TlsMode.AUTO else None, live)
