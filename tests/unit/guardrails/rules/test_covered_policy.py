import pytest
from hypothesis import given as draws
from hypothesis import strategies as st
from support.networks import ref
from support.rule_worlds import apps_named, asked, findings, network, said

from reconciler.model.network import Network
from reconciler.model.policies import PolicyMap
from reconciler.model.policy import NetworkPolicy

CODE = "covered-policy"


def test_a_policy_inside_another_one():
    (found,) = findings(CODE, network("a -> x tcp/8080", "a -> x tcp/8000-9000"))
    assert found.message == (
        "acme/web/a -> acme/web/x tcp/8080 opens nothing new: tcp/8000-9000 between the same apps is open as well"
    )


@pytest.mark.parametrize(
    "other",
    ["a -> x udp/8000-9000", "a -> y tcp/8000-9000", "b -> x tcp/8000-9000", "x -> a tcp/8000-9000", "a -> x tcp/8081"],
)
def test_quiet_about_other_apps_protocols_and_ports(other):
    assert said(CODE, network("a -> x tcp/8080", other)) == []


def test_quiet_about_ranges_that_only_overlap():
    assert said(CODE, network("a -> x tcp/8000-8080", "a -> x tcp/8080-9000")) == []


def test_quiet_about_apps_that_are_not_judged():
    assert said(CODE, network("a -> x tcp/8080", "a -> x tcp/8000-9000"), judged=apps_named("a")) == []


def test_the_place_is_the_line_that_asks_for_the_covered_one():
    world = network("a -> x tcp/8000-9000", asked_for={"a -> x tcp/8080": (asked("none"),)})
    assert findings(CODE, world)[0].origin == asked("none").origin


ENDS = st.tuples(st.sampled_from("ab"), st.sampled_from("xy"), st.sampled_from(["tcp", "udp"]))
RANGES = st.tuples(st.integers(1, 12), st.integers(1, 12)).map(sorted)


@draws(st.lists(st.tuples(ENDS, RANGES), max_size=12))
def test_it_names_exactly_what_lies_inside_another_one(drawn):
    policies = {NetworkPolicy(ref(a), ref(b), protocol, *ports) for (a, b, protocol), ports in drawn}
    inside = {
        str(one)
        for one in policies
        for other in policies
        if one != other and one[:3] == other[:3] and other.start <= one.start and one.end <= other.end
    }
    found = said(CODE, Network(PolicyMap.of(dict.fromkeys(policies, ()))))
    assert {message.partition(" opens")[0] for message in found} == inside
    assert len(found) == len(inside)
