"""The order at the server's quota, held against a search over every order there is."""

from __future__ import annotations

from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from reconciler.model.names import AppRef
from reconciler.model.policy import NetworkPolicy
from reconciler.planning.changes import Create, Delete, PolicyRule, Reason, Replace
from reconciler.planning.pairing import pair_edits
from reconciler.planning.rounds import policy_rounds

SOURCE, OTHER = AppRef("acme", "web", "source"), AppRef("acme", "web", "other")


def policy(number: int, source: AppRef = SOURCE) -> NetworkPolicy:
    return NetworkPolicy(source, AppRef("acme", "web", f"to-{number}"), "tcp", 1000 + number, 1000 + number)


def rule(number: int, source: AppRef = SOURCE) -> PolicyRule:
    return PolicyRule(policy(number, source), None)


def changes_of(creates: int, deletes: int, edits: int, source: AppRef = SOURCE):
    return (
        *(Create(rule(number, source), Reason.DECLARED, ()) for number in range(creates)),
        *(Delete(rule(10 + number, source), Reason.UNDECLARED, ()) for number in range(deletes)),
        *(
            Replace(rule(20 + number, source), rule(30 + number, source), Reason.PORTS_CHANGED, ())
            for number in range(edits)
        ),
    )


def calls_of(rounds) -> list[tuple[str, list[NetworkPolicy]]]:
    calls = [call for item in rounds.in_order for call in (("add", item.add), ("remove", item.remove))]
    return [(kind, policies) for kind, policies in calls if policies]


def best(room: int, creates: int, deletes: int, edits: int) -> tuple[int, int]:
    """Search for the fewest gaps, and with those the fewest calls."""
    start = (room, creates, deletes, edits, 0, 0)  # ..., new ones put up beside old ones, old ones gone first
    costs = {start: (0, 0)}
    open_states = [start]
    while open_states:
        state = min(open_states, key=costs.get)
        open_states.remove(state)
        if not any(state[1:]):
            return costs[state]
        for following, gaps in moves(*state):
            cost = (costs[state][0] + gaps, costs[state][1] + 1)
            if following not in costs or cost < costs[following]:
                costs[following] = cost
                open_states.append(following)
    raise AssertionError("it does not fit at all")


def moves(room: int, creates: int, deletes: int, edits: int, doubled: int, broken: int):
    for new, moved, mended in product(range(creates + 1), range(edits + 1), range(broken + 1)):
        if 0 < new + moved + mended <= room:
            left = room - new - moved - mended
            yield (left, creates - new, deletes, edits - moved, doubled + moved, broken - mended), 0
    for gone, finished, torn in product(range(deletes + 1), range(doubled + 1), range(edits + 1)):
        if gone + finished + torn:
            left = room + gone + finished + torn
            yield (left, creates, deletes - gone, edits - torn, doubled - finished, broken + torn), torn


sizes = st.integers(0, 3)


def test_near_the_quota_there_are_the_fewest_gaps_and_then_the_fewest_calls():
    tried = 0
    for room, creates, deletes, edits in product(range(-2, 5), range(4), range(4), range(4)):
        if creates > room + deletes or room + deletes < 0:
            continue  # does not fit: see below
        rounds = policy_rounds(changes_of(creates, deletes, edits), {SOURCE: room})
        assert not rounds.surplus.add
        found = (len(rounds.gaps), len(calls_of(rounds)))
        assert found == best(room, creates, deletes, edits), (room, creates, deletes, edits)
        tried += 1
    assert tried > 300


@given(st.integers(-3, 4), sizes, sizes, sizes)
def test_the_server_accepts_every_call_but_the_surplus_and_no_edit_is_cut_unsaid(room, creates, deletes, edits):
    changes = changes_of(creates, deletes, edits)
    rounds = policy_rounds(changes, {SOURCE: room})
    old = {change.after.policy: change.before.policy for change in changes if isinstance(change, Replace)}
    there, gone = set(), set()
    free = room
    for kind, policies in calls_of(rounds):
        if kind == "add":
            surplus = policies == rounds.surplus.add
            assert surplus or len(policies) <= free
            there |= set(policies)
            free -= len(policies)
            continue
        for after, before in old.items():
            if before in policies:
                assert after in there or (before, after) in rounds.gaps
        gone |= set(policies)
        free += len(policies)
    assert there == {change.after.policy for change in changes if change.after}
    assert gone == {change.before.policy for change in changes if change.before}
    assert len(rounds.surplus.add) == max(0, creates - max(0, room + deletes)) + (edits if room + deletes < 0 else 0)


