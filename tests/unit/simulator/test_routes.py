import pytest

from reconciler.simulator.seed import build_world


@pytest.fixture
def known(foundation):
    world = foundation.world
    found = {app.name: app.guid for app in world.apps.values()}
    found |= {space.name: space.guid for space in world.spaces.values()}
    return found | {domain.name: domain.guid for domain in world.domains.values()}


def route_body(known, host, space="web", domain="apps.internal", **more):
    related = {"domain": {"data": {"guid": known[domain]}}, "space": {"data": {"guid": known[space]}}}
    return {"host": host, "relationships": related, **more}


def detail(answer):
    return answer.json()["errors"][0]["detail"]


def test_a_route_is_made_mapped_unmapped_and_deleted(developer, known):
    route = developer.post("/v3/routes", json=route_body(known, "shop")).json()
    assert route["url"] == "shop.apps.internal"
    path = f"/v3/routes/{route['guid']}"
    wanted = {"destinations": [{"app": {"guid": known["frontend"]}}]}
    (mapped,) = developer.post(f"{path}/destinations", json=wanted).json()["destinations"]
    assert (mapped["port"], mapped["protocol"], mapped["app"]["process"]) == (8080, "http1", {"type": "web"})
    assert developer.post(f"{path}/destinations", json=wanted).json()["destinations"] == [mapped]
    assert developer.delete(f"{path}/destinations/{mapped['guid']}").status_code == 204
    again = developer.delete(f"{path}/destinations/{mapped['guid']}")
    assert (again.status_code, "Unable to unmap route" in detail(again)) == (422, True)
    deleted = developer.delete(path)
    assert deleted.status_code == 202
    assert developer.get(deleted.headers["Location"]).json()["state"] == "COMPLETE"
    assert developer.get(path).status_code == 404


def test_a_taken_host_is_refused_alike_whoever_owns_it(admin, developer, known):
    assert admin.post("/v3/routes", json=route_body(known, "secret", "lab")).status_code == 201
    for host in ("frontend", "secret", "SECRET"):
        answer = developer.post("/v3/routes", json=route_body(known, host))
        assert answer.status_code == 422
        assert detail(answer) == f"Route already exists with host '{host}' for domain 'apps.internal'."
    assert developer.get("/v3/routes?hosts=secret").json()["resources"] == []
    reserved = developer.get(f"/v3/domains/{known['apps.internal']}/route_reservations?host=secret")
    assert reserved.json() == {"matching_route": True}


@pytest.mark.parametrize(
    ("host", "more", "message"),
    [
        ("*", {}, "Wildcard hosts are not supported for internal domains."),
        ("a", {"path": "/b"}, "Paths are not supported for internal domains."),
        ("", {}, "Missing host. Routes in shared domains must have a host defined."),
        ("a", {"port": 8080}, "Routes with protocol 'http' do not support ports."),
        ("a" * 64, {}, "Host is too long (maximum is 63 characters)"),
    ],
)
def test_internal_domains_have_rules(admin, known, host, more, message):
    answer = admin.post("/v3/routes", json=route_body(known, host, **more))
    assert (answer.status_code, detail(answer)) == (422, message)


def test_an_app_must_be_in_a_space_of_the_route(admin, known, foundation):
    route = next(iter(foundation.world.routes))
    wanted = {"destinations": [{"app": {"guid": known["ledger"]}}]}
    answer = admin.post(f"/v3/routes/{route}/destinations", json=wanted)
    assert detail(answer) == "Routes destinations must be in either the route's space or the route's shared spaces"


