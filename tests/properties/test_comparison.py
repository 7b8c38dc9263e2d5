"""Laws of comparing two networks."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from support.worlds import APPS, ORIGIN, POLICIES, ROUTES

from reconciler.model.desired import Term
from reconciler.model.network import Network
from reconciler.model.policies import PolicyMap
from reconciler.model.ports import TlsMode
from reconciler.planning.changes import MappedApp, PolicyRule
from reconciler.planning.comparison import compare
from reconciler.report.diff_report import encode_comparison, render_comparison

TERMS = st.sampled_from([(), *((Term(*ORIGIN, tls),) for tls in TlsMode)])
NETWORKS = st.builds(
    Network,
    st.dictionaries(st.sampled_from(POLICIES), TERMS).map(PolicyMap.of),
    st.just({}),
    st.dictionaries(st.sampled_from(ROUTES), st.frozensets(st.sampled_from(APPS))),
)


def upper(network: Network) -> Network:
    """Spell all names of a network in another way."""

    def spelt(app):
        return type(app)(*map(str.upper, app))

    return Network(
        PolicyMap.of(
            {
                p._replace(source=spelt(p.source), destination=spelt(p.destination)): terms
                for p, terms in network.policies.items()
            }
        ),
        routes={route: frozenset(map(spelt, apps)) for route, apps in network.routes.items()},
    )


def mappings(network: Network) -> set:
    return {(route, app) for route, apps in network.routes.items() for app in apps}


@given(NETWORKS)
def test_a_network_does_not_differ_from_itself_however_it_is_spelt(network):
    for other in (network, upper(network)):
        found = compare(network, other)
        assert found.differences == ()
        assert found.same == len(network.policies) + len(mappings(network))


@given(NETWORKS, NETWORKS)
def test_the_differences_turn_one_network_into_the_other(one, other):
    found = compare(one, other)
    policies, mapped = set(one.policies), mappings(one)
    for item in found.differences:
        for side, change in ((item.before, set.discard), (item.after, set.add)):
            if isinstance(side, PolicyRule):
                change(policies, side.policy)
            elif isinstance(side, MappedApp):
                change(mapped, tuple(side.destination))
    assert policies == set(other.policies)
    assert mapped == mappings(other)
    assert found.same == len(one.policies.keys() & other.policies) + len(mappings(one) & mappings(other)) - sum(
        isinstance(item.before, PolicyRule)
        and isinstance(item.after, PolicyRule)
        and item.before.policy == item.after.policy
        for item in found.differences
    )


@given(NETWORKS, NETWORKS)
def test_the_other_way_round_is_the_same_backwards(one, other):
    turned = {"added": "removed", "removed": "added", "changed": "changed"}
    there, back = compare(one, other), compare(other, one)
    assert there.same == back.same
    assert all(there.count(action) == back.count(turned[action]) for action in turned)


@given(NETWORKS, NETWORKS)
def test_what_a_port_speaks_differs_only_where_both_know(one, other):
    for item in compare(one, other).differences:
        rules = [side for side in (item.before, item.after) if isinstance(side, PolicyRule)]
        if len(rules) == 2 and rules[0].policy == rules[1].policy:
            assert None not in {rules[0].tls, rules[1].tls}
            assert rules[0].tls != rules[1].tls
    for policy in one.policies.keys() & other.policies:
        first, second = (net.policies[policy] for net in (one, other))
        if first and second and first[0].tls != second[0].tls:
            assert compare(one, other).count("changed")


@given(NETWORKS, NETWORKS, st.sampled_from(APPS))
def test_about_some_spaces_is_a_part_of_the_whole(one, other, app):
    part = compare(one, other, about=lambda space: space == app.space_ref)
    whole = compare(one, other)
    assert part.differences == tuple(item for item in whole.differences if item.item.home == app.space_ref)


@given(NETWORKS, NETWORKS)
def test_every_difference_is_reported(one, other):
    found = compare(one, other)
    text = render_comparison(found, "a", "b")
    assert sum(line.startswith(("  + ", "  - ", "  ~ ")) for line in text.splitlines()) == len(found.differences)
    encoded = encode_comparison(found, "a", "b")
    assert sum(encoded["summary"][action] for action in ("added", "removed", "changed")) == len(found.differences)
