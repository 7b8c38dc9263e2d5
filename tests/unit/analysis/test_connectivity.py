from __future__ import annotations

import itertools

import pytest
from support.networks import network, ref, term

from reconciler.analysis.connectivity import connectivity_changes, protected_zones
from reconciler.diagnostics import Span
from reconciler.model.connectivity import Risk
from reconciler.model.finding import Severity
from reconciler.model.guardrail import Guardrail, Limits, Match
from reconciler.model.names import AppRef
from reconciler.model.network import AppFacts
from reconciler.model.ports import TlsMode
from reconciler.model.selection import AppSelection
from reconciler.report.connectivity_text import render_connectivity

TERMS = {"plain": term(1, TlsMode.NONE), "own": term(2, TlsMode.MANUAL), "auto": term(3, TlsMode.AUTO)}


def changes(before: tuple[str, ...], after: tuple[str, ...], zones=(), **facts):
    known = {app: AppFacts(zone=zone) for app, zone in facts.items()}
    return connectivity_changes(
        network(*before, facts=known, **TERMS), network(*after, facts=known, **TERMS), frozenset(zones)
    )


@pytest.mark.parametrize(
    ("before", "after", "words", "risk"),
    [
        ((), ("a -> b tcp/61443 @auto",), "a gains TLS access to b (tcp/61443)", Risk.LOW),
        ((), ("a -> b tcp/8080 @plain",), "a gains plaintext access to b (tcp/8080)", Risk.MEDIUM),
        ((), ("a -> b tcp/8080",), "a gains access to b (tcp/8080)", Risk.MEDIUM),
        ((), ("a -> a udp/7 @plain",), "a gains plaintext access to itself (udp/7)", Risk.MEDIUM),
        (("a -> b tcp/8080",), (), "a loses access to b (tcp/8080)", Risk.NONE),
        (
            ("a -> b tcp/8080",),
            ("a -> b tcp/61443",),
            "a moves to TLS on the way to b (tcp/8080 => tcp/61443)",
            Risk.NONE,
        ),
        (
            ("a -> b tcp/61443",),
            ("a -> b tcp/8080 @plain",),
            "a falls back to plaintext on the way to b (tcp/61443 => tcp/8080)",
            Risk.HIGH,
        ),
        (("a -> b tcp/9 @plain",), ("a -> b tcp/9 @own",), "a moves to TLS on the way to b (tcp/9)", Risk.NONE),
        (
            ("a -> b tcp/9 @own",),
            ("a -> b tcp/9 @plain",),
            "a falls back to plaintext on the way to b (tcp/9)",
            Risk.HIGH,
        ),
        (
            ("a -> b tcp/8080 @plain",),
            ("a -> b tcp/8080 @plain", "a -> b tcp/61443 @auto"),
            "a gains TLS access to more ports of b (tcp/61443)",
            Risk.LOW,
        ),
        (
            ("a -> b tcp/8443-8450",),
            ("a -> b tcp/8443 @own",),
            "a loses access to some ports of b (tcp/8444-8450)",
            Risk.NONE,
        ),
        (
            ("a -> b tcp/9000 @plain",),
            ("a -> b tcp/9001 @plain",),
            "a gains plaintext access to other ports of b (tcp/9000 => tcp/9001)",
            Risk.MEDIUM,
        ),
        (
            ("a -> b tcp/1-4",),
            ("a -> b tcp/1-2", "a -> b tcp/3-4"),
            "a to b: reachability unchanged (tcp/1-4)",
            Risk.NONE,
        ),
        (
            ("a -> b tcp/1-65535",),
            ("a -> b tcp/61443 @auto",),
            "a loses access to some ports of b (tcp/1-61442, tcp/61444-65535)",
            Risk.NONE,
        ),
    ],
)
def test_each_change_in_words(before, after, words, risk):
    (change,) = changes(before, after)
    assert change.describe(lambda app: app.app) == words
    assert change.risk is risk