def test_mapping_only_another_port_takes_8080_and_platform_tls_away_with_the_next_restart(admin, known):
    def internal_ports():
        stats = admin.get(f"/v3/apps/{known['admin']}/processes/web/stats").json()["resources"][0]
        return [row["internal_tls_proxy_port"] for row in stats["instance_ports"]]

    def restart():
        assert admin.post(f"/v3/apps/{known['admin']}/actions/restart").status_code == 200

    route = admin.post("/v3/routes", json=route_body(known, "old", domain="apps.example.com")).json()["guid"]
    wanted = {"destinations": [{"app": {"guid": known["admin"]}, "port": 9000}]}
    admin.post(f"/v3/routes/{route}/destinations", json=wanted)
    assert 61443 in internal_ports()
    restart()
    assert internal_ports() == [61001, 61002]
    admin.patch(f"/v3/routes/{route}/destinations", json={"destinations": []})
    restart()
    assert 61443 in internal_ports()


def test_a_seed_that_maps_only_another_port_has_no_platform_tls():
    mapped = {"host": "api", "domain": "apps.example.com", "destinations": [{"app": "api", "port": 9000}]}
    space = {"name": "web", "apps": [{"name": "api"}], "routes": [mapped]}
    world = build_world(
        {"domains": [{"name": "apps.example.com"}], "organizations": [{"name": "acme", "spaces": [space]}]}
    )
    assert [app.ports for app in world.apps.values()] == [[9000]]


def test_route_sharing_is_switched_off_unless_set(admin, make_foundation, connect, foundation):
    route = next(iter(foundation.world.routes))
    assert admin.get(f"/v3/routes/{route}/relationships/shared_spaces").json()["errors"][0]["code"] == 330002
    sharing = make_foundation(route_sharing=True)
    client = connect(sharing)
    (space,) = (item.guid for item in sharing.world.spaces.values() if item.name == "payments")
    answer = client.post(f"/v3/routes/{route}/relationships/shared_spaces", json={"data": [{"guid": space}]})
    assert answer.json()["data"] == [{"guid": space}]
    assert [item["guid"] for item in client.get(f"/v3/routes?space_guids={space}").json()["resources"]] == [route]


def test_jobs_take_their_time_and_may_fail(make_foundation, connect):
    slow = make_foundation(job_polls=2)
    client = connect(slow)
    (route,) = slow.world.routes
    job = client.delete(f"/v3/routes/{route}").headers["Location"]
    assert [client.get(job).json()["state"] for _ in range(3)] == ["PROCESSING", "PROCESSING", "COMPLETE"]
    assert not slow.world.routes


def test_jobs_complete_by_the_clock(make_foundation, connect, clock):
    slow = make_foundation(job_seconds=30)
    client = connect(slow)
    (route,) = slow.world.routes
    job = client.delete(f"/v3/routes/{route}").headers["Location"]
    assert client.get(f"/v3/routes/{route}").status_code == 200
    clock.pass_seconds(31)
    assert client.get(f"/v3/routes/{route}").status_code == 404
    assert client.get(job).json()["state"] == "COMPLETE"


def test_environment_variables_merge_and_null_removes(developer, known):
    path = f"/v3/apps/{known['frontend']}/environment_variables"
    assert developer.patch(path, json={"var": {"A": "1", "B": "2"}}).json()["var"] == {"A": "1", "B": "2"}
    assert developer.patch(path, json={"var": {"A": None}}).json()["var"] == {"B": "2"}
    assert developer.patch(path, json={"var": {"vcap_x": "1"}}).status_code == 422
    assert developer.patch(path, json={"var": {"A": 1}}).status_code == 422


def test_a_deleted_app_leaves_its_routes_and_policies(admin, known, foundation):
    assert admin.delete(f"/v3/apps/{known['frontend']}").status_code == 202
    (route,) = foundation.world.routes.values()
    assert route.destinations == {}
    assert len(foundation.world.policies) == 2
    body = {"name": "Frontend", "relationships": {"space": {"data": {"guid": known["web"]}}}}
    fresh = admin.post("/v3/apps", json=body).json()
    assert fresh["guid"] != known["frontend"]
    taken = admin.post("/v3/apps", json=body)
    assert (taken.status_code, taken.json()["errors"][0]["code"]) == (422, 10016)
