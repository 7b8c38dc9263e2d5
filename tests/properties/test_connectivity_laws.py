"""The connectivity difference agrees with every (source, destination, protocol, port) looked at one by one."""

from __future__ import annotations

from itertools import groupby, pairwise

from hypothesis import given
from hypothesis import strategies as st
from support.networks import NAMES, SMALL, network, policy, ref, term

from reconciler.analysis.connectivity import connectivity_changes
from reconciler.model.connectivity import ConnectivityKind, Risk
from reconciler.model.network import AppFacts
from reconciler.model.port_set import covers, port_set, without
from reconciler.model.ports import PortRange, TlsMode

TERMS = {"plain": term(1, TlsMode.NONE), "tls": term(2, TlsMode.MANUAL)}
WORDS = st.dictionaries(
    st.builds(
        "{} -> {} {}".format, *[st.sampled_from(NAMES[:3])] * 2, st.sampled_from(("tcp/1-2", "tcp/2-3", "udp/2"))
    ),
    st.sampled_from(("", " @plain", " @tls")),
    max_size=8,
)
RANGES = st.lists(st.tuples(st.integers(1, 12), st.integers(0, 4)).map(lambda pair: PortRange(pair[0], sum(pair))))


def cells(texts) -> set:
    return {
        (one.source, one.destination, one.protocol, port)
        for one in map(policy, texts)
        for port in range(one.start, one.end + 1)
    }


def numbers(ranges) -> set[int]:
    return {port for one in ranges for port in range(one.start, one.end + 1)}


def listed(changes, side) -> set:
    return {
        (change.source, change.destination, opening.protocol, port)
        for change in changes
        for opening in getattr(change, side)
        for port in range(opening.ports.start, opening.ports.end + 1)
    }


@given(SMALL, SMALL)
def test_every_port_gained_and_lost_is_told_and_no_other(before, after):
    changes = connectivity_changes(network(*before), network(*after))
    assert listed(changes, "gained") == cells(after) - cells(before)
    assert listed(changes, "lost") == cells(before) - cells(after)
    touched = {(one.source, one.destination) for one in map(policy, before ^ after)}
    assert sorted((change.source, change.destination) for change in changes) == sorted(touched)


@given(SMALL, SMALL)
def test_the_kind_says_which_ports_moved(before, after):
    for change in connectivity_changes(network(*before), network(*after)):
        old, new = (
            {cell for cell in cells(texts) if cell[:2] == (change.source, change.destination)}
            for texts in (before, after)
        )
        expected = {
            ConnectivityKind.GAINED: not old and new,
            ConnectivityKind.LOST: old and not new,
            ConnectivityKind.WIDENED: old and old < new,
            ConnectivityKind.NARROWED: new and new < old,
            ConnectivityKind.CHANGED: old - new and new - old and old and new,
            ConnectivityKind.UNCHANGED: old == new,
        }
        assert expected[change.kind]
        assert (change.risk is Risk.NONE) == (not change.gained)


@given(SMALL, SMALL)
def test_the_way_back_gains_what_the_way_there_lost(before, after):
    there = connectivity_changes(network(*before), network(*after))
    back = connectivity_changes(network(*after), network(*before))
    assert listed(there, "gained") == listed(back, "lost")
    assert connectivity_changes(network(*before), network(*before)) == ()


@given(WORDS, WORDS)
def test_what_ports_speak_is_told_port_by_port(before, after):
    def spoken(words) -> dict:
        found: dict = {}
        for text, word in words.items():
            for cell in cells([text]):
                found.setdefault(cell, set()).add(word)
        order = (" @plain", "", " @tls")
        return {cell: min(said, key=order.index) for cell, said in found.items()}

    networks = [network(*(text + word for text, word in words.items()), **TERMS) for words in (before, after)]
    word_of = {TlsMode.NONE: " @plain", None: "", TlsMode.MANUAL: " @tls"}
    for change in connectivity_changes(*networks):
        pair = (change.source, change.destination)
        for side, words in (("before", before), ("after", after)):
            told = {
                (*pair, opening.protocol, port): word_of[opening.tls]
                for opening in getattr(change, side)
                for port in range(opening.ports.start, opening.ports.end + 1)
            }
            assert told == {cell: word for cell, word in spoken(words).items() if cell[:2] == pair}


@given(WORDS, WORDS)
def test_the_lines_are_those_that_ask_for_what_was_not_asked_for_before(before, after):
    old, new = (network(*(text + word for text, word in words.items()), **TERMS) for words in (before, after))
    for change in connectivity_changes(old, new):
        lines = [
            said.origin
            for one, terms in sorted(new.policies.items())
            if one[:2] == (change.source, change.destination) and old.policies.get(one) != terms
            for said in terms
        ]
        assert change.origins == tuple(dict.fromkeys(lines))


@given(SMALL, SMALL, st.sets(st.sampled_from(NAMES), max_size=2))
def test_who_newly_reaches_a_protected_zone_through_others(before, after, inside):
    facts = {name: AppFacts(zone="cde" if name in inside else "public") for name in NAMES}

    def reaching(texts) -> set[str]:
        found = set(inside)
        for _ in NAMES:
            found |= {one.source.app for one in map(policy, texts) if one.destination.app in found}
        return found - inside

    old, new = (network(*texts)._replace(apps={ref(n): f for n, f in facts.items()}) for texts in (before, after))
    chained = [c for c in connectivity_changes(old, new, {"cde"}) if c.kind is ConnectivityKind.CHAINED]
    direct = {one.source.app for one in map(policy, after) if one.destination.app in inside}
    assert {change.source.app for change in chained} == reaching(after) - reaching(before) - direct
    for change in chained:
        assert change.path[0].source == change.source
        assert change.path[-1].destination == change.destination
        assert change.destination.app in inside
        assert all(hop == min(one for one in map(policy, after) if one[:2] == hop[:2]) for hop in change.path)
        assert all(one.destination == two.source for one, two in zip(change.path, change.path[1:], strict=False))


@given(WORDS, WORDS, st.sets(st.sampled_from(NAMES), max_size=2))
def test_it_is_the_same_for_networks_that_share_what_they_have_in_common(before, after, inside):
    facts = {ref(name): AppFacts(zone="cde") for name in inside}
    old, new = (
        network(*(text + word for text, word in words.items()), **TERMS)._replace(apps=facts)
        for words in (before, after)
    )
    gone = old.policies.keys() - new.policies.keys()
    differs = {one: terms for one, terms in new.policies.items() if old.policies.get(one) != terms}
    sharing = new._replace(policies=old.policies.without(gone).with_more(differs))
    assert sharing == new
    assert connectivity_changes(old, sharing, {"cde"}) == connectivity_changes(old, new, {"cde"})


@given(RANGES, RANGES)
def test_port_sets_are_sets_of_ports(ones, others):
    left, right = port_set(ones), port_set(others)
    assert numbers(left) == numbers(ones)
    assert numbers(without(left, right)) == numbers(ones) - numbers(others)
    assert all(one.end + 1 < other.start for one, other in pairwise(left))
    for wanted in others:
        assert covers(left, wanted) == (numbers([wanted]) <= numbers(ones))


@given(SMALL, SMALL)
def test_worst_first(before, after):
    risks = [list(Risk).index(change.risk) for change in connectivity_changes(network(*before), network(*after))]
    assert [key for key, _ in groupby(risks)] == sorted(set(risks))