@given(st.integers(0, 2), sizes, sizes, sizes)
def test_who_has_room_adds_everything_first_and_removes_last(room, creates, deletes, edits):
    tight = changes_of(creates, deletes, edits)
    free = changes_of(2, 2, 1, OTHER)
    calls = calls_of(policy_rounds((*tight, *free), {SOURCE: room}))
    of_other = [(kind, {item for item in policies if item.source == OTHER}) for kind, policies in calls]
    touched = [kind for kind, policies in of_other if policies]
    assert touched == ["add", "remove"]


def test_without_a_quota_there_is_one_call_each_way():
    assert [kind for kind, _ in calls_of(policy_rounds(changes_of(3, 3, 3), {}))] == ["add", "remove"]


PAIRED = [
    NetworkPolicy(SOURCE, AppRef("acme", "web", name), "tcp", port, port) for name in "abc" for port in (1, 2, 3, 4)
]
SOME = st.frozensets(st.sampled_from(PAIRED), max_size=6)


def destinations(policies) -> set[AppRef]:
    return {policy.destination for policy in policies}


@given(SOME, SOME, st.integers(0, 2))
def test_no_pair_is_cut_without_a_word(before, after, spare):
    quota = max(len(before), len(after)) + spare
    creates = {policy: Create(PolicyRule(policy, None), Reason.DECLARED, ()) for policy in after - before}
    deletes = {policy: Delete(PolicyRule(policy, None), Reason.UNDECLARED, ()) for policy in before - after}
    found = policy_rounds(pair_edits(creates, deletes), {SOURCE: quota - len(before)})
    kept = destinations(before) & destinations(after) - destinations(gone for gone, _ in found.gaps)
    live = set(before)
    for item in found.in_order:
        live |= set(item.add)
        assert len(live) <= quota
        live -= set(item.remove)
        assert kept <= destinations(live)
    assert live == after


FULL, SPARE = AppRef("acme", "web", "full"), AppRef("acme", "web", "spare")


def to(destination: AppRef, port: int, source: AppRef = OTHER) -> NetworkPolicy:
    return NetworkPolicy(source, destination, "tcp", port, port)


def create(policy: NetworkPolicy) -> Create:
    return Create(PolicyRule(policy, None), Reason.DECLARED, ())


def test_what_leads_to_an_app_over_its_quota_is_tried_alone_and_last():
    edit = Replace(PolicyRule(to(FULL, 3), None), PolicyRule(to(FULL, 4), None), Reason.PORTS_CHANGED, ())
    own = create(to(FULL, 5, source=FULL))
    changes = [create(to(FULL, 1)), create(to(SPARE, 2)), edit, own]
    assert calls_of(policy_rounds(changes, {FULL: -1})) == [
        ("add", [to(SPARE, 2)]),
        ("add", [to(FULL, 5, source=FULL)]),
        ("add", [to(FULL, 1), to(FULL, 4)]),
        ("remove", [to(FULL, 3)]),
    ]


def test_what_leads_to_an_app_over_its_quota_comes_when_its_own_policies_are_gone():
    gone = [Delete(PolicyRule(to(SPARE, port, source=FULL), None), Reason.UNDECLARED, ()) for port in (7, 8)]
    changes = [create(to(FULL, 1)), create(to(SPARE, 2)), *gone]
    rounds = policy_rounds(changes, {FULL: -2})
    assert calls_of(rounds) == [
        ("add", [to(SPARE, 2)]),
        ("remove", [to(SPARE, 7, source=FULL), to(SPARE, 8, source=FULL)]),
        ("add", [to(FULL, 1)]),
    ]
    assert not any(item.add for item in rounds.refused)
