from __future__ import annotations

from collections import Counter
from urllib.parse import parse_qs

import pytest

from reconciler.cf import policy_process, survey
from reconciler.cf.credentials import ClientCredentials
from reconciler.model.names import AppRef, SpaceRef
from reconciler.model.policy import NetworkPolicy, StalePolicy, UnknownApp
from reconciler.model.route import InternalRoute
from reconciler.model.scope import AppPattern, ReadSet, SpacePattern
from reconciler.simulator.faults import Effect, Fault

LEDGER = AppRef("Acme", "payments", "Ledger")
CHECKOUT = AppRef("Acme", "payments", "checkout")
FRONTEND = AppRef("Acme", "web", "frontend")
STRANGER = AppRef("other", "space", "stranger")
PAYMENTS = SpacePattern("acme", "PAYMENTS")
WEB = SpacePattern("acme", "web")


def spaces(*addresses: str) -> frozenset[SpacePattern]:
    return frozenset(SpacePattern(*address.split("/")) for address in addresses)


def test_reads_a_world_by_names_in_its_own_spelling(small, connect):
    state = connect(small).fetch(ReadSet(managed=frozenset({PAYMENTS}), sources=frozenset({WEB})))
    assert state.foundation == small.base_url
    assert state.spaces == {SpaceRef("Acme", "payments"), SpaceRef("Acme", "web")}
    assert set(state.apps) == {LEDGER, CHECKOUT, FRONTEND, STRANGER}
    assert state.apps[LEDGER].labels == {"tier": "core"}
    assert state.apps[LEDGER].incarnation in small.world.apps
    assert state.internal_domains == {"apps.internal"}
    assert state.environment == {}


def test_policies_are_named_or_stale(small, connect):
    state = connect(small).fetch(ReadSet(managed=frozenset({PAYMENTS})))
    assert state.policies == {
        NetworkPolicy(FRONTEND, LEDGER, "tcp", 61443, 61443),
        NetworkPolicy(STRANGER, LEDGER, "tcp", 7000, 7010),
        NetworkPolicy(STRANGER, STRANGER, "udp", 53, 53),
    }
    assert state.stale == (
        StalePolicy(UnknownApp("gone"), LEDGER, "tcp", 8080, 8080),
        StalePolicy(FRONTEND, UnknownApp("a, b%2Cc é"), "tcp", 8080, 8080),
    )


def test_policies_that_another_process_reads_are_the_same(small, connect, monkeypatch):
    read_set = ReadSet(managed=frozenset({PAYMENTS}))
    state = connect(small).fetch(read_set)
    monkeypatch.setattr(survey, "MANY_SPACES", 1)
    monkeypatch.setattr(policy_process, "LONG", 1)
    monkeypatch.setattr(policy_process, "processors", lambda: 2)
    monkeypatch.setattr(policy_process, "read_policies", lambda _: pytest.fail("it was read here"))
    again = connect(small).fetch(read_set)
    assert (again.policies, again.stale, again.apps) == (state.policies, state.stale, state.apps)


def test_routes_of_managed_spaces_only_inside_only(small, connect):
    state = connect(small).fetch(ReadSet(managed=frozenset({PAYMENTS}), sources=frozenset({WEB})))
    assert set(state.routes) == {InternalRoute("ledger", "apps.internal"), InternalRoute("jobs", "apps.internal")}
    ledger = state.routes[InternalRoute("ledger", "apps.internal")]
    assert (ledger.space, ledger.destinations) == (SpaceRef("Acme", "payments"), {LEDGER})
    assert (ledger.shared_with, ledger.unnamed_destinations) == (frozenset(), 0)


def test_an_app_that_is_mapped_by_a_worker_alone_is_named_and_does_not_answer(small, connect):
    state = connect(small).fetch(ReadSet(managed=frozenset({PAYMENTS})))
    jobs = state.routes[InternalRoute("jobs", "apps.internal")]
    assert len(jobs.destinations) == 1
    assert (jobs.destinations, jobs.unnamed_destinations) == (jobs.without_web, 0)


def test_a_declared_host_elsewhere_is_found_with_its_owner(small, connect):
    hosts = frozenset(InternalRoute(host, "apps.internal") for host in ("ledger", "taken", "free"))
    state = connect(small).fetch(ReadSet(managed=frozenset({PAYMENTS}), hosts=hosts))
    assert state.routes[InternalRoute("taken", "apps.internal")].space == SpaceRef("other", "space")
    assert InternalRoute("free", "apps.internal") not in state.routes
    owned, lookup = [parse_qs(seen.query) for seen in small.requests if seen.path == "/v3/routes"]
    assert "space_guids" in owned
    assert set(lookup) == {"domain_guids", "include", "page", "per_page"}


