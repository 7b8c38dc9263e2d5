import json
import time

import pytest

from reconciler.simulator.policy_server.store import PolicyStore, TagsExhaustedError

POLICIES = "/networking/v1/external/policies"


def entry(source, destination, start, end=None):
    ports = {"start": start, "end": end or start}
    return {"source": {"id": source}, "destination": {"id": destination, "protocol": "tcp", "ports": ports}}


def test_tags_are_the_lowest_free_ones_source_first_and_come_back():
    store = PolicyStore(2)
    store.add([("a", "b", "tcp", 1, 1), ("c", "a", "tcp", 1, 1)], 1)
    assert store.tags.listed() == [("a", "0001"), ("b", "0002"), ("c", "0003")]
    store.remove([("a", "b", "tcp", 1, 1)], 2)
    store.add([("d", "e", "tcp", 1, 1)], 3)
    assert store.tags.listed() == [("a", "0001"), ("d", "0002"), ("c", "0003"), ("e", "0004")]


def test_one_policy_too_many_for_the_tags_changes_nothing():
    store = PolicyStore(1)
    store.add([(f"s{n}", "d", "tcp", 1, 1) for n in range(254)], 1)
    with pytest.raises(TagsExhaustedError):
        store.add([("s0", "d", "tcp", 2, 2), ("new", "d", "tcp", 1, 1)], 2)
    assert len(store) == 254


def test_a_write_that_changes_nothing_still_looks_like_an_update():
    store = PolicyStore(2)
    store.add([("a", "b", "tcp", 1, 1)], 10)
    revision, at = store.revision, store.last_updated
    store.add([("a", "b", "tcp", 1, 1)], 20)
    assert (store.revision, store.last_updated > at) == (revision, True)


def test_a_list_has_no_meaningful_order_and_keeps_it_until_the_next_write(admin):
    admin.post(POLICIES, json={"policies": [entry("a", "b", port) for port in range(1, 50)]})
    first = admin.get(POLICIES).json()["policies"]
    assert first == admin.get(POLICIES).json()["policies"]
    admin.post(POLICIES, json={"policies": [entry("a", "b", 99)]})
    assert [item for item in admin.get(POLICIES).json()["policies"] if item in first] != first


def test_developers_see_only_policies_between_their_own_spaces(developer, admin):
    assert admin.get(POLICIES).json()["total_policies"] == 2
    assert developer.get(POLICIES).json()["total_policies"] == 1


def test_without_the_api_v2_developers_are_kept_out(make_foundation, connect):
    foundation = make_foundation(temporary_enable_v2=False)
    assert connect(foundation).get(POLICIES).status_code == 200
    refused = connect(foundation, "dora").get(POLICIES)
    assert (refused.status_code, refused.json()) == (500, {"error": "filter policies failed"})


def test_the_quota_counts_existing_policies_again(make_foundation, connect):
    foundation = make_foundation(max_policies_per_app_source=2)
    developer = connect(foundation, "dora")
    (policy,) = developer.get(POLICIES).json()["policies"]
    assert developer.post(POLICIES, json={"policies": [policy]}).status_code == 200
    more = entry(policy["source"]["id"], policy["destination"]["id"], 8080)
    refused = developer.post(POLICIES, json={"policies": [policy, more]})
    assert (refused.status_code, refused.text) == (403, '{"error": "policy quota exceeded"}')


def test_markup_in_ids_is_escaped_as_go_does(admin):
    admin.post(POLICIES, json={"policies": [entry("<&>", "b", 1)]})
    assert r"\u003c\u0026\u003e" in admin.get(f"{POLICIES}?source_id=%3C%26%3E").text


def test_ten_thousand_policies_go_in_and_out_quickly(admin):
    body = {"policies": [entry(f"s{n % 400}", f"d{n % 300}", 1 + n // 100) for n in range(10_000)]}
    start = time.perf_counter()
    assert admin.post(POLICIES, content=json.dumps(body)).status_code == 200
    assert admin.get(POLICIES).json()["total_policies"] == 10_002
    assert admin.post(f"{POLICIES}/delete", content=json.dumps(body)).status_code == 200
    assert time.perf_counter() - start < 20


def test_stale_policies_go_with_the_hourly_cleanup(admin, foundation, clock):
    admin.post(POLICIES, json={"policies": [entry("gone", "away", 1)]})
    clock.pass_seconds(3599)
    admin.get("/networking")
    assert len(foundation.world.policies) == 3
    clock.pass_seconds(2)
    admin.get("/networking")
    assert len(foundation.world.policies) == 2


def test_origins_are_allowed_only_as_configured(make_foundation, connect):
    client = connect(make_foundation(allowed_cors_domains=["https://apps.example.com"]))
    for origin, allowed in (("https://apps.example.com", "https://apps.example.com"), ("https://other", None)):
        answer = client.options(POLICIES, headers={"Origin": origin})
        assert answer.headers.get("Access-Control-Allow-Origin") == allowed
