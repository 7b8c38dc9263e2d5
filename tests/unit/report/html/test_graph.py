from __future__ import annotations

from dataclasses import replace

from support.networks_after import in_network
from support.three_plans import empty_plan, five_thousand_changes, forty_changes

from reconciler.model.names import AppRef
from reconciler.model.network import AppFacts, Network
from reconciler.model.policies import PolicyMap
from reconciler.model.policy import NetworkPolicy
from reconciler.model.ports import TlsMode
from reconciler.planning.changes import PolicyRule, Reason
from reconciler.report.html import graph
from reconciler.report.html.graph import encode_graph
from reconciler.report.html.other_changes import other_changes
from reconciler.report.words import REASON_WORDS


def named(encoded, number):
    app = encoded["apps"][number]
    return f"{encoded['spaces'][app['space']]}/{app['name']}"


def links(encoded):
    return {
        f"{named(encoded, link['from'])} -> {named(encoded, link['to'])} {link['ports']}": link
        for link in encoded["links"]
    }


def test_every_policy_of_the_plan_is_a_link():
    plan = forty_changes()
    found = links(encode_graph(plan))
    changes = [change for change in plan.changes if isinstance(change.item, PolicyRule)]
    assert {str(change.item.policy) for change in changes} == {
        name for name, link in found.items() if link["tls"] != "chain"
    }
    assert [change.item.kind for change in plan.changes if not isinstance(change.item, PolicyRule)] != []
    assert len(other_changes(plan)) == len(plan.changes) - len(changes)


def test_a_link_says_what_changes_and_why():
    encoded = encode_graph(forty_changes())
    found = links(encoded)
    moved = found["acme/batch/statements -> acme/payments/ledger tcp/8080"]
    assert moved["change"] == "changed"
    assert moved["was"] == {"ports": "tcp/61443", "tls": "auto"}
    assert (moved["tls"], moved["reason"]) == ("none", "TLS changed")
    assert found["acme/web/debug-shell -> acme/payments/ledger tcp/1-65535"]["change"] == "lost"
    gained = found["acme/batch/settlement -> acme/payments/ledger tcp/9000"]
    assert gained["change"] == "gained"
    (number,) = gained["findings"]
    assert encoded["findings"][number]["code"] == "cde-over-tls"
    file, line, column = gained["at"][0]
    assert (encoded["files"][file], line, column) == ("policies/acme/payments.yml", 13, 9)


def test_chains_are_links_with_their_way():
    plan = forty_changes()
    chained = [item for item in plan.connectivity if item.kind == "chained"]
    found = [link for link in encode_graph(plan)["links"] if link["tls"] == "chain"]
    assert [link["path"] for link in found] == [[str(hop) for hop in item.path] for item in chained]


def test_without_a_network_the_page_says_so():
    assert encode_graph(forty_changes())["whole"] is False
    assert encode_graph(empty_plan())["links"] == []


def test_the_network_brings_what_stays_zones_owners_and_reasons():
    plan = in_network(forty_changes(), spaces=2, apps=3)
    encoded = encode_graph(plan)
    assert encoded["whole"] is True
    kept = [link for link in encoded["links"] if link["change"] == "unchanged"]
    assert len(kept) == len(plan.network.policies) - sum(
        change.after is not None and isinstance(change.after, PolicyRule) for change in plan.changes
    )
    assert {(link["reason"], link["why"], link["until"]) for link in kept} == {
        ("right already", "NET-1201", "2027-01-31")
    }
    zones = {named(encoded, number): app.get("zone") for number, app in enumerate(encoded["apps"])}
    assert (zones["acme/team-000/svc-00"], zones["acme/team-001/svc-00"]) == ("web", "internal")
    assert encoded["apps"][-1]["owner"].startswith("owners-of-")


def test_foreign_policies_are_told_from_governed_ones():
    one, other = AppRef("a", "b", "c"), AppRef("a", "b", "d")
    policy = NetworkPolicy(one, other, "tcp", 61443, 61443)
    plan = replace(empty_plan(), network=Network(PolicyMap.of({policy: ()})), foreign=frozenset({policy}))
    (link,) = encode_graph(plan)["links"]
    assert link == {
        "from": 0,
        "to": 1,
        "ports": "tcp/61443",
        "tls": TlsMode.AUTO,
        "change": "unchanged",
        "reason": "not governed here",
    }


def test_apps_that_call_nobody_are_there():
    lonely = AppRef("acme", "web", "lonely")
    encoded = encode_graph(replace(empty_plan(), network=Network(PolicyMap.of(), {lonely: AppFacts()})))
    assert [named(encoded, number) for number in range(len(encoded["apps"]))] == ["acme/web/lonely"]


def test_what_stays_is_bounded_and_the_neighbours_of_changes_come_first(monkeypatch):
    monkeypatch.setattr(graph, "MOST_UNCHANGED", 5)
    plan = in_network(forty_changes(), spaces=3, apps=4)
    near = NetworkPolicy(AppRef("zzz", "z", "z"), AppRef("acme", "payments", "ledger"), "tcp", 1, 1)
    plan = replace(plan, network=Network(plan.network.policies.with_more({near: ()}), plan.network.apps))
    encoded = encode_graph(plan)
    kept = [name for name, link in links(encoded).items() if link["change"] == "unchanged"]
    assert len(kept) == 5
    assert str(near) in kept
    assert encoded["left_out"] == sum(1 for _ in plan.network.policies) - 5 - sum(
        isinstance(change.after, PolicyRule) for change in plan.changes
    )


def test_every_name_is_written_once():
    encoded = encode_graph(five_thousand_changes())
    assert len(encoded["spaces"]) == len(set(encoded["spaces"])) == 51
    assert len(encoded["files"]) == len(set(encoded["files"]))


def test_there_are_words_for_every_reason():
    assert set(REASON_WORDS) == set(Reason)
