from __future__ import annotations

import time

import pytest
from support.networks import network, only, ref, term

from reconciler.analysis.expectations import check_expectations
from reconciler.diagnostics import Span
from reconciler.model.expectation import Expectation, OnlyFrom, Reach
from reconciler.model.finding import Severity
from reconciler.model.labels import LabelSelector, Operator, Requirement
from reconciler.model.names import AppRef
from reconciler.model.network import AppFacts, Network
from reconciler.model.policies import PolicyMap
from reconciler.model.policy import NetworkPolicy
from reconciler.model.ports import PortRange
from reconciler.model.selection import EVERY_APP, AppSelection

LINE = Span("expectations.yml", 6, 5)
TLS = PortRange(61443, 61443)
LISTED = AppFacts(place=Span("web.yml", 3, 5))


def findings(world, *expect, **options):
    return check_expectations([Expectation("ledger-is-private", expect, LINE)], world, **options)


def test_a_broken_one_prints_every_hop_with_its_manifest_line():
    world = network("a -> b tcp/8080 @one", "b -> c tcp/61443 @two", one=term(12), two=term(24))
    (finding,) = findings(world, Reach(only("a"), only("c"), allowed=False, origin=LINE, through=True))
    assert (finding.severity, finding.code, finding.origin) == (Severity.DENY, "ledger-is-private", LINE)
    assert finding.message == (
        "acme/web/a must not reach acme/web/c, but does: acme/web/a -> acme/web/b tcp/8080 (web.yml:12), "
        "then acme/web/b -> acme/web/c tcp/61443 (web.yml:24)"
    )


def test_a_missing_hop_is_named_with_where_to_grant_it():
    world = network("a -> b tcp/8080", facts={"b": LISTED})
    (finding,) = findings(world, Reach(only("a"), only("b"), allowed=True, origin=LINE, ports=TLS, protocol="tcp"))
    assert finding.message == (
        "acme/web/a must reach acme/web/b on tcp/61443, but acme/web/a -> acme/web/b tcp/61443 is missing; "
        "open is tcp/8080"
    )
    assert finding.hint == "grant it under `ingress` of web.yml:3, or change the expectation if it is out of date"


def test_a_missing_chain_names_those_who_could_call_at_its_end():
    world = network("a -> b tcp/1", "x -> c tcp/61443", "y -> c tcp/8080")
    (finding,) = findings(world, Reach(only("a"), only("c"), allowed=True, origin=LINE, ports=TLS, through=True))
    assert finding.message.endswith("no chain leads to an app that may call it (acme/web/x)")


def test_only_from_names_the_stranger():
    world = network("a -> b tcp/1", "x -> b tcp/1", "b -> b udp/7000")
    (finding,) = findings(world, OnlyFrom(only("b"), (only("a"),), LINE))
    assert finding.message.startswith(
        "acme/web/x is not among those that may reach acme/web/b, but does: acme/web/x ->"
    )
    assert "more" not in finding.message


def test_ports_that_several_policies_open_together_count():
    reach = Reach(only("a"), only("b"), allowed=True, origin=LINE, ports=PortRange(1, 4))
    assert findings(network("a -> b tcp/1-2", "a -> b tcp/3-4"), reach) == ()
    assert findings(network("a -> b tcp/1-2", "a -> b udp/3-4"), reach)


def test_thousands_of_broken_pairs_are_one_finding_with_a_count():
    world = network(*(f"a{number} -> b tcp/1" for number in range(500)))
    (finding,) = findings(world, Reach(EVERY_APP, only("b"), allowed=False, origin=LINE))
    assert finding.message.count("->") == 3
    assert "499 more" in finding.message
    assert finding.message.endswith("; ...")


def test_a_pair_of_an_app_with_itself_is_meant_only_when_it_is_named():
    gossip = network("a -> a udp/7000", "b -> a tcp/1")
    assert findings(gossip, Reach(only("a"), only("a"), allowed=False, origin=LINE))
    assert findings(network("b -> a tcp/1"), Reach(only("a"), only("a"), allowed=True, origin=LINE))
    assert findings(gossip, Reach(only("a", "b"), only("a"), allowed=True, origin=LINE)) == ()


@pytest.mark.parametrize(("allowed", "severity"), [(True, Severity.DENY), (False, Severity.WARN)])
def test_what_matches_no_app_must_not_pass_for_met(allowed, severity):
    (finding,) = findings(network("a -> b tcp/1"), Reach(only("typo"), only("b"), allowed=allowed, origin=LINE))
    assert (finding.severity, finding.code) == (severity, "expectation-matches-nothing")
    assert finding.message == "ledger-is-private: `from` means no app that is there"


def test_an_app_that_is_still_to_come_only_warns():
    reach = Reach(only("a"), only("soon"), allowed=True, origin=LINE)
    (finding,) = findings(network("a -> b tcp/1"), reach, declared={ref("soon"): LISTED})
    assert (finding.severity, finding.code) == (Severity.WARN, "expectation-matches-nothing")


