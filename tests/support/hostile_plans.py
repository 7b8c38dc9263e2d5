"""Plans in which every text that comes from outside is hostile, for tests that parse reports back."""

from __future__ import annotations

from datetime import date

from hypothesis import strategies as st

from reconciler.diagnostics import Span
from reconciler.model.connectivity import ConnectivityChange, ConnectivityKind, OpenPorts, Risk
from reconciler.model.desired import Kind, Pending
from reconciler.model.environment import EnvironmentVariable
from reconciler.model.finding import Finding, Severity, WaiverUse
from reconciler.model.names import AppRef
from reconciler.model.policy import NetworkPolicy, StalePolicy, UnknownApp
from reconciler.model.ports import PortRange, TlsMode
from reconciler.model.route import InternalRoute, RouteDestination
from reconciler.planning.changes import (
    Create,
    Delete,
    MappedApp,
    OwnedRoute,
    PolicyRule,
    Reason,
    Replace,
    VariableSetting,
)
from reconciler.planning.plan import Blocked, LiveVersion, ManifestsVersion, Plan, PlanOptions

ATTACKS = (
    "|",
    "`",
    "```",
    "```\n## owned\n```",
    "<img src=x onerror=alert(1)>",
    "</details>",
    "</details>\n\n# owned",
    "<!-- hidden",
    "-->",
    "@team",
    "@acme/owners",
    "#1 GH-1 !2 acme/web#3",
    "[click](https://evil.example)",
    "![pixel](https://evil.example/p.png)",
    "https://evil.example",
    "www.evil.example",
    "me@evil.example",
    "deadbeef" * 5,
    "%%{init: {'theme':'dark'}}%%",
    'a"] --> b["owned',
    "end",
    "click a0 href",
    "a;b:::c",
    '"];owned[label="',
    '\\"];owned->x',
    "\\",
    "\\N",
    "</testcase><testcase name='owned'/>",
    "]]>",
    "&#64;team &lt;b&gt;",
    "x\n::error::owned",
    "::stop-commands::x",
    "%0A::error::owned",
    "##[debug]owned",
    "##vso[task.complete result=Failed]owned",
    "a,line=1::owned",
    "\r\n- owned",
    "\x1b]0;owned\x07",
    "\u202eterces",
    "\u2028owned",
    "$x^2$ {{7*7}} ${x} {0}",
    "1. list",
    "- list",
    "a -> b",
    "(unknown app x) -> y",
    "***bold*** ~~gone~~ __x__",
    "| a | b |\n|---|---|",
    "| | |",
    "\ufffe\uffff",
    " ",
    "決済",
)
NASTY = "`|<>&[](){}@#!$%^*_~-+=\\/'\":;,. \n\r\t\x00\x1b\u202e\u2028\u200b\ufffe aA1é決"
NAMES = st.one_of(st.sampled_from(ATTACKS), st.text(NASTY, min_size=1, max_size=12))
TODAY = date(2026, 11, 20)


@st.composite
def hostile_plans(draw: st.DrawFn) -> Plan:
    """Make a plan with one of everything, a text of its own at each place."""

    def name() -> str:
        return draw(NAMES)

    def app() -> AppRef:
        return AppRef(name(), name(), name())

    def span() -> Span:
        return Span(name(), 3, 9)

    first, second, third = app(), app(), app()
    policy = NetworkPolicy(first, second, "tcp", 8080, 8080)
    wider = policy._replace(end=8090)
    route = InternalRoute(name().replace(".", "-"), name())
    variable = EnvironmentVariable(second, name())
    changes = (
        Create(PolicyRule(policy, TlsMode.NONE), Reason.DECLARED, (span(), span())),
        Replace(PolicyRule(wider, None), PolicyRule(policy, TlsMode.MANUAL), Reason.PORTS_CHANGED, (span(),)),
        Delete(PolicyRule(policy._replace(source=third), None), Reason.UNDECLARED, ()),
        Create(OwnedRoute(route, second.space_ref), Reason.DECLARED, (span(),)),
        Create(MappedApp(RouteDestination(route, second)), Reason.DECLARED, (span(),)),
        Replace(VariableSetting(variable, name()), VariableSetting(variable, name()), Reason.VALUE_CHANGED, (span(),)),
    )
    opening = OpenPorts("tcp", PortRange(8080, 8080), TlsMode.NONE)
    between = ConnectivityChange(
        ConnectivityKind.GAINED, first, second, (), (opening,), (opening,), (), (span(),), Risk.MEDIUM
    )
    closed = ConnectivityChange(ConnectivityKind.LOST, third, second, (opening,), (), (), (opening,))
    chain = ConnectivityChange(
        ConnectivityKind.CHAINED,
        third,
        second,
        (),
        (),
        origins=(span(),),
        risk=Risk.MEDIUM,
        path=(policy._replace(source=third, destination=first), policy),
        zone=name(),
    )
    same = ConnectivityChange(ConnectivityKind.UNCHANGED, second, first, (opening,), (opening,))
    return Plan(
        name(),
        changes,
        ManifestsVersion("sha256:1", name(), (name(), name())),
        LiveVersion("sha256:2", None, {str(first): "1"}),
        PlanOptions(TODAY, rollback_of=draw(st.none() | NAMES)),
        unchanged=4,
        pending=(Pending(Kind.NETWORK_POLICY, name(), (name(), name()), (span(),)),),
        blocked=(Blocked(Kind.ENVIRONMENT, name(), name(), name(), (span(),)),),
        foreign_unlisted=2,
        stale=(StalePolicy(UnknownApp(name().replace(" -> ", "")), second, "tcp", 1, 2),),
        findings=(
            Finding(
                draw(st.sampled_from(Severity)),
                name(),
                name(),
                span(),
                name(),
                name(),
                name(),
                span(),
                (span(), span()),
            ),
            Finding(Severity.WARN, name(), f"{name()} is `{name()}`, and {name()}.", None, name()),
        ),
        waivers=(WaiverUse(name(), name(), 2, TODAY, name(), span()),),
        connectivity=(between, chain, closed, same),
    )
