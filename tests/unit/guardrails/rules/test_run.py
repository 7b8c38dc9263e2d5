from __future__ import annotations

import time
from datetime import timedelta

import pytest
from support.networks import ref
from support.rule_worlds import HERE, LATER, found_by_all, given, manifests, network

from reconciler.guardrails.rules.run import MOST_FINDINGS, run_rules
from reconciler.model.expectation import Expectation, Reach
from reconciler.model.finding import Severity
from reconciler.model.guardrail import Match, Waiver
from reconciler.model.names import AppRef
from reconciler.model.network import AppFacts, Network
from reconciler.model.policies import PolicyMap
from reconciler.model.policy import NetworkPolicy
from reconciler.model.route import internal_route
from reconciler.model.rules import RULES, Rule
from reconciler.model.selection import EVERY_APP, AppSelection
from reconciler.report.escape import escape

WIDE = next(rule for rule in RULES if rule.code == "wide-port-range")
EVIL = ["\x1b[2J\r\n", "\u202egnp.exe", "a -> b tcp/1", "%2F/%0A", "{{x}}${y}<script>", "İ" * 255]


def waiver(code, match=None, until=LATER, name="w"):
    return Waiver(name, code, match or Match(), "agreed", until, HERE)


def everything_wrong(folder, evil):
    """Make a world, in hostile names, in which every rule has something to say."""
    space = ("acme", "web")
    victim, friend, stranger, lonely = (AppRef(*space, f"{evil}{letter}") for letter in "abcd")
    hidden = AppRef("other", evil, evil)
    pairs = [
        *((friend, victim, "tcp", start, end) for start, end in ((1, 65535), (8080, 8080), (61443, 61443))),
        (friend, stranger, "tcp", 80, 80),
        *((hidden, stranger, "udp", port, port) for port in range(1, 151)),
    ]
    apps = {
        victim: AppFacts(zone="cardholder", place=HERE),
        friend: AppFacts(zone="cardholder", trusts_platform=False, place=HERE),
    }
    world = Network(
        PolicyMap.of({NetworkPolicy(*pair): () for pair in pairs}),
        apps,
        {internal_route("lonely", "apps.internal"): frozenset([lonely])},
    )
    entry = "apps:\n  - {name: x, ports: [{name: p, port: 80, tls: none}], ingress: [{from: '*/*/*', ports: [p]}]}\n"
    wrong = Reach(AppSelection(zone=("cardholdr",)), EVERY_APP, allowed=False, origin=HERE)
    expectation = Expectation(evil, (wrong,), HERE)
    return world, manifests(folder, f"zone: cardholder\n{entry}", expectations=(expectation,))


@pytest.mark.parametrize("evil", EVIL, ids=range(len(EVIL)))
def test_hostile_names_are_named_by_every_rule_and_steer_nothing(tmp_path, evil):
    world, bundle = everything_wrong(tmp_path, evil)
    found = found_by_all(given(world, bundle=bundle))
    assert {finding.code for finding in found} == {rule.code for rule in RULES}
    for finding in found:
        assert len(finding.message) < 5000
        assert escape(finding.message).isprintable()
        assert "\n" not in finding.message
        assert "\x1b" not in finding.message


def test_the_order_of_the_input_does_not_matter(tmp_path):
    world, bundle = everything_wrong(tmp_path, "x")
    expected = found_by_all(given(world, bundle=bundle))
    for turn in range(1, 6):
        mixed = [
            {key: part[key] for key in (*reversed([*part][turn:]), *[*part][:turn])}
            for part in (world.policies, world.apps)
        ]
        assert (
            found_by_all(given(world._replace(policies=PolicyMap.of(mixed[0]), apps=mixed[1]), bundle=bundle))
            == expected
        )


def test_findings_carry_the_weight_of_their_rule_and_come_by_rule_and_place(tmp_path):
    world, bundle = everything_wrong(tmp_path, "x")
    found = found_by_all(given(world, bundle=bundle))
    levels = {rule.code: rule.level for rule in RULES}
    assert all(finding.severity is Severity(levels[finding.code]) and finding.hint for finding in found)
    assert [finding.code for finding in found] == sorted(finding.code for finding in found)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_each_rule_fires_and_can_be_waived_alone(tmp_path, rule):
    world, bundle = everything_wrong(tmp_path, "x")
    fired = {finding.code for finding in found_by_all(given(world, bundle=bundle))}
    assert rule.code in fired
    waived = found_by_all(given(world, bundle=bundle._replace(waivers=(*bundle.waivers, waiver(rule.code)))))
    assert {finding.code for finding in waived} == fired - {rule.code}


