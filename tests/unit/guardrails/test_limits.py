"""Every limit fires, keeps quiet, and can be waived."""

from datetime import date, timedelta

import pytest
from support.guarded import RULE, TODAY, findings, guardrail, network, term, waiver

from reconciler.diagnostics import Span
from reconciler.guardrails.judging import judge
from reconciler.model.finding import Severity
from reconciler.model.guardrail import Limits, Required
from reconciler.model.network import AppFacts
from reconciler.model.ports import PortRange, Protocol, TlsMode
from reconciler.model.scope import AppPattern

PLAIN = "web/a -> web/b tcp/8080"
AUTO = "web/a -> web/b tcp/61443"
ACROSS = "web/a -> globex/web/b tcp/8080"
SELF = "web/a -> web/a tcp/8080"
TRUSTED = (TlsMode.AUTO, TlsMode.MANUAL)
CDE, PUBLIC = AppFacts(zone="cde"), AppFacts(zone="public")
NEXT_YEAR = date(2027, 1, 1)
CROWD = {f"web/c{number} -> web/b tcp/{port}": (term(),) for number in range(3) for port in (1, 2)}
FAN = {f"web/a -> web/d{number} tcp/8080": (term(),) for number in range(3)}

FIRING = {
    "tls-plaintext": ({"tls": TRUSTED}, network({PLAIN: (term(),)}), "is plaintext"),
    "tls-unknown": ({"tls": TRUSTED}, network({PLAIN: ()}), "may be plaintext"),
    "tls-auto-refused": ({"tls": (TlsMode.NONE,)}, network({AUTO: ()}), "uses platform TLS"),
    "tls-second-entry": ({"tls": TRUSTED}, network({PLAIN: (term(1, "manual"), term(2))}), "is plaintext"),
    "tls-nothing": ({"tls": ()}, network({AUTO: ()}), "uses platform TLS"),
    "tls-self": ({"tls": TRUSTED}, network({SELF: (term(),)}), "is plaintext"),
    "protocols": ({"protocols": (Protocol.TCP,)}, network({"web/a -> web/b udp/53": (term(),)}), "opens udp"),
    "ports": ({"ports": (PortRange(1, 10), PortRange(12, 20))}, network({"web/a -> web/b tcp/9-12": ()}), "opens 9-12"),
    "max_port_span": ({"max_port_span": 2}, network({"web/a -> web/b tcp/7000-7002": ()}), "opens 3 ports at once"),
    "same_space": ({"same_space": True}, network({"web/a -> db/b tcp/1": ()}), "leaves a space"),
    "same_space-false": ({"same_space": False}, network({PLAIN: ()}), "stays within a space"),
    "same_space-of-other-org": ({"same_space": True}, network({ACROSS: ()}), "leaves a space"),
    "same_org": ({"same_org": True}, network({ACROSS: ()}), "leaves an organization"),
    "same_org-false": ({"same_org": False}, network({PLAIN: ()}), "stays within an organization"),
    "same_zone": ({"same_zone": True}, network({PLAIN: ()}, {"web/a": PUBLIC, "web/b": CDE}), "from zone public to"),
    "same_zone-none": ({"same_zone": True}, network({PLAIN: ()}, {"web/b": CDE}), "from no zone to zone cde"),
    "same_zone-neither": ({"same_zone": True}, network({PLAIN: ()}), "from no zone to no zone"),
    "same_zone-none-there": (
        {"same_zone": True}, network({PLAIN: ()}, {"web/a": PUBLIC}), "from zone public to no zone",
    ),
    "same_zone-false-none": ({"same_zone": False}, network({PLAIN: ()}, {"web/b": CDE}), "from no zone"),
    "sources": ({"sources": (AppPattern("acme", "ops", "*"),)}, network({PLAIN: ()}), "lets acme/web/a call"),
    "sources-nobody": ({"sources": ()}, network({PLAIN: ()}), "lets acme/web/a call"),
    "deny_sources": ({"deny_sources": (AppPattern("ACME", "w*", "A"),)}, network({PLAIN: ()}), "which is denied"),
    "max_sources": ({"max_sources": 2}, network(CROWD), "acme/web/b is called by 3 apps"),
    "max_destinations": ({"max_destinations": 2}, network(FAN), "acme/web/a may call 3 apps"),
    "require": ({"require": (Required.WHY,)}, network({PLAIN: (term(),)}), "has no why"),
    "require-second-entry": (
        {"require": (Required.WHY,)}, network({PLAIN: (term(1, why="NET-1"), term(2))}), "has no why",
    ),
    "require-undeclared": (
        {"require": (Required.OWNER,)}, network({PLAIN: ()}, {"web/b": AppFacts(owner="us")}), "has no entry",
    ),
    "require-owner": ({"require": (Required.OWNER, Required.UNTIL)}, network({PLAIN: (term(),)}), "no owner or until"),
    "max_days": ({"max_days": 41}, network({PLAIN: (term(until=NEXT_YEAR),)}), "wanted until 2027-01-01, 42 days"),
    "max_days-for-ever": ({"max_days": 41}, network({PLAIN: (term(),)}), "has no last day"),
    "max_days-second-entry": (
        {"max_days": 41}, network({PLAIN: (term(1, until=TODAY), term(2))}), "has no last day",
    ),
    "max_days-undeclared": ({"max_days": 41}, network({PLAIN: ()}), "has no entry"),
    "template": ({"template": ("api",)}, network({PLAIN: ()}, {"web/b": AppFacts(template="other")}), "template other"),
    "template-none": ({"template": ("api",)}, network({PLAIN: ()}), "uses no template"),
    "routes": (
        {"routes": ("*.apps.internal",)},
        network({PLAIN: ()}, routes={"b.apps.internal": ("web/b",), "b.x.internal": ("web/b",)}),
        "with the route b.x.internal",
    ),
    "routes-several": (
        {"routes": ("*.apps.internal",)},
        network({PLAIN: ()}, routes={"b.x.internal": ("web/b",), "b.y.internal": ("web/b",)}),
        "with the route b.x.internal and 1 more",
    ),
    "expression": ({"expression": "source.org != destination.org"}, network({PLAIN: ()}), "not satisfy"),
}  # fmt: skip