def big_letters(world, host: str) -> None:
    owner = world.space_named(world.organization_named("other").guid, "space")
    world.add_route(owner.guid, world.domain_named("apps.internal").guid, host)


@pytest.mark.parametrize("host", ["Back-end", "BACK-END", "Back-End", "bAcK-eNd"])
def test_a_declared_host_elsewhere_is_found_in_any_case(small, connect, host):
    big_letters(small.world, host)
    wanted = InternalRoute("back-end", "apps.internal")
    state = connect(small).fetch(ReadSet(managed=frozenset({PAYMENTS}), hosts=frozenset({wanted})))
    assert state.routes[wanted].space == SpaceRef("other", "space")


@pytest.mark.parametrize("host", ["back-end", "Back-end", "BACK-END", "Back-End"])
def test_on_a_large_domain_the_usual_spellings_of_a_host_are_asked_for(small, connect, host):
    big_letters(small.world, host)
    wanted = InternalRoute("back-end", "apps.internal")
    platform = connect(small, page_size=2)
    state = platform.fetch(ReadSet(managed=frozenset({PAYMENTS}), hosts=frozenset({wanted})))
    assert state.routes[wanted].space == SpaceRef("other", "space")
    (lookup,) = [parse_qs(seen.query) for seen in small.requests if "hosts=" in seen.query]
    assert lookup["hosts"] == ["BACK-END,Back-End,Back-end,back-end"]


def test_a_host_on_a_domain_that_is_not_internal_is_not_looked_for(small, connect):
    hosts = frozenset({InternalRoute("x", "apps.example.com"), InternalRoute("x", "nowhere.internal")})
    connect(small).fetch(ReadSet(managed=frozenset({PAYMENTS}), hosts=hosts))
    assert not [seen for seen in small.requests if "hosts=" in seen.query]


def test_a_route_shared_into_a_managed_space_shows_its_owner_and_the_share(small, connect):
    world = small.world
    acme, other = world.organization_named("acme"), world.organization_named("other")
    route = world.route_at(world.domain_named("apps.internal").guid, "taken")
    world.share_route(route, world.space_named(acme.guid, "payments").guid)
    assert world.space_named(other.guid, "space").guid == route.space
    live = connect(small).fetch(ReadSet(managed=frozenset({PAYMENTS}))).routes[InternalRoute("taken", "apps.internal")]
    assert (live.space, live.shared_with) == (SpaceRef("other", "space"), {SpaceRef("Acme", "payments")})


def test_an_empty_read_set_still_reads_the_policies(small, connect):
    state = connect(small).fetch(ReadSet())
    assert len(state.policies) == 3
    assert state.spaces == frozenset()
    assert state.routes == {}


def test_spaces_that_do_not_exist_are_simply_not_there(small, connect):
    state = connect(small).fetch(ReadSet(managed=spaces("acme/none", "none/web", "other/*")))
    assert state.spaces == {SpaceRef("other", "space")}


@pytest.mark.parametrize(
    ("patterns", "expected"),
    [
        (("*/*",), {"Acme/payments", "Acme/web", "other/space"}),
        (("acme/*",), {"Acme/payments", "Acme/web"}),
        (("ac*/w*",), {"Acme/web"}),
        (("*/SPACE",), {"other/space"}),
        (("acme/p*", "other/space"), {"Acme/payments", "other/space"}),
        (("nobody*/*",), set()),
    ],
)
def test_patterns_find_their_spaces(small, connect, patterns, expected):
    state = connect(small).fetch(ReadSet(managed=spaces(*patterns)))
    assert set(map(str, state.spaces)) == expected


AWKWARD = ["a,b", "100%", "a%2Cb", "with space", "sl/ash", "ü-Straße", "日本", "a+b", "q?x=y&z#", "quote'\"", "[x]"]


def test_awkward_names_are_found_exactly(make_foundation, connect):
    organizations = [
        {"name": name, "spaces": [{"name": name, "apps": [{"name": name}]}, {"name": "decoy"}]} for name in AWKWARD
    ]
    platform = connect(make_foundation(domains=INTERNAL_ONLY, organizations=organizations))
    state = platform.fetch(ReadSet(managed=frozenset(SpacePattern(name, name) for name in AWKWARD)))
    assert set(state.apps) == {AppRef(name, name, name) for name in AWKWARD}
    for name in AWKWARD:
        alone = platform.fetch(ReadSet(managed=frozenset({SpacePattern(name, name)})))
        assert alone.spaces == {SpaceRef(name, name)}


