"""Plans that know the whole network after them, as plans against a platform do."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from reconciler.analysis.connectivity import connectivity_changes
from reconciler.diagnostics import Span
from reconciler.model.desired import Term
from reconciler.model.names import AppRef
from reconciler.model.network import AppFacts, Network
from reconciler.model.policies import PolicyMap
from reconciler.model.policy import NetworkPolicy
from reconciler.model.ports import TlsMode
from reconciler.planning.changes import Create, Delete, PolicyRule, Reason, change_order
from support.three_plans import empty_plan

if TYPE_CHECKING:
    from reconciler.planning.plan import Plan

_FIVE = """
web/frontend -> payments/checkout 61443 auto
web/frontend -> web/search 61443 auto
payments/checkout -> payments/ledger 61443 auto
payments/checkout -> payments/ledger 9000 none
monitoring/prometheus -> payments/ledger 9100 none
monitoring/prometheus -> web/search 8443 manual
"""
_FIVE_ZONES = {"payments": "cde", "web": "web", "monitoring": "internal"}
ZONES = ("web", "internal", "cde")
MODES = (TlsMode.AUTO, TlsMode.MANUAL, TlsMode.NONE)


def five_apps() -> Plan:
    """Five apps in three spaces: one connection is gained, one is lost, the others stay."""
    policies = {}
    for line, text in enumerate(_FIVE.strip().splitlines(), 20):
        source, _, destination, port, tls = text.split()
        ends = (AppRef("acme", *end.split("/")) for end in (source, destination))
        policy = NetworkPolicy(*ends, "tcp", int(port), int(port))
        policies[policy] = (Term(Span(f"policies/acme/{policy.destination.space}.yml", line, 9), TlsMode(tls)),)
    facts = {
        app: AppFacts(zone=_FIVE_ZONES[app.space], owner=f"team-{app.space}")
        for policy in policies
        for app in (policy.source, policy.destination)
    }
    gained, _, _, lost, *_ = policies
    changes = (
        Create(PolicyRule(gained, TlsMode.AUTO), Reason.DECLARED, (policies[gained][0].origin,)),
        Delete(PolicyRule(lost, None), Reason.UNDECLARED, ()),
    )
    before = Network(PolicyMap.of({policy: terms for policy, terms in policies.items() if policy != gained}), facts)
    after = Network(PolicyMap.of({policy: terms for policy, terms in policies.items() if policy != lost}), facts)
    return replace(
        empty_plan(),
        changes=tuple(sorted(changes, key=change_order)),
        unchanged=4,
        connectivity=connectivity_changes(before, after, {"cde"}),
        network=after,
    )


def in_network(plan: Plan, *, spaces: int, apps: int, calls: int = 4) -> Plan:
    """Put a plan into a network of so many spaces, with so many apps each, that each call so many others."""
    refs = [AppRef("acme", f"team-{space:03}", f"svc-{app:02}") for space in range(spaces) for app in range(apps)]
    policies = {}
    for number, source in enumerate(refs):
        home = number // apps * apps
        for call in range(calls):
            near, far = home + (number + call + 1) % apps, (number * 7 + call * 131 + 1) % len(refs)
            tls = MODES[(number + call) % len(MODES)]
            port = 61443 if tls is TlsMode.AUTO else 9000 + call
            policy = NetworkPolicy(source, refs[far if call == calls - 1 else near], "tcp", port, port)
            line = Span(f"policies/acme/{policy.destination.space}.yml", number % 400 + 1, 9)
            policies[policy] = (Term(line, tls, why="NET-1201", until=date(2027, 1, 31)),)
    for change in plan.changes:
        if isinstance(change.after, PolicyRule):
            terms = (Term(origin, change.after.tls or TlsMode.NONE) for origin in change.origins)
            policies[change.after.policy] = tuple(terms)
    facts = {
        ref: AppFacts(zone=ZONES[int(ref.space[-3:]) % len(ZONES)], owner=f"owners-of-{ref.space}") for ref in refs
    }
    return replace(plan, network=Network(PolicyMap.of(policies), facts))