QUIET = {
    "tls": ({"tls": TRUSTED}, network({PLAIN: (term(tls="manual"),), AUTO: ()})),
    "protocols": ({"protocols": (Protocol.TCP,)}, network({PLAIN: ()})),
    "ports-that-touch": ({"ports": (PortRange(1, 10), PortRange(11, 20))}, network({"web/a -> web/b tcp/9-12": ()})),
    "max_port_span": ({"max_port_span": 2}, network({"web/a -> web/b tcp/7000-7001": ()})),
    "same_space": ({"same_space": True}, network({PLAIN: ()})),
    "same_space-false-of-other-org": ({"same_space": False}, network({ACROSS: ()})),
    "same_org": ({"same_org": True}, network({"web/a -> db/b tcp/1": ()})),
    "same_zone": ({"same_zone": True}, network({PLAIN: ()}, {"web/a": CDE, "web/b": AppFacts(zone="CDE")})),
    "same_zone-false": ({"same_zone": False}, network({PLAIN: ()}, {"web/a": PUBLIC, "web/b": CDE})),
    "same_zone-self": ({"same_zone": True}, network({SELF: ()})),
    "same_org-false-self": ({"same_org": False}, network({SELF: ()})),
    "sources": ({"sources": (AppPattern("acme", "web", "*"),)}, network({PLAIN: ()})),
    "sources-self": ({"sources": ()}, network({SELF: ()})),
    "deny_sources": ({"deny_sources": (AppPattern("acme", "web", "b"),)}, network({PLAIN: ()})),
    "max_sources": ({"max_sources": 3}, network(CROWD)),
    "max_sources-self": ({"max_sources": 3}, network({**CROWD, "web/b -> web/b tcp/7": ()})),
    "max_destinations": ({"max_destinations": 3}, network(FAN)),
    "require": (
        {"require": tuple(Required)},
        network({PLAIN: (term(why="NET-1", until=TODAY),)}, {"web/b": AppFacts(owner="us")}),
    ),
    "max_days": ({"max_days": 42}, network({PLAIN: (term(until=NEXT_YEAR),)})),
    "template": ({"template": ("api",)}, network({PLAIN: ()}, {"web/b": AppFacts(template="api")})),
    "routes": ({"routes": ("*.apps.internal",)}, network({PLAIN: ()}, routes={"b.apps.internal": ("web/b",)})),
    "routes-of-the-source": ({"routes": ("x",)}, network({PLAIN: ()}, routes={"b.apps.internal": ("web/a",)})),
    "expression": (
        {"expression": "source.org == destination.org || grant.why != ''"},
        network({PLAIN: (), ACROSS: (term(why="NET-1"),)}),
    ),
}