INTERNAL_ONLY = [{"name": "apps.internal", "internal": True}]


def big(make_foundation, count: int):
    apps = [{"name": f"app{number}"} for number in range(count)]
    routes = [
        {"host": f"app{number}", "domain": "apps.internal", "destinations": [f"app{number}"]} for number in range(count)
    ]
    policies = [
        {"source": f"acme/s/app{number}", "destination": f"acme/s/app{(number + 1) % count}", "ports": 61443}
        for number in range(count)
    ]
    organizations = [{"name": "acme", "spaces": [{"name": "s", "apps": apps, "routes": routes}]}]
    return make_foundation(domains=INTERNAL_ONLY, organizations=organizations, network_policies=policies)


@pytest.mark.parametrize("count", [10, 3000])
def test_the_number_of_calls_does_not_depend_on_the_number_of_apps(make_foundation, connect, count):
    foundation = big(make_foundation, count)
    state = connect(foundation).fetch(ReadSet(managed=spaces("acme/s")))
    assert (len(state.apps), len(state.policies), len(state.routes)) == (count, count, count)
    assert [(seen.method, seen.path) for seen in foundation.requests] == [
        ("GET", "/"),
        ("POST", "/uaa/oauth/token"),
        ("GET", "/v3/organizations"),
        ("GET", "/v3/spaces"),
        ("GET", "/v3/domains"),
        ("GET", "/networking/v1/external/policies"),
        ("GET", "/v3/apps"),
        ("GET", "/v3/routes"),
    ]


def test_small_pages_read_the_same_world(make_foundation, connect):
    foundation = big(make_foundation, 53)
    whole = connect(foundation).fetch(ReadSet(managed=spaces("acme/s")))
    foundation.requests.clear()
    paged = connect(foundation, page_size=7).fetch(ReadSet(managed=spaces("acme/s")))
    assert (paged.apps, paged.policies, paged.routes) == (whole.apps, whole.policies, whole.routes)
    calls = Counter(seen.path for seen in foundation.requests)
    assert (calls["/v3/apps"], calls["/v3/routes"], calls["/networking/v1/external/policies"]) == (8, 8, 1)


def test_more_rows_than_a_page_holds(make_foundation, connect):
    foundation = big(make_foundation, 5003)
    state = connect(foundation).fetch(ReadSet(managed=spaces("acme/s")))
    assert len(state.apps) == len(state.policies) == len(state.routes) == 5003
    assert Counter(seen.path for seen in foundation.requests)["/v3/apps"] == 2


def test_an_app_deleted_between_two_pages_is_left_out_or_stale_but_never_wrong(make_foundation, connect):
    foundation = big(make_foundation, 20)
    first = next(iter(foundation.world.apps))
    hook = Fault(Effect.HOOK_AFTER, path="/v3/apps", times=1, hook=lambda world: world.delete_app(first))
    foundation.inject(hook)
    state = connect(foundation, page_size=7).fetch(ReadSet(managed=spaces("acme/s")))
    # The deletion shifts one row over the page boundary, so the list is read again; two policies have lost an end.
    assert len(state.apps) == 19
    assert len(state.stale) == 2


def test_strangers_are_looked_up_in_batches_up_to_a_thousand_and_listed_beyond(make_foundation, connect):
    for count, queries in ((900, 5), (1200, 1)):
        foundation = big(make_foundation, count)
        state = connect(foundation).fetch(ReadSet())
        lookups = [seen.query for seen in foundation.requests if seen.path == "/v3/apps"]
        assert len(lookups) == queries
        assert all("include=space.organization" in query for query in lookups)
        assert ("guids=" in lookups[0]) == (queries > 1)
        assert len(state.policies) == count


def test_many_spaces_are_asked_for_in_batches_then_all_at_once(make_foundation, connect):
    for count, calls in ((401, 3), (1001, 1)):
        named = [{"name": f"s{number}", "apps": [{"name": "app"}]} for number in range(count)]
        foundation = make_foundation(domains=INTERNAL_ONLY, organizations=[{"name": "acme", "spaces": named}])
        state = connect(foundation).fetch(ReadSet(managed=spaces("acme/*")))
        assert len(state.apps) == count
        seen = Counter(seen.path for seen in foundation.requests)
        assert (seen["/v3/apps"], seen["/v3/routes"]) == (calls, calls)