def test_sources_of_only_from_may_be_missing():
    assert findings(network("a -> b tcp/1"), OnlyFrom(only("b"), (only("a"), only("nobody")), LINE)) == ()


def test_zones_labels_and_patterns_select():
    facts = {"a": AppFacts(zone="public", labels={"tier": "web"}), "b": AppFacts(zone="cde")}
    world = network("a -> b tcp/1", facts=facts)
    web_tier = LabelSelector((Requirement("tier", Operator.IN, frozenset({"web"})),))
    for selection in (
        AppSelection(zone=("pub*",)),
        AppSelection(labels=(web_tier,)),
        AppSelection(org=("ACME",), space=("w*",), app=("A",)),
        AppSelection(org=("acme", "globex"), space=("web",)),
    ):
        assert findings(world, Reach(selection, AppSelection(zone=("cde",)), allowed=False, origin=LINE))
    assert not findings(world, Reach(AppSelection(zone=("cde",)), EVERY_APP, allowed=False, origin=LINE))


@pytest.mark.parametrize(
    ("reach", "why"),
    [
        (Reach(only("typo"), only("b"), allowed=True, origin=LINE), "no manifest names such an app"),
        (Reach(only("b"), only("a"), allowed=True, origin=LINE), "no manifest lists the destination"),
        (
            Reach(
                AppSelection(labels=(LabelSelector((Requirement("tier", Operator.EXISTS),)),)),
                only("b"),
                allowed=False,
                origin=LINE,
            ),
            "labels are known on the platform only",
        ),
    ],
)
def test_manifests_alone_do_not_answer_what_only_a_platform_knows(reach, why):
    (finding,) = findings(network("a -> b tcp/1", facts={"b": LISTED}), reach, offline=True)
    assert (finding.severity, finding.code) == (Severity.AUDIT, "expectation-not-judged")
    assert why in finding.message


def test_manifests_alone_answer_the_rest():
    world = network("a -> b tcp/1", facts={"b": LISTED})
    assert findings(world, Reach(only("a"), only("b"), allowed=False, origin=LINE), offline=True)
    assert findings(world, Reach(only("a"), only("b"), allowed=True, origin=LINE, ports=TLS), offline=True)


@pytest.mark.parametrize("through", [False, True])
@pytest.mark.parametrize("allowed", [False, True])
def test_what_hangs_on_labels_is_neither_passed_nor_refused_without_a_platform(allowed, through):
    least = network("a -> b tcp/1", facts={"b": LISTED, "x": LISTED})
    most = network("a -> b tcp/1", "x -> b tcp/1", facts={"b": LISTED, "x": LISTED})
    (hangs,) = findings(
        least,
        Reach(only("x"), only("b"), allowed=allowed, origin=LINE, through=through),
        offline=True,
        at_most=most,
    )
    assert (hangs.severity, hangs.code) == (Severity.AUDIT, "expectation-not-judged")
    certain = findings(
        least,
        Reach(only("a"), only("b"), allowed=allowed, origin=LINE, through=through),
        offline=True,
        at_most=most,
    )
    assert [item.severity for item in certain] == ([] if allowed else [Severity.DENY])


def test_a_stranger_that_labels_may_let_in_is_not_judged_without_a_platform():
    least = network("a -> b tcp/1", facts={"b": LISTED, "x": LISTED})
    most = network("a -> b tcp/1", "x -> b tcp/1", facts={"b": LISTED, "x": LISTED})
    (finding,) = findings(least, OnlyFrom(only("b"), (only("a"),), LINE), offline=True, at_most=most)
    assert finding.code == "expectation-not-judged"


def test_large_worlds_are_judged_in_linear_time():
    apps = [AppRef("acme", f"space-{number % 100}", f"app-{number}") for number in range(10_000)]
    policies = {
        NetworkPolicy(apps[number], apps[number * step % len(apps)], "tcp", 8080, 8080): ()
        for number in range(len(apps))
        for step in (2, 3, 5, 7)
    }
    world = Network(PolicyMap.of(policies), dict.fromkeys(apps, AppFacts()))
    started = time.process_time()
    for through in (False, True):
        assert findings(world, Reach(EVERY_APP, EVERY_APP, allowed=False, origin=LINE, through=through))
        assert findings(world, OnlyFrom(EVERY_APP, (only("app-1"),), LINE, through=through))
    assert findings(world, Reach(EVERY_APP, EVERY_APP, allowed=True, origin=LINE))
    assert time.process_time() - started < 20


def test_a_question_too_wide_to_answer_is_refused_and_not_passed(monkeypatch):
    monkeypatch.setattr("reconciler.analysis.expectations.MAX_EFFORT", 5)
    world = network("a -> b tcp/1", "b -> c tcp/1", "c -> a tcp/1")
    (finding,) = findings(world, Reach(EVERY_APP, EVERY_APP, allowed=True, origin=LINE, through=True))
    assert finding.severity is Severity.DENY
    assert "more than can be checked" in finding.message