def test_every_limit_is_tested():
    keys = set(Limits._fields)
    assert {key for limits, *_ in FIRING.values() for key in limits} == keys
    assert {key for limits, *_ in QUIET.values() for key in limits} == keys


@pytest.mark.parametrize(("limits", "world", "words"), FIRING.values(), ids=FIRING)
def test_fires(limits, world, words):
    (found,) = findings(guardrail(**limits), world)
    (key,) = limits
    assert words in found.message
    assert found.message.startswith(f"`{key}`: {found.subject} ")
    assert (found.severity, found.code, found.limit, found.rule) == (Severity.DENY, "rule", key, RULE)
    assert found.hint


@pytest.mark.parametrize(("limits", "world"), QUIET.values(), ids=QUIET)
def test_keeps_quiet(limits, world):
    assert findings(guardrail(**limits), world) == []


@pytest.mark.parametrize(("limits", "world", "words"), FIRING.values(), ids=FIRING)
def test_is_waived(limits, world, words):
    del words
    judged = judge([guardrail(**limits)], [waiver()], world, today=TODAY)
    assert (judged.breaches, judged.waived) == ((), 1)
    assert [(use.name, use.guardrail, use.count) for use in judged.uses] == [("let-pass", "rule", 1)]
    assert judge([guardrail(**limits)], [waiver()], world, today=TODAY + timedelta(1)).waived == 0


def test_the_entry_that_is_wrong_is_the_origin_and_the_others_are_related():
    (found,) = findings(guardrail(require=(Required.WHY,)), network({PLAIN: (term(4, why="NET-1"), term(7))}))
    assert found.origin == Span("policies/web.yml", 7, 9)
    assert found.related == (Span("policies/web.yml", 4, 9),)


def test_without_an_entry_the_rule_is_the_origin():
    (found,) = findings(guardrail(same_org=True), network({ACROSS: ()}))
    assert found.origin == found.rule == RULE
    assert "no manifest asks for the policy" in found.message


def test_a_crowd_stands_at_the_app():
    facts = {"web/b": AppFacts(place=Span("policies/web.yml", 2, 5))}
    (found,) = findings(guardrail(max_sources=2), network(CROWD, facts))
    assert (found.origin, found.subject) == (Span("policies/web.yml", 2, 5), "acme/web/b")


@pytest.mark.parametrize(
    ("count", "words"), [(1, "match *1"), (8, "*7 or *8"), (9, "*8 or 1 other"), (10, "*8 or 2 others")]
)
def test_choices_are_listed_up_to_eight(count, words):
    patterns = tuple(f"*{number}" for number in range(1, count + 1))
    world = network({PLAIN: ()}, routes={"b.apps.internal": ("web/b",)})
    (found,) = findings(guardrail(routes=patterns), world)
    assert found.hint.endswith(words)


def test_the_owner_is_asked_for_where_it_is_written():
    for required, is_told in (
        ((Required.OWNER,), True),
        ((Required.WHY, Required.OWNER), True),
        ((Required.WHY,), False),
    ):
        (found,) = findings(guardrail(require=required), network({PLAIN: (term(),)}))
        assert ("`owner` in the Space document" in found.hint) is is_told