def test_no_request_line_is_longer_than_routers_take(make_foundation, connect):
    named = [{"name": f"{'ü' * 100}{number}", "apps": [{"name": "a"}]} for number in range(300)]
    foundation = make_foundation(domains=INTERNAL_ONLY, organizations=[{"name": "acme", "spaces": named}])
    patterns = frozenset(SpacePattern("acme", space["name"]) for space in named)
    assert len(connect(foundation).fetch(ReadSet(managed=patterns)).apps) == 300
    assert max(len(seen.path) + len(seen.query) for seen in foundation.requests) < 8100


# Environments


def patterns(*addresses: str) -> frozenset[AppPattern]:
    return frozenset(AppPattern(*address.split("/")) for address in addresses)


def test_only_governed_variables_of_the_apps_asked_for_are_kept(small, connect):
    read_set = ReadSet(managed=frozenset({PAYMENTS}), environment=patterns("ACME/payments/CHECKOUT"))
    state = connect(small).fetch(read_set)
    assert state.environment == {CHECKOUT: {"SSL_CERT_FILE": "/old.pem"}}
    assert "very-secret" not in repr(state)
    assert [seen.path for seen in small.requests if "environment" in seen.path] == [
        f"/v3/apps/{state.apps[CHECKOUT].incarnation}/environment_variables"
    ]


def test_an_app_without_such_variables_is_known_to_be_empty(small, connect):
    state = connect(small).fetch(ReadSet(managed=frozenset({PAYMENTS}), environment=patterns("acme/payments/*")))
    assert state.environment == {CHECKOUT: {"SSL_CERT_FILE": "/old.pem"}, LEDGER: {}}


@pytest.mark.parametrize(("count", "read", "unread"), [(3, 3, 0), (4, 0, 4)])
def test_leftovers_are_read_only_while_they_are_few(make_foundation, connect, count, read, unread):
    foundation = big(make_foundation, count)
    state = connect(foundation).fetch(ReadSet(managed=spaces("acme/s"), leftovers=patterns("acme/s/*")))
    assert (len(state.environment), state.unread_environments) == (read, unread)
    assert sum("environment" in seen.path for seen in foundation.requests) == read


def test_needed_environments_are_read_however_many_and_do_not_count_as_leftovers(make_foundation, connect):
    foundation = big(make_foundation, 60)
    read_set = ReadSet(
        managed=spaces("acme/s"),
        environment=patterns("acme/s/app1*"),
        leftovers=patterns("acme/s/app1*", "acme/s/app2*"),
    )
    state = connect(foundation).fetch(read_set)
    assert len(state.environment) == 11
    assert state.unread_environments == 11


def test_an_app_deleted_before_its_environment_is_read_is_unknown(small, connect):
    def vanish(world):
        for guid, app in list(world.apps.items()):
            if app.name == "Ledger":
                world.delete_app(guid)

    small.inject(Fault(Effect.HOOK_BEFORE, path="/v3/apps/*/environment_variables", times=1, hook=vanish))
    state = connect(small).fetch(ReadSet(managed=frozenset({PAYMENTS}), environment=patterns("acme/payments/*")))
    assert LEDGER not in state.environment


def test_with_all_environments_every_leftover_is_read(make_foundation, connect):
    read_set = ReadSet(managed=spaces("acme/s"), leftovers=patterns("acme/s/*"), all_environments=True)
    state = connect(big(make_foundation, 30)).fetch(read_set)
    assert (len(state.environment), state.unread_environments) == (30, 0)


def test_an_environment_that_is_closed_is_left_out(make_foundation, connect):
    auditor = {"id": "auditor", "secret": "x", "scopes": ["cloud_controller.global_auditor", "network.admin"]}
    foundation = make_foundation(
        clients=[auditor],
        domains=INTERNAL_ONLY,
        organizations=[{"name": "acme", "spaces": [{"name": "s", "apps": [{"name": "a"}]}]}],
    )
    platform = connect(foundation, ClientCredentials("auditor", "x"))
    state = platform.fetch(ReadSet(managed=spaces("acme/s"), environment=patterns("acme/s/a")))
    assert (state.environment, state.unread_environments) == ({}, 0)
    state = platform.fetch(ReadSet(managed=spaces("acme/s"), leftovers=patterns("acme/s/a")))
    assert (state.environment, state.unread_environments, state.closed_environments) == ({}, 0, 1)


def test_the_same_world_reads_the_same_whatever_the_order_of_its_lists(small, connect):
    read_set = ReadSet(managed=frozenset({PAYMENTS, WEB}))
    one, two = connect(small).fetch(read_set), connect(small, page_size=1).fetch(read_set)
    assert (one.policies, one.stale, one.apps, one.routes) == (two.policies, two.stale, two.apps, two.routes)
