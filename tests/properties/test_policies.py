"""Sets and mappings of policies are what plain sets and dicts are, and share what is equal."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.networks import NAMES, POLICIES, policy, ref

from reconciler.model.names import AppRef
from reconciler.model.numbering import SOURCE, WIDTH, Numbering
from reconciler.model.policies import PolicyMap, PolicySet
from reconciler.model.policy import NetworkPolicy, Opening, StalePolicy

SETS = st.frozensets(POLICIES.map(policy), max_size=12)
MAPS = st.dictionaries(POLICIES.map(policy), st.sampled_from(("one", "two")), max_size=12)
ALIKE = st.booleans()
APPS = st.frozensets(st.sampled_from(NAMES).map(ref))
SPELT = st.builds(AppRef, *[st.sampled_from(("acme", "Acme"))] * 3)
LISTED = st.lists(
    st.builds(NetworkPolicy, SPELT, SPELT, st.sampled_from(("tcp", "udp")), st.integers(1, 3), st.integers(1, 3))
)


def pair(kind, one, other, alike):
    """Make two of a kind, with one numbering or with two of which the second numbers in another order."""
    if alike:
        numbering = Numbering()
        return kind.of(one, numbering), kind.of(other, numbering)
    second = Numbering()
    for name in reversed(NAMES):
        second.app(ref(name))
    return kind.of(one), kind.of(other, second)


def tidy(found):
    """Check what every collection promises of its groups."""
    assert all(found.groups.values())
    return found


def frozen(*found):
    """Copy what collections are made of, down to the numbers."""
    return [
        {app: dict.fromkeys(group) if isinstance(one, PolicySet) else dict(group) for app, group in one.groups.items()}
        for one in found
    ]


@given(LISTED, LISTED)
def test_a_number_tells_the_policy_for_ever(first, more):
    numbering = Numbering()
    assert [numbering.known(one) for one in first] == [None] * len(first)
    numbers = {one: numbering.number(one) for one in first}
    for one in more:
        numbering.number(one)
    for one, number in numbers.items():
        assert numbering.number(one) == numbering.known(one) == number
        found = numbering.policy(numbering.app(one.destination), number)
        assert found == one
        assert isinstance(found, NetworkPolicy)
        assert numbering.app(one.source) + numbering.opening(*one.opening) == number
        assert numbering.app(one.source) == numbering.place(one.source) == number & SOURCE
        assert numbering.openings[number >> WIDTH] == one.opening
    assert len({(one.destination, number) for one, number in numbers.items()}) == len(numbers)
    met = {*first, *more}
    assert sorted(numbering.apps) == sorted({one.source for one in met} | {one.destination for one in first})
    assert sorted(numbering.openings) == sorted({one.opening for one in met})
    assert all(isinstance(opening, Opening) for opening in numbering.openings)
    strange = AppRef("acme", "acme", "nobody")
    assert numbering.place(strange) is None
    for one in met:
        assert numbering.known(one._replace(source=strange)) is None
        assert numbering.known(one._replace(start=9)) is None
        assert numbering.known(one._replace(destination=strange)) is not None


@given(SETS, SETS, ALIKE)
def test_sets_are_sets(one, other, alike):
    ours, theirs = pair(PolicySet, one, other, alike)
    assert ours == one
    assert one == ours
    assert (ours == theirs) is (one == other)
    assert len(ours) == len(one)
    assert sorted(ours) == sorted(one)
    assert [policy in ours for policy in other] == [policy in one for policy in other]
    assert tidy(ours - theirs) == one - other
    assert one - theirs == one - other
    assert ours - other == one - other
    assert (ours & theirs, ours | theirs, ours ^ theirs) == (one & other, one | other, one ^ other)
    assert (ours <= theirs, ours.isdisjoint(theirs)) == (one <= other, one.isdisjoint(other))
    assert type(ours | theirs) is type(ours & theirs) is frozenset
    left, right = ours.parted_from(theirs)
    assert (tidy(left), tidy(right)) == (one - other, other - one)
    assert (left.numbering, right.numbering) == (ours.numbering, ours.numbering)


@given(SETS)
def test_what_is_no_policy_is_in_no_set(one):
    ours = PolicySet.of(one)
    for found in one:
        assert StalePolicy(*found) not in ours
        assert tuple(found) not in ours
        assert str(found) in repr(ours)
    assert None not in ours


@given(SETS, APPS)
def test_policies_are_found_by_their_ends(one, apps):
    ours = PolicySet.of(one)
    assert ours.sources() == {policy.source for policy in one}
    assert ours.ends() == {end for policy in one for end in policy[:2]}
    for source, destination in itertools.product(map(ref, NAMES), repeat=2):
        between = [policy for policy in one if policy[:2] == (source, destination)]
        assert sorted(ours.between(source, destination)) == sorted(between)
    assert ours.to_any(apps) == {policy for policy in one if policy.destination in apps}
    assert ours.to_others(apps) == {policy for policy in one if policy.destination not in apps}
    assert sorted(ours.of_sources(apps)) == sorted(policy for policy in one if policy.source in apps)
    for app in apps:
        assert sorted(ours.to(app)) == sorted(policy for policy in one if policy.destination == app)


@given(MAPS, MAPS, ALIKE)
def test_mappings_are_mappings(one, other, alike):
    ours, theirs = pair(PolicyMap, one, other, alike)
    assert ours == one
    assert dict(ours.items()) == one
    assert sorted(ours.values()) == sorted(one.values())
    assert (len(ours), ours.keys()) == (len(one), one.keys())
    assert [ours.get(policy) for policy in other] == [one.get(policy) for policy in other]
    for missing in other.keys() - one.keys():
        with pytest.raises(KeyError) as found:
            ours[missing]
        assert found.value.args == (missing,)
    assert tidy(ours.without(theirs.keys())) == {policy: one[policy] for policy in one.keys() - other}
    assert tidy(ours.with_more(theirs)) == {**one, **other}
    assert tidy(ours.over(theirs.keys(), "none")) == {policy: one.get(policy, "none") for policy in other}
    assert (ours, theirs) == (one, other)


@given(MAPS, st.data())
def test_a_mapping_over_a_part_of_its_policies_has_these_alone(one, data):
    part = data.draw(st.frozensets(st.sampled_from(sorted(one)))) if one else frozenset()
    assert tidy(PolicyMap.of(one).over(PolicySet.of(part), "none")) == {policy: one[policy] for policy in part}


@given(SETS, SETS, MAPS, MAPS, APPS, ALIKE)
def test_nothing_changes_what_it_is_asked_of_or_given(one, other, first, second, apps, alike):
    ours, theirs = pair(PolicySet, one, other, alike)
    mine, yours = pair(PolicyMap, first, second, alike)
    all_of_them = (ours, theirs, mine, yours)
    before = frozen(*all_of_them)
    for policies in (ours, mine):
        policies.ends(), list(policies.of_sources(apps)), list(policies)
    ours.parted_from(theirs), ours - theirs, ours | theirs, ours.to_any(apps), ours.to_others(apps)
    PolicySet.of(ours, theirs.numbering), PolicyMap.of(mine, yours.numbering), PolicyMap.alike(ours, "none")
    made = mine.without(theirs), mine.with_more(yours), mine.over(theirs, "none"), mine.over(mine.keys(), "none")
    for further in made:
        further.without(ours), further.with_more(yours), further.over(ours, "none"), further.keys() - theirs
    assert frozen(*all_of_them) == before


@given(SETS, st.sampled_from(("one", "two")))
def test_a_set_gives_a_mapping_to_one_value(one, value):
    assert tidy(PolicyMap.alike(PolicySet.of(one), value)) == dict.fromkeys(one, value)


@given(MAPS, MAPS)
def test_groups_of_destinations_that_nothing_was_said_of_are_shared(one, other):
    ours, theirs = pair(PolicyMap, one, other, alike=True)
    untouched = ours.groups.keys() - theirs.groups.keys()
    for made in (ours.without(theirs.keys()), ours.with_more(theirs)):
        assert all(made.groups[app] is ours.groups[app] for app in untouched)
    same = ours.over(ours.keys(), "none")
    assert all(same.groups[app] is ours.groups[app] for app in ours.groups)


@given(SETS)
def test_what_is_one_already_stays_the_same_object(one):
    ours = PolicySet.of(one)
    assert PolicySet.of(ours) is ours
    assert PolicySet.of(ours, ours.numbering) is ours
    again = PolicySet.of(ours, Numbering())
    assert again is not ours
    assert again == ours
