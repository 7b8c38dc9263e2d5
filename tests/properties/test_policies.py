"""Sets and mappings of policies are what plain sets and dicts are, and share what is equal."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.networks import NAMES, POLICIES, policy, ref

from reconciler.model.numbering import Numbering
from reconciler.model.policies import PolicyMap, PolicySet

SETS = st.frozensets(POLICIES.map(policy), max_size=12)
MAPS = st.dictionaries(POLICIES.map(policy), st.sampled_from(("one", "two")), max_size=12)
ALIKE = st.booleans()


def pair(kind, one, other, alike):
    """Make two of a kind, with one numbering or with two of which the second numbers in another order."""
    if alike:
        numbering = Numbering()
        return kind.of(one, numbering), kind.of(other, numbering)
    second = Numbering()
    for name in reversed(NAMES):
        second.source(ref(name))
    return kind.of(one), kind.of(other, second)


def tidy(found):
    """Check what every collection promises of its groups."""
    assert all(found.groups.values())
    return found


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
    left, right = ours.parted_from(theirs)
    assert (tidy(left), tidy(right)) == (one - other, other - one)


@given(SETS, st.frozensets(st.sampled_from(NAMES).map(ref)))
def test_policies_are_found_by_their_ends(one, apps):
    ours = PolicySet.of(one)
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
        with pytest.raises(KeyError):
            ours[missing]
    assert tidy(ours.without(theirs.keys())) == {policy: one[policy] for policy in one.keys() - other}
    assert tidy(ours.with_more(theirs)) == {**one, **other}
    assert tidy(ours.over(theirs.keys(), "none")) == {policy: one.get(policy, "none") for policy in other}
    assert (ours, theirs) == (one, other)


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
