"""Three plans that every report is tested on: empty, forty changes, five thousand changes. The same on every run."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from functools import cache
from hashlib import sha256
from itertools import chain, islice, product

from reconciler.analysis.connectivity import connectivity_changes
from reconciler.diagnostics import Span
from reconciler.model.desired import Kind, Pending, Term
from reconciler.model.environment import SYSTEM_TRUST, EnvironmentVariable
from reconciler.model.finding import Finding, Severity, WaiverUse
from reconciler.model.names import AppRef, SpaceRef
from reconciler.model.network import AppFacts, Network
from reconciler.model.policies import PolicyMap
from reconciler.model.policy import NetworkPolicy, StalePolicy, UnknownApp
from reconciler.model.ports import TlsMode, parse_port_range
from reconciler.model.route import InternalRoute, RouteDestination
from reconciler.planning.changes import (
    Change,
    Create,
    Delete,
    MappedApp,
    OwnedRoute,
    PolicyRule,
    Reason,
    Replace,
    VariableSetting,
    change_order,
)
from reconciler.planning.plan import Blocked, LiveVersion, ManifestsVersion, Plan, PlanOptions

API = "https://api.sys.example.com"
TODAY = date(2026, 11, 20)
RULES = "policies/guardrails/acme.yml"
_MODES = {"platform": TlsMode.AUTO, "app": TlsMode.MANUAL, "plaintext": TlsMode.NONE, "": None}
_PROTECTED = "cde"


def empty_plan() -> Plan:
    """Nothing to change: everything managed is right already."""
    return _plan((), unchanged=31)


@cache
def forty_changes() -> Plan:
    """Every kind of change, reason, finding and remark that there is, on a plan that is refused."""
    changes = [_change(number, line) for number, line in enumerate(_FORTY.strip().splitlines())]
    findings = (
        Finding(
            Severity.DENY,
            "cde-over-tls",
            "`tls`: acme/batch/settlement -> acme/payments/ledger tcp/9000 is plaintext",
            Span("policies/acme/payments.yml", 26, 9),
            hint="use `tls: auto` or `tls: manual`",
            limit="tls",
            subject="acme/batch/settlement -> acme/payments/ledger tcp/9000",
            rule=Span(RULES, 9, 3),
            related=(Span("policies/acme/payments.yml", 29, 9),),
        ),
        Finding(
            Severity.DENY,
            "expectation-failed",
            "`ledger-is-private`: acme/sandbox/loadtest reaches acme/payments/ledger tcp/8080",
            Span("policies/expectations.yml", 6, 5),
        ),
        Finding(
            Severity.WARN,
            "expires-soon",
            "this grant ends in 10 days, on 2026-11-30",
            Span("policies/acme/web.yml", 18, 16),
            hint="set a later day if it is still needed",
        ),
        Finding(
            Severity.WARN,
            "partial-view",
            "deployer does not have network.admin: policies from or to spaces in which deployer is not Space Developer "
            "are hidden",
            hint="plan with network.admin to see them",
        ),
        Finding(
            Severity.AUDIT,
            "wide-port-range",
            "`acme/batch/scheduler` opens 1,000 ports to acme/batch/worker",
            Span("policies/acme/batch.yml", 15, 9),
            hint="open the ports that are used",
            subject="acme/batch/scheduler -> acme/batch/worker udp/7000-7999",
        ),
    )
    return _plan(
        changes,
        unchanged=112,
        pending=(
            Pending(
                Kind.ROUTE_DESTINATION,
                "fraud-check.apps.internal -> acme/payments/fraud-check",
                ("acme/payments/fraud-check",),
                (Span("policies/acme/payments.yml", 70, 7),),
            ),
            Pending(
                Kind.NETWORK_POLICY,
                "acme/payments/checkout -> acme/payments/fraud-check tcp/61443",
                ("acme/payments/fraud-check",),
                (Span("policies/acme/payments.yml", 74, 9),),
            ),
        ),
        blocked=(
            Blocked(
                Kind.NETWORK_POLICY,
                "globex/crm/sync -> acme/payments/ledger tcp/61443",
                "deployer is not Space Developer in globex/crm",
                "a Space Developer of both spaces, or network.admin",
                (Span("policies/acme/payments.yml", 31, 9),),
            ),
        ),
        foreign=frozenset(
            {NetworkPolicy(_app("sandbox/loadtest"), _app("sandbox/target"), "tcp", port, port) for port in (80, 81)}
        ),
        stale=(
            StalePolicy(UnknownApp("0b7c7a6e-52c5-4f43-8a53-2d9f6f0c4a77"), _app("payments/ledger"), "tcp", 8080, 8080),
        ),
        findings=findings,
        waivers=(
            WaiverUse(
                "legacy-batch-plaintext",
                "cde-over-tls",
                3,
                date(2027, 3, 31),
                "vendor agent cannot do TLS, RISK-88",
                Span("policies/waivers.yml", 3, 1),
            ),
        ),
    )


@cache
def five_thousand_changes() -> Plan:
    """Fifty spaces with a hundred changes each, one of them protected, and two thousand findings."""
    changes = tuple(chain.from_iterable(map(_hundred, range(50))))
    plaintext = [
        change for change in changes if isinstance(change.after, PolicyRule) and change.after.tls is TlsMode.NONE
    ]
    findings = [
        *(_finding(Severity.DENY, "no-plaintext", "tls", change) for change in plaintext[:1000]),
        Finding(
            Severity.DENY,
            "no-plaintext",
            "`tls`: 250 more findings of this limit are not written out",
            Span(RULES, 9, 3),
            limit="tls",
            rule=Span(RULES, 9, 3),
        ),
        *(_finding(Severity.WARN, "reasons-given", "require", change) for change in plaintext[:1000]),
    ]
    return _plan(changes, unchanged=20_000, findings=tuple(findings))


def _plan(changes: list[Change] | tuple[Change, ...], **more) -> Plan:
    ordered = tuple(sorted(changes, key=change_order))
    plan = Plan(
        API,
        ordered,
        ManifestsVersion(_mark("manifests"), "3f2c9a7d1e5b4c8890aa7712de34f56a1b2c3d4e", ("policies",)),
        LiveVersion(_mark("live"), datetime(2026, 11, 20, 6, tzinfo=UTC), {"acme/payments/ledger": "0123456789abcdef"}),
        PlanOptions(TODAY),
        **more,
    )
    return replace(plan, connectivity=_meaning(ordered))


def _meaning(changes: tuple[Change, ...]):
    before = PolicyMap.of(dict(_rules(changes, "before")))
    after = PolicyMap.of(dict(_rules(changes, "after")))
    apps = {end for policy in (*before, *after) for end in (policy.source, policy.destination)}
    facts = {app: AppFacts(zone=_PROTECTED if app.space == "payments" else "internal") for app in apps}
    return connectivity_changes(Network(before, facts), Network(after, facts), {_PROTECTED})


def _rules(changes: tuple[Change, ...], side: str):
    for change in changes:
        rule = getattr(change, side)
        if isinstance(rule, PolicyRule):
            here = change.origins if side == "after" else ()
            yield rule.policy, tuple(Term(origin, rule.tls or TlsMode.NONE) for origin in here)


def _mark(text: str) -> str:
    return f"sha256:{sha256(text.encode()).hexdigest()}"


def _app(text: str) -> AppRef:
    return AppRef(*text.split("/")) if text.count("/") == 2 else AppRef("acme", *text.split("/"))


def _policy(text: str) -> PolicyRule:
    """Read `web/a -> web/b tcp/8080 plaintext`."""
    source, _, destination, ports, *spoken = text.split(" ")
    protocol, numbers = ports.split("/")
    policy = NetworkPolicy(_app(source), _app(destination), protocol, *parse_port_range(numbers))
    return PolicyRule(policy, _MODES[spoken[0] if spoken else ""])


def _item(text: str):
    """Read what changes: a policy, `route HOST in SPACE`, `map HOST APP`, `env APP NAME VALUE`."""
    word, *rest = text.split(" ")
    if word == "route":
        return OwnedRoute(InternalRoute(rest[0], "apps.internal"), SpaceRef("acme", rest[2]))
    if word == "map":
        return MappedApp(RouteDestination(InternalRoute(rest[0], "apps.internal"), _app(rest[1])))
    if word == "env":
        return VariableSetting(EnvironmentVariable(_app(rest[0]), rest[1]), rest[2])
    return _policy(text)


def _change(number: int, line: str) -> Change:
    """Read `+ reason what`, `- reason what` or `~ reason before => after`."""
    sign, reason, text = line.split(" ", 2)
    why = Reason(reason)
    if sign == "~":
        before, after = map(_item, text.split(" => "))
        return Replace(before, after, why, _lines(after.home, number))
    item = _item(text)
    if sign == "-":
        return Delete(item, why, _lines(item.home, number) if why is Reason.EXPIRED else ())
    return Create(item, why, _lines(item.home, number))


def _lines(space: SpaceRef, number: int) -> tuple[Span, ...]:
    first = Span(f"policies/{space.org}/{space.space}.yml", 10 + number, 9)
    return (first, Span(first.file, first.line + 40, 9)) if number % 13 == 5 else (first,)


def _finding(severity: Severity, code: str, limit: str, change: Change) -> Finding:
    subject = change.item.address
    return Finding(
        severity,
        code,
        f"`{limit}`: {subject} is against this limit",
        change.origins[0],
        hint="use `tls: auto`, and say why" if limit == "tls" else "add `why`",
        limit=limit,
        subject=subject,
        rule=Span(RULES, 9, 3),
    )


def _hundred(number: int) -> list[Change]:
    """Make the changes of one space: 70 + 8 + 12 policies, 10 routes, apps mapped to them and variables."""
    space = "payments" if number == 0 else f"team-{number:02}"
    apps = [f"{space}/svc-{letter}" for letter in "abcdefghij"]
    pairs = product(apps, [*apps[:8], f"team-{(number + 1) % 49 + 1:02}/svc-a"])
    calls = [(source, destination) for destination, source in pairs if source != destination]
    lines = []
    for index, (source, destination) in enumerate(islice(calls, 70)):
        ports = "tcp/61443 platform" if index % 14 < 9 else f"tcp/{9000 + index} plaintext"
        lines.append(f"+ declared {source} -> {destination} {ports}")
    for source, destination in islice(calls, 70, 78):
        lines.append(
            f"~ tls_changed {source} -> {destination} tcp/8080 plaintext => {source} -> {destination} "
            "tcp/61443 platform"
        )
    lines += [f"- undeclared sandbox/probe-{index:02} -> {apps[index % 10]} tcp/1-65535" for index in range(12)]
    lines += [f"+ declared route svc-{number:02}-{index} in {space}" for index in range(2)]
    lines += [f"+ declared map svc-{number:02}-{index % 2} {apps[index]}" for index in range(4)]
    lines += [f"+ declared env {app} {name} {SYSTEM_TRUST[name]}" for app in apps[:2] for name in sorted(SYSTEM_TRUST)]
    return [_change(index, line) for index, line in enumerate(lines)]


_BUNDLE = SYSTEM_TRUST["SSL_CERT_FILE"]
_FORTY = f"""
+ declared web/frontend -> payments/ledger tcp/61443 platform
+ declared web/frontend -> payments/ledger-green tcp/61443 platform
+ declared payments/checkout -> payments/ledger-green tcp/61443 platform
+ declared batch/settlement -> payments/ledger tcp/9000 plaintext
+ declared batch/settlement -> payments/ledger-green tcp/61443 platform
+ declared monitoring/prometheus -> payments/ledger tcp/9100 plaintext
+ declared monitoring/prometheus -> payments/ledger-green tcp/9100 plaintext
+ declared payments/ledger-green -> payments/ledger-green udp/7000-7010 plaintext
+ declared payments/ledger-green -> payments/card-vault tcp/8443 app
+ declared payments/checkout -> payments/refunds tcp/61443 platform
+ declared globex/crm/sync -> web/accounts tcp/61443 platform
+ declared batch/scheduler -> batch/worker udp/7000-7999 plaintext
+ declared batch/scheduler -> batch/settlement tcp/9000 plaintext
+ app_recreated web/frontend -> web/search tcp/61443 platform
+ app_recreated web/search -> web/session-cache tcp/6379 plaintext
+ declared monitoring/alertmanager -> monitoring/alertmanager udp/9094 plaintext
+ declared monitoring/dashboards -> monitoring/prometheus tcp/9090 plaintext
+ rolled_back web/accounts -> web/session-cache tcp/6379
~ ports_changed payments/checkout -> payments/card-vault tcp/8443-8450 app => payments/checkout -> payments/card-vault tcp/8443 app
~ tls_changed web/frontend -> web/accounts tcp/8080 plaintext => web/frontend -> web/accounts tcp/61443 platform
~ tls_changed batch/statements -> payments/ledger tcp/61443 platform => batch/statements -> payments/ledger tcp/8080 plaintext
- expired sandbox/loadtest -> payments/checkout tcp/61443 platform
- undeclared web/debug-shell -> payments/ledger tcp/1-65535
- undeclared sandbox/loadtest -> payments/ledger tcp/8080
- undeclared sandbox/loadtest -> web/frontend tcp/8080
- rolled_back batch/scheduler -> batch/worker tcp/8080
+ declared route card-vault in payments
+ declared map card-vault payments/card-vault
+ declared map ledger payments/ledger-green
+ declared map search web/search
- undeclared map old-sessions web/session-cache
- no_destinations route old-sessions in web
+ declared env payments/checkout REQUESTS_CA_BUNDLE {_BUNDLE}
~ value_changed env payments/checkout SSL_CERT_FILE /app/certs/bundle.pem => env payments/checkout SSL_CERT_FILE {_BUNDLE}
+ declared env web/frontend REQUESTS_CA_BUNDLE {_BUNDLE}
+ declared env web/frontend SSL_CERT_FILE {_BUNDLE}
+ declared env batch/settlement REQUESTS_CA_BUNDLE {_BUNDLE}
+ declared env batch/settlement SSL_CERT_FILE {_BUNDLE}
- trust_removed env monitoring/dashboards REQUESTS_CA_BUNDLE {_BUNDLE}
- trust_removed env monitoring/dashboards SSL_CERT_FILE {_BUNDLE}
"""  # noqa: E501 - a change a line
