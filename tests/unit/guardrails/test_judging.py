from datetime import timedelta

from support.guarded import TODAY, WAIVER, findings, guardrail, network, term, waiver
from support.networks import policy

from reconciler.guardrails.findings import MOST_FINDINGS, findings_of
from reconciler.guardrails.judging import judge
from reconciler.model.finding import Severity
from reconciler.model.guardrail import Match
from reconciler.model.network import AppFacts
from reconciler.model.ports import Protocol, TlsMode
from reconciler.model.selection import AppSelection

PLAIN, OTHER = "web/a -> web/b tcp/8080", "web/a -> web/c tcp/8080"
TO_B = Match(destination=AppSelection(app=("b",)))
TO_CDE = Match(destination=AppSelection(zone=("cde",)))


def crowd(count: int) -> dict:
    return {f"web/c{number} -> web/b tcp/8080": () for number in range(count)}


def test_match_leaves_out_other_policies():
    facts = {"web/b": AppFacts(zone="cde")}
    found = findings(guardrail(tls=(), match=TO_CDE), network({PLAIN: (), OTHER: ()}, facts))
    assert [item.subject for item in found] == ["acme/web/a -> acme/web/b tcp/8080"]


def test_only_matching_sources_count_as_a_crowd():
    match = Match(source=AppSelection(app=("c0", "c1")))
    assert findings(guardrail(max_sources=2, match=match), network(crowd(5))) == []
    (found,) = findings(guardrail(max_sources=1, match=match), network(crowd(5)))
    assert "called by 2 apps" in found.message


def test_the_severity_is_the_enforcement_and_denials_come_first():
    world = network({PLAIN: ()})
    rules = [guardrail(item.value, tls=(), enforcement=item) for item in Severity]
    found = findings_of(judge(rules, (), world, today=TODAY))
    assert [item.severity for item in found] == [Severity.DENY, Severity.WARN, Severity.AUDIT]


def test_old_sins_do_not_block_new_work():
    before, after = network({PLAIN: ()}), network({PLAIN: (), OTHER: ()})
    rule = guardrail(tls=(), introduced=True)
    assert [item.subject for item in findings(rule, after, before=before)] == ["acme/web/a -> acme/web/c tcp/8080"]
    assert findings(rule, before, before=before) == []
    assert len(findings(rule, after)) == 2
    assert len(findings(guardrail(tls=()), after, before=before)) == 2


def test_a_plan_refused_for_what_others_have_live_is_told_the_way_out():
    before, declared = network({PLAIN: ()}), network({PLAIN: (term(),)})
    (foreign,) = findings(guardrail(tls=()), before, before=before)
    assert foreign.hint.endswith("or give the guardrail `baseline: introduced`, which passes over what is live already")
    audited, ours = findings(guardrail(tls=()), before), findings(guardrail(tls=()), declared, before=declared)
    warned = findings(guardrail(tls=(), enforcement=Severity.WARN), before, before=before)
    assert not [item for item in (*audited, *ours, *warned) if "introduced" in item.hint]


def test_a_crowd_is_introduced_when_it_grows():
    rule = guardrail(max_sources=2, introduced=True)
    assert findings(rule, network(crowd(4)), before=network(crowd(4))) == []
    assert findings(rule, network(crowd(3)), before=network(crowd(4))) == []
    assert len(findings(rule, network(crowd(5)), before=network(crowd(4)))) == 1
    assert findings(rule, network(crowd(2)), before=network({})) == []
    assert len(findings(guardrail(max_sources=2), network(crowd(4)), before=network(crowd(4)))) == 1


def test_each_guardrail_has_a_crowd_of_its_own():
    rules = [guardrail(f"at-most-{most}", max_sources=most) for most in (2, 3, 9)]
    found = findings_of(judge(rules, (), network(crowd(4)), today=TODAY))
    assert sorted(item.code for item in found) == ["at-most-2", "at-most-3"]


def test_a_bad_route_on_an_old_policy_is_introduced_by_the_route():
    rule = guardrail(routes=("*.apps.internal",), introduced=True)
    old, new = {"b.x.internal": ("web/b",)}, {"b.x.internal": ("web/b",), "b.y.internal": ("web/b",)}
    assert findings(rule, network({PLAIN: ()}, routes=old), before=network({PLAIN: ()}, routes=old)) == []
    assert len(findings(rule, network({PLAIN: ()}, routes=new), before=network({PLAIN: ()}, routes=old))) == 1


def test_a_waiver_covers_what_both_its_ends_mean():
    world = network({PLAIN: (), OTHER: ()})
    judged = judge([guardrail(tls=())], [waiver(TO_B)], world, today=TODAY)
    assert [list(breach.subjects) for breach in judged.breaches] == [[policy(OTHER)]]
    assert judged.uses[0].count == 1


