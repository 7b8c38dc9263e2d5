"""At the quota, a pair of apps that is allowed before and after is not cut in between, unless the plan says so."""

from __future__ import annotations

from hypothesis import assume, given
from hypothesis import strategies as st

from reconciler.model.names import AppRef
from reconciler.model.policy import NetworkPolicy
from reconciler.planning.changes import Create, Delete, PolicyRule, Reason
from reconciler.planning.pairing import pair_edits
from reconciler.planning.rounds import policy_rounds

SOURCE = AppRef("acme", "web", "caller")
POLICIES = [
    NetworkPolicy(SOURCE, AppRef("acme", "web", name), "tcp", port, port) for name in "abc" for port in (1, 2, 3, 4)
]
SOME = st.frozensets(st.sampled_from(POLICIES), max_size=6)


def destinations(policies) -> set[AppRef]:
    return {policy.destination for policy in policies}


@given(SOME, SOME, st.integers(0, 2))
def test_no_pair_is_cut_without_a_word(before, after, spare):
    quota = max(len(before), len(after)) + spare
    creates = {policy: Create(PolicyRule(policy, None), Reason.DECLARED, ()) for policy in after - before}
    deletes = {policy: Delete(PolicyRule(policy, None), Reason.UNDECLARED, ()) for policy in before - after}
    assume(len(before) + len(creates) > quota)
    found = policy_rounds(pair_edits(creates, deletes), {SOURCE: quota - len(before)})
    kept = destinations(before) & destinations(after) - destinations(gone for gone, _ in found.gaps)
    live = set(before)
    for item in found.in_order:
        live |= set(item.add)
        assert len(live) <= quota
        live -= set(item.remove)
        assert kept <= destinations(live)
    assert live == after
