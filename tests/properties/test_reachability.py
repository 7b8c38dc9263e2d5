"""Searches along policies and against them find what brute force finds, in an order that nothing else decides."""

from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as st
from support.networks import NAMES, SMALL, policy, ref

from reconciler.analysis.reachability import Asked, BackwardSearch, PolicyGraph, Spread
from reconciler.model.names import AppRef
from reconciler.model.numbering import Numbering
from reconciler.model.policies import PolicyMap, PolicySet

APPS = tuple(map(ref, NAMES))
SOME = st.frozensets(st.sampled_from(APPS))
NOBODY = AppRef("acme", "acme", "nobody")
"""No policy leads from it: a search for it goes on to the end."""


def laid_out(texts, order=()) -> PolicyMap:
    """Lay policies out. Apps that are numbered beforehand have other numbers."""
    numbering = Numbering()
    for app in order:
        numbering.app(app)
    return PolicyMap.of(dict.fromkeys(map(policy, sorted(texts, reverse=True)), ()), numbering)


def distances(texts, destinations) -> dict:
    """Say how many hops each app needs to any of the destinations."""
    found = dict.fromkeys(destinations, 0)
    for hops in itertools.count(1):
        new = {one.source for one in map(policy, texts) if one.destination in found} - found.keys()
        if not new:
            return found
        found |= dict.fromkeys(new, hops)
    raise AssertionError


@given(SMALL)
def test_the_graph_lists_what_leads_from_and_to_an_app_in_order(texts):
    policies = sorted(map(policy, texts))
    graph = PolicyGraph(laid_out(texts, reversed(APPS)))
    assert graph.apps == {end for one in policies for end in one[:2]}
    for app in (*APPS, ref("nobody")):
        for _ in range(2):
            assert graph.outgoing(app) == [one for one in policies if one.source == app]
            assert graph.callees(app) == [one.destination for one in policies if one.source == app]
            assert graph.incoming(app) == [one for one in policies if one.destination == app]
        for other in APPS:
            assert graph.between(app, other) == [one for one in policies if one[:2] == (app, other)]


@given(SMALL, SOME)
def test_a_spread_reaches_all_there_is_to_reach_and_counts_what_it_looked_at(texts, sources):
    spread = Spread(PolicyGraph(laid_out(texts)), sources)
    reached = {app for app in APPS if sources & distances(texts, [app]).keys()}
    assert spread.apps == reached | sources
    if len(sources) == 1:
        assert spread.effort == sum(one.source in spread.apps for one in map(policy, texts))


@given(SMALL, st.permutations(APPS), st.integers(1, 3))
def test_the_order_of_sources_decides_no_way(texts, order, count):
    graph = PolicyGraph(laid_out(texts))
    one, other = Spread(graph, order[:count]), Spread(graph, order[:count][::-1])
    for app in APPS:
        assert one.path(app, Asked()) == other.path(app, Asked())


@given(SMALL, SOME, SOME)
def test_a_search_backwards_tells_of_each_doubtful_app_whether_it_reaches(texts, destinations, doubtful):
    there = distances(texts, destinations).keys()
    found = BackwardSearch(laid_out(texts)).reaching(destinations, doubtful)
    assert destinations <= found <= there
    assert found & doubtful == there & doubtful
    assert found == there or doubtful <= found


@given(SMALL, SOME)
def test_next_hops_are_on_shortest_ways_nearest_first(texts, destinations):
    far = distances(texts, destinations)
    hops = BackwardSearch(laid_out(texts)).next_hops(destinations, [*APPS, NOBODY])
    assert hops.keys() == far.keys() - destinations
    for app, hop in hops.items():
        assert far[app] == far[hop] + 1
        assert any(one[:2] == (app, hop) for one in map(policy, texts))
    assert [far[app] for app in hops] == sorted(far[app] for app in hops)
    # Of the ways of one length it is the same one each time, however apps are numbered.
    for order in (reversed(APPS), (APPS[2], APPS[0])):
        other = BackwardSearch(laid_out(texts, order)).next_hops(list(destinations)[::-1], [*APPS, NOBODY])
        assert list(other.items()) == list(hops.items())


@given(SMALL, SOME, SOME)
def test_a_search_for_the_ways_of_some_apps_finds_theirs_and_may_end_early(texts, destinations, wanted):
    every = BackwardSearch(laid_out(texts)).next_hops(destinations, [*APPS, NOBODY])
    some = BackwardSearch(laid_out(texts)).next_hops(destinations, wanted)
    assert list(some.items()) == list(every.items())[: len(some)]
    for app in wanted & every.keys():
        while app not in destinations:
            app = some[app]  # noqa: PLW2901 - the next on its way


@given(SMALL, SMALL, SMALL, SOME)
def test_who_reaches_later_and_did_not_before_is_among_those_who_reach_anew(texts, gone, come, destinations):
    earlier = laid_out(texts)
    later = earlier.without(PolicySet.of(map(policy, gone))).with_more(dict.fromkeys(map(policy, come), ()))
    known = BackwardSearch(earlier).reaching(destinations, [*APPS, NOBODY])
    first = {one.source for one in later if one.source not in known and one.destination in known}
    gained = BackwardSearch(later).reaching_anew(first, known)
    reach = BackwardSearch(later).reaching(destinations, [*APPS, NOBODY]) - known
    assert reach <= gained  # what they go on through may be gone
    assert gone or reach == gained


@given(SMALL, st.lists(SOME, min_size=2, max_size=3), SOME)
def test_a_search_for_another_zone_finds_what_the_first_would_have_found(texts, zones, doubtful):
    policies = laid_out(texts)
    search = BackwardSearch(policies)
    for destinations in zones:
        assert search.reaching(destinations, doubtful) == BackwardSearch(policies).reaching(destinations, doubtful)
        anew = search.reaching_anew(doubtful, destinations)
        assert anew == BackwardSearch(policies).reaching_anew(doubtful, destinations)