def test_a_waiver_takes_callers_out_of_a_crowd():
    pass_one = waiver(Match(source=AppSelection(app=("c0",))))
    judged = judge([guardrail(max_sources=2)], [pass_one], network(crowd(3)), today=TODAY)
    assert (judged.breaches, judged.waived, judged.uses[0].count) == ((), 1, 1)
    still = findings(guardrail(max_sources=1), network(crowd(3)), pass_one)
    assert "called by 2 apps" in still[0].message


def test_a_waiver_of_another_guardrail_holds_nothing_back():
    found = findings(guardrail(tls=()), network({PLAIN: ()}), waiver(of="another"))
    assert [item.code for item in found] == ["rule", "waiver-unused"]


def test_an_unused_waiver_is_a_warning_at_its_line():
    (found,) = findings(guardrail(tls=()), network({}), waiver())
    assert (found.severity, found.code, found.origin) == (Severity.WARN, "waiver-unused", WAIVER)


def test_a_waiver_is_not_called_unused_by_a_guardrail_that_passes_over_what_is_old():
    world, rule = network({PLAIN: ()}), guardrail(tls=(), introduced=True)
    assert findings(rule, world, waiver(), before=world) == []
    assert [item.code for item in findings(rule, network({}), waiver())] == ["waiver-unused"]


def test_after_its_last_day_a_waiver_is_only_mentioned():
    found = findings(guardrail(tls=()), network({PLAIN: ()}), waiver(until=TODAY - timedelta(1)))
    assert [item.code for item in found] == ["rule"]
    assert "the waiver `let-pass` ended on 2026-11-19" in found[0].hint


def test_an_expression_that_fails_is_a_denial_that_no_waiver_holds_back():
    rule = guardrail(expression="source.labels.tier == 'web'", enforcement=Severity.AUDIT)
    facts = {"web/a": AppFacts(labels={"tier": "web"})}
    world = network({PLAIN: (), "web/b -> web/a tcp/8080": ()}, facts)
    found = findings(rule, world, waiver())
    assert [(item.severity, item.subject) for item in found if item.limit] == [
        (Severity.DENY, "acme/web/b -> acme/web/a tcp/8080")
    ]
    assert "could not be judged" in found[0].message


def test_text_that_cel_cannot_hold_is_a_denial_and_nothing_else_is_touched_by_it():
    rule = guardrail(expression="source.owner != 'x'")
    facts = {"web/a": AppFacts(owner="half \ud800"), "web/c": AppFacts(owner="us")}
    found = findings(rule, network({"web/c -> web/b tcp/1": (), PLAIN: (), "web/c -> web/d tcp/1": ()}, facts))
    assert [(item.severity, item.subject) for item in found] == [(Severity.DENY, "acme/web/a -> acme/web/b tcp/8080")]


def test_an_expression_that_does_not_compile_denies_whatever_it_matches():
    (found,) = findings(guardrail(expression="source.org =="), network({PLAIN: ()}))
    assert (found.severity, found.limit) == (Severity.DENY, "expression")


def test_an_expression_is_asked_of_every_entry():
    rule = guardrail(expression="grant.why != '' && policy.tls == 'manual'")
    good, bad = term(1, "manual", why="NET-1"), term(2, "manual")
    assert findings(rule, network({PLAIN: (good,)})) == []
    assert len(findings(rule, network({PLAIN: (good, bad)}))) == 1


def test_many_findings_are_bounded_sorted_and_counted():
    world = network({f"web/c{number:04} -> web/b tcp/8080": () for number in range(MOST_FINDINGS + 500)})
    judged = judge([guardrail(tls=(TlsMode.AUTO,))], (), world, today=TODAY)
    found = findings_of(judged)
    assert len(found) == MOST_FINDINGS + 1
    assert [item.subject for item in found[:-1]] == sorted(item.subject for item in found[:-1])
    assert "500 more findings" in found[-1].message
    assert found[-1].severity is Severity.DENY


def test_the_order_of_what_is_judged_does_not_matter():
    texts = [PLAIN, OTHER, "web/b -> web/a udp/53", "web/c -> web/b tcp/1"]
    rules = [guardrail("b", tls=()), guardrail("a", protocols=(Protocol.TCP,))]
    one = findings_of(judge(rules, (), network(dict.fromkeys(texts, ())), today=TODAY))
    other = findings_of(judge(rules[::-1], (), network(dict.fromkeys(texts[::-1], ())), today=TODAY))
    assert one == other
    assert [item.code for item in one] == ["a", "b", "b", "b", "b"]


def test_every_limit_of_a_guardrail_is_told():
    found = findings(guardrail(tls=(), max_port_span=1), network({"web/a -> web/b tcp/1-2": ()}))
    assert [item.limit for item in found] == ["tls", "max_port_span"]
