"""Finding apps that came back under a new GUID looks at what each lost, not at everything that is missing."""

from support.networks import policy, ref

from reconciler.model.policies import PolicySet
from reconciler.model.policy import StalePolicy, UnknownApp
from reconciler.planning.recreated import recreated

APPS = 30


class Counted(PolicySet):
    """Policies that count how often all of them are counted."""

    __slots__ = ("counted",)

    def __len__(self):
        self.counted = getattr(self, "counted", 0) + 1
        return super().__len__()


def test_each_app_that_came_back_costs_no_look_at_all_that_is_missing():
    lost = [policy(f"hub -> app-{number} tcp/8080") for number in range(APPS)]
    more = [policy(f"app-{number} -> app-0 tcp/8080") for number in range(1, APPS)]
    known = PolicySet.of([*lost, *more])
    missing = Counted(known.numbering, known.groups)
    stale = [StalePolicy(UnknownApp(f"gone-{item.destination.app}"), *item[1:]) for item in lost]
    stale += [StalePolicy(ref("hub"), UnknownApp("gone-too"), "udp", 53, 53)]
    assert recreated(missing, stale, PolicySet.of()) == {*lost[1:]}
    assert missing.counted <= 2


def test_the_order_of_what_is_stale_makes_no_difference():
    missing = PolicySet.of([policy("a -> b tcp/61443"), policy("a -> a tcp/61443")])
    stale = [StalePolicy(UnknownApp("gone"), ref(name), "tcp", 61443, 61443) for name in ("a", "b")]
    found = [recreated(missing, order, PolicySet.of()) for order in (stale, stale[::-1])]
    assert found[0] == found[1] == set()