def test_what_is_new_names_its_manifest_line():
    (change,) = changes(("a -> b tcp/8080 @plain",), ("a -> b tcp/8080 @plain", "a -> b tcp/61443 @auto"))
    assert change.origins == (Span("web.yml", 3, 1),)


def test_a_way_into_a_protected_zone_from_outside_weighs_more():
    zones = {"a": "public", "b": "cde", "c": "cde"}
    new = ("a -> b tcp/61443 @auto", "c -> b tcp/61443 @auto", "a -> b tcp/9 @plain")
    assert [change.risk for change in changes((), new[:2], {"c*"}, **zones)] == [Risk.MEDIUM, Risk.LOW]
    assert [change.risk for change in changes((), new[2:], {"cde"}, **zones)] == [Risk.HIGH]
    assert [change.risk for change in changes((), new[2:], {"other"}, **zones)] == [Risk.MEDIUM]


def test_a_way_from_one_organization_into_another_weighs_more():
    def risk(source: str, port: str) -> list[Risk]:
        return [change.risk for change in changes((), (f"{source} -> Acme/web/b {port}",))]

    assert risk("acme/web/a", "tcp/61443 @auto") == [Risk.LOW]
    assert risk("globex/crm/a", "tcp/61443 @auto") == [Risk.MEDIUM]
    assert risk("globex/crm/a", "tcp/9 @plain") == risk("globex/crm/a", "tcp/9") == [Risk.HIGH]


def test_a_chain_that_newly_leads_into_a_protected_zone_is_told_hop_by_hop():
    zones = {"a": "public", "b": "dmz", "c": "cde"}
    before, after = ("b -> c tcp/61443 @auto",), ("b -> c tcp/61443 @auto", "a -> b tcp/61443 @plain")
    chained, gained = changes(before, after, {"cde"}, **zones)
    assert str(chained) == "acme/web/a now reaches acme/web/c in zone cde through acme/web/b"
    assert [str(hop) for hop in chained.path] == [
        "acme/web/a -> acme/web/b tcp/61443",
        "acme/web/b -> acme/web/c tcp/61443",
    ]
    assert chained.origins == gained.origins == (Span("web.yml", 1, 1),)
    assert len(changes(before, after, (), **zones)) == 1


def test_very_long_chains_stay_short():
    names = [f"n{number:03}" for number in range(300)]
    chain = tuple(f"{one} -> {other} tcp/1" for one, other in itertools.pairwise(names))
    found = changes(chain[:-1], chain, {"cde"}, n299="cde")
    longest = next(change for change in found if change.source == ref("n000"))
    assert longest.destination == ref("n299")
    assert len(longest.path) == 16


def test_zones_are_protected_by_guardrails_that_deny():
    def guardrail(enforcement, *zones) -> Guardrail:
        match = Match(destination=AppSelection(zone=zones))
        return Guardrail("g", enforcement, match, Limits(), Span("g.yml", 1, 1))

    assert protected_zones([guardrail(Severity.DENY, "cde", "pci*"), guardrail(Severity.WARN, "dmz")]) == {
        "cde",
        "pci*",
    }


def test_text_is_bounded_grouped_and_escaped():
    policies = tuple(f"caller-{number:02} -> b tcp/1 @plain" for number in range(30))
    text = render_connectivity(changes((), policies))
    assert len(text.splitlines()) == 23
    assert text.splitlines()[1] == "  acme/web"
    assert "... and 10 more: 10 new ways, 0 losses; --format json has them all" in text
    lost = render_connectivity(changes(policies, ()))
    assert "... and 10 more: 0 new ways, 10 losses; --format json has them all" in lost
    hostile = changes((), ("a\x1b[31m -> b tcp/1",))
    assert hostile[0].source == AppRef("acme", "web", "a\x1b[31m")
    assert "\x1b" not in render_connectivity(hostile)
    assert render_connectivity(()) == ""