def test_an_empty_world_is_quiet(tmp_path):
    assert found_by_all(given(network())) == ()
    assert found_by_all(given(network(), bundle=manifests(tmp_path, "apps: []\n"))) == ()


def test_many_findings_of_a_rule_are_counted():
    world = network(*(f"a -> x{number:04} tcp/1-65535" for number in range(MOST_FINDINGS + 7)))
    found = run_rules(given(world), [WIDE]).findings
    assert len(found) == MOST_FINDINGS + 1
    assert found[0].message.startswith("acme/web/a -> acme/web/x0000")
    assert found[-1].message == f"7 more of these; the first {MOST_FINDINGS} are listed"
    assert found[-1].severity is Severity.WARN


class TestWaivers:
    WORLD = network("a -> x tcp/1-65535", "b -> x tcp/1-65535")

    def report(self, folder, *waivers):
        bundle = manifests(folder, "apps: []\n", waivers=waivers)
        return run_rules(given(self.WORLD, bundle=bundle), [WIDE])

    def test_a_waiver_for_a_rule_keeps_its_findings_back(self, tmp_path):
        assert self.report(tmp_path, waiver(WIDE.code)) == ((), {"w": 2})

    def test_it_is_for_the_ends_that_it_names(self, tmp_path):
        found, used = self.report(tmp_path, waiver(WIDE.code, Match(source=AppSelection(app=("a",)))))
        assert [finding.message.partition(" ")[0] for finding in found] == ["acme/web/b"]
        assert used == {"w": 1}

    @pytest.mark.parametrize(
        "useless",
        [
            waiver("covered-policy"),
            waiver(WIDE.code, until=given(WORLD).today - timedelta(1)),
            waiver(WIDE.code, Match(destination=AppSelection(app=("y",)))),
        ],
        ids=["another rule", "over", "other apps"],
    )
    def test_of_no_use(self, tmp_path, useless):
        found, used = self.report(tmp_path, useless)
        assert (len(found), used) == (2, {})

    def test_its_last_day_counts(self, tmp_path):
        assert self.report(tmp_path, waiver(WIDE.code, until=given(self.WORLD).today)).findings == ()

    def test_every_one_that_fits_was_of_use(self, tmp_path):
        assert self.report(tmp_path, waiver(WIDE.code), waiver(WIDE.code, name="v")).waived == {"v": 2, "w": 2}

    def test_an_end_that_a_remark_does_not_have_cannot_be_named(self, tmp_path):
        code = "near-policy-quota"
        (rule,) = (rule for rule in RULES if rule.code == code)
        world = network(*(f"a -> x tcp/{port}" for port in range(1, 151)))
        for match, left in (
            (Match(source=AppSelection(app=("a",))), 0),
            (Match(destination=AppSelection(app=("x",))), 1),
        ):
            bundle = manifests(tmp_path, "apps: []\n", waivers=(waiver(code, match),))
            assert len(run_rules(given(world, bundle=bundle), [rule]).findings) == left


def test_a_defect_in_a_rule_is_no_finding_and_says_where_it_is(monkeypatch):
    broken = network("a -> x tcp/80-81")
    monkeypatch.setattr("reconciler.guardrails.rules.wide_port_range.WIDEST", None)
    with pytest.raises(TypeError) as defect:
        found_by_all(given(broken))
    assert defect.value.__notes__ == ["in the built-in check wide-port-range"]


def test_an_unknown_module_is_a_defect_too():
    with pytest.raises(ModuleNotFoundError):
        run_rules(given(network()), [Rule("no-such-rule", Severity.AUDIT, "")])


@pytest.mark.parametrize("shape", ["one pair", "one destination", "one source"])
def test_the_time_grows_with_the_policies_and_not_with_their_square(shape):
    make = {
        "one pair": lambda number: NetworkPolicy(
            ref("a"), ref("x"), "tcp", 1 + number % 30000, 60000 - number // 30000
        ),
        "one destination": lambda number: NetworkPolicy(ref(f"a{number}"), ref("x"), "tcp", 61443, 61443),
        "one source": lambda number: NetworkPolicy(ref("a"), ref(f"x{number}"), "tcp", 8080, 8080),
    }[shape]
    world = Network(PolicyMap.of(dict.fromkeys(map(make, range(60_000)), ())), routes={})
    started = time.monotonic()
    found_by_all(given(world))
    assert time.monotonic() - started < 20
