"""Expectations agree with the transitive closure, worked out by brute force on small networks."""

from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as st
from support.networks import NAMES, SMALL, network, only, policy, ref

from reconciler.analysis.expectations import check_expectations
from reconciler.analysis.reachability import Asked, PolicyGraph, Spread
from reconciler.diagnostics import Span
from reconciler.model.expectation import Expectation, OnlyFrom, Reach
from reconciler.model.finding import Severity
from reconciler.model.network import AppFacts
from reconciler.model.ports import PortRange

LINE = Span("expectations.yml", 4, 5)
ALL = {name: AppFacts() for name in NAMES}
GROUPS = st.sets(st.sampled_from(NAMES), min_size=1).map(lambda names: tuple(sorted(names)))
PORTS = st.sampled_from((None, PortRange(1, 1), PortRange(2, 2), PortRange(1, 3)))
PROTOCOLS = st.sampled_from((None, "tcp", "udp"))


def fails(reach, texts) -> bool:
    findings = check_expectations([Expectation("law", (reach,), LINE)], network(*texts, facts=ALL))
    assert all(finding.severity is Severity.DENY and finding.code == "law" for finding in findings)
    return bool(findings)


def closure(texts) -> dict[str, set[str]]:
    """Give what each app reaches through any number of hops, itself at once."""
    edges = {(policy(text).source.app, policy(text).destination.app) for text in texts}
    reached = {name: {name} for name in NAMES}
    for _ in NAMES:
        for one, other in edges:
            for found in reached.values():
                if one in found:
                    found.add(other)
    return reached


def open_ports(texts, source, destination, *, through) -> set[tuple[str, int]]:
    """Give every protocol and port of the destination that the source may reach."""
    callers = closure(texts)[source] if through else {source}
    return {
        (one.protocol, port)
        for one in map(policy, texts)
        if one.source.app in callers and one.destination.app == destination
        for port in range(one.start, one.end + 1)
    }


def asked_for(ports, protocol) -> list[set[tuple[str, int]]]:
    """Give the sets of ports of which an expectation needs one whole."""
    protocols = [protocol] if protocol else ["tcp", "udp"]
    if ports is None:
        return [{(one, port)} for one in protocols for port in range(1, 4)]
    return [{(one, port) for port in range(ports.start, ports.end + 1)} for one in protocols]


def pairs(sources, destinations) -> list[tuple[str, str]]:
    alone = len(sources) == 1 and sources == destinations
    return [(one, other) for one in sources for other in destinations if one != other or alone]


@given(SMALL, GROUPS, GROUPS, PORTS, PROTOCOLS, st.booleans())
def test_what_must_be_reached_is_reached(texts, sources, destinations, ports, protocol, through):
    reach = Reach(only(*sources), only(*destinations), True, LINE, ports, protocol, through)
    met = all(
        any(wanted <= open_ports(texts, one, other, through=through) for wanted in asked_for(ports, protocol))
        for one, other in pairs(sources, destinations)
    )
    assert fails(reach, texts) == (not met)


@given(SMALL, GROUPS, GROUPS, PORTS, PROTOCOLS, st.booleans())
def test_what_must_not_be_reached_is_not(texts, sources, destinations, ports, protocol, through):
    reach = Reach(only(*sources), only(*destinations), False, LINE, ports, protocol, through)
    forbidden = set().union(*asked_for(ports, protocol))
    broken = any(
        open_ports(texts, one, other, through=through) & forbidden for one, other in pairs(sources, destinations)
    )
    assert fails(reach, texts) == broken


@given(SMALL, GROUPS, GROUPS, PORTS, PROTOCOLS, st.booleans())
def test_nobody_else_reaches(texts, friends, destinations, ports, protocol, through):
    reach = OnlyFrom(only(*destinations), tuple(map(only, friends)), LINE, ports, protocol, through)
    forbidden = set().union(*asked_for(ports, protocol))
    broken = any(
        open_ports(texts, one, other, through=through) & forbidden
        for one in NAMES
        for other in destinations
        if one not in friends and one != other
    )
    assert fails(reach, texts) == broken


@given(SMALL, GROUPS, st.sampled_from(NAMES), PORTS)
def test_a_path_is_a_way_there_and_none_is_shorter(texts, sources, destination, ports):
    graph = PolicyGraph(network(*texts).policies)
    path = Spread(graph, map(ref, sources)).path(ref(destination), Asked(ports))
    ways = [
        distance(texts, one, caller) + 1
        for one in sources
        if one != destination
        for caller in closure(texts)[one]
        if any(
            Asked(ports).touches(hop)
            for hop in map(policy, texts)
            if (hop.source.app, hop.destination.app) == (caller, destination)
        )
    ]
    assert (path is None) == (not ways)
    if path is not None:
        assert len(path) == min(ways)
        assert path[0].source.app in sources
        assert path[-1].destination.app == destination
        assert all(one.destination == other.source for one, other in itertools.pairwise(path))
        assert set(path) <= set(map(policy, texts))


def distance(texts, source, destination) -> int:
    reached, hops = {source}, 0
    while destination not in reached:
        reached |= {policy(text).destination.app for text in texts if policy(text).source.app in reached}
        hops += 1
    return hops


@given(st.permutations(["a -> b tcp/1", "a -> c tcp/1", "b -> d tcp/1", "c -> d tcp/1", "c -> d tcp/2"]))
def test_the_same_network_gives_the_same_words(texts):
    reach = Reach(only("a"), only("d"), False, LINE, through=True)
    (finding,) = check_expectations([Expectation("law", (reach,), LINE)], network(*texts))
    assert finding.message == (
        "acme/web/a must not reach acme/web/d, but does: acme/web/a -> acme/web/b tcp/1 (no manifest line), "
        "then acme/web/b -> acme/web/d tcp/1 (no manifest line)"
    )
