"""A plan for the HTML report in which everything that people or platforms name tries to become script or markup."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import pairwise

from reconciler.analysis.connectivity import connectivity_changes
from reconciler.diagnostics import Span
from reconciler.model.desired import Kind, Pending, Term
from reconciler.model.environment import EnvironmentVariable
from reconciler.model.finding import Finding, Severity, WaiverUse
from reconciler.model.names import AppRef
from reconciler.model.network import AppFacts, Network
from reconciler.model.policies import PolicyMap, PolicySet
from reconciler.model.policy import NetworkPolicy, StalePolicy, UnknownApp
from reconciler.model.ports import TlsMode
from reconciler.planning.changes import Create, PolicyRule, Reason, VariableSetting, change_order
from reconciler.planning.plan import Blocked, ManifestsVersion, Plan, PlanOptions
from support.three_plans import TODAY, empty_plan

HOSTILE = (
    '<img src=x onerror="window.broken=1">',
    "</script><script>window.broken=1</script>",
    "<!--<script>",
    "javascript:window.broken=1",
    "\"'><svg onload=window.broken=1>",
    "{{ 7 * 7 }}{% raw %}",
    "&lt;b&gt;&amp;",
    "__proto__",
    "constructor",
    "line\u2028separator\u202eesrever\x00\x1b[31m",
    "]]>",
    "$& $` \\u003c",
)


def hostile_plan() -> Plan:
    """Name everything in the most unpleasant way."""
    apps = [AppRef(name, name, name) for name in HOSTILE]
    policies = {
        NetworkPolicy(one, other, "tcp", 8080 + index, 8080 + index): (
            Term(Span(HOSTILE[index], 1, 1), TlsMode.NONE, why=HOSTILE[index], until=date(2027, 1, 1)),
        )
        for index, (one, other) in enumerate(pairwise([*apps, apps[0]]))
    }
    created = dict(list(policies.items())[::2])
    facts = {app: AppFacts(zone=app.app, owner=app.app) for app in apps}
    after = Network(PolicyMap.of(policies), facts)
    before = Network(after.policies.without(PolicySet.of(created)), facts)
    changes = [
        *(
            Create(PolicyRule(policy, TlsMode.NONE), Reason.DECLARED, (terms[0].origin,))
            for policy, terms in created.items()
        ),
        *(
            Create(VariableSetting(EnvironmentVariable(app, app.app), app.app), Reason.DECLARED, (Span(app.app, 2, 2),))
            for app in apps
        ),
    ]
    texts = list(zip(HOSTILE, (Span(name, 3, 3) for name in HOSTILE), strict=True))
    return replace(
        empty_plan(),
        foundation=HOSTILE[1],
        changes=tuple(sorted(changes, key=change_order)),
        manifests=ManifestsVersion(HOSTILE[0], HOSTILE[1], HOSTILE[:2]),
        options=PlanOptions(TODAY),
        findings=tuple(
            Finding(Severity.WARN, text, text, span, text, text, str(policy), span, (span,))
            for (text, span), policy in zip(texts, policies, strict=True)
        ),
        pending=tuple(Pending(Kind.NETWORK_POLICY, text, (text,), (span,)) for text, span in texts),
        blocked=tuple(Blocked(Kind.NETWORK_POLICY, text, text, text, (span,)) for text, span in texts),
        stale=tuple(StalePolicy(UnknownApp(text), apps[0], "tcp", 1, 1) for text in HOSTILE),
        waivers=tuple(WaiverUse(text, text, 1, TODAY, text, span) for text, span in texts),
        connectivity=connectivity_changes(before, after, set(HOSTILE)),
        network=after,
    )
