from dataclasses import fields

import pytest
from support.world_snapshots import to_snapshot

from reconciler.errors import UsageError
from reconciler.manifests.schemas.verdict import load_schema
from reconciler.simulator.faults import Effect, Fault
from reconciler.simulator.seed import SeedError, build_world
from reconciler.simulator.settings import Settings


def test_a_snapshot_of_a_seeded_world_seeds_the_same_world(seed, clock):
    first = to_snapshot(build_world(seed, now=clock))
    assert to_snapshot(build_world(first, now=clock)) == first


def test_an_empty_seed_has_an_admin_and_the_internal_domain():
    world = build_world({})
    assert {"network.admin", "cloud_controller.admin"} <= set(world.users["admin"].scopes)
    assert [(item.name, item.internal) for item in world.domains.values()] == [("apps.internal", True)]


def test_guids_follow_from_addresses_and_can_be_chosen(seed):
    one, other = build_world(seed), build_world(seed)
    assert list(one.apps) == list(other.apps)
    chosen = build_world(
        {"organizations": [{"name": "o", "spaces": [{"name": "s", "apps": [{"name": "a", "guid": "G"}]}]}]}
    )
    assert list(chosen.apps) == ["G"]


@pytest.mark.parametrize(
    ("ports", "expected"), [(8080, (8080, 8080)), ("7000-7010", (7000, 7010)), ({"start": 1, "end": 2}, (1, 2))]
)
def test_ports_and_ends_may_be_written_in_every_form(ports, expected):
    spaces = [{"name": "s p", "apps": [{"name": "a/b"}]}]
    world = build_world(
        {
            "organizations": [{"name": "o", "spaces": spaces}],
            "network_policies": [
                {"source": "o/s p/a%2Fb", "destination": {"guid": "dead"}, "protocol": "udp", "ports": ports},
                {
                    "source": {"org": "o", "space": "s p", "app": "a/b"},
                    "destination": "o/s p/a%2Fb",
                    "protocol": "tcp",
                    "ports": 1,
                },
            ],
        }
    )
    (app,) = world.apps
    assert set(world.policies) == {(app, "dead", "udp", *expected), (app, app, "tcp", 1, 1)}


def test_a_contradictory_seed_is_refused_with_every_reason():
    spaces = [
        {
            "name": "s",
            "apps": [{"name": "a"}, {"name": "A"}],
            "routes": [{"host": "h", "domain": "nowhere", "destinations": []}],
        }
    ]
    with pytest.raises(SeedError) as caught:
        build_world(
            {
                "organizations": [{"name": "o", "spaces": spaces}],
                "network_policies": [{"source": "o/s/a", "destination": "o/s/missing", "protocol": "tcp", "ports": 1}],
                "users": [{"name": "u", "password": "p", "space_developer": ["o/none"]}],
                "settings": {"max_policies": 1},
            }
        )
    assert isinstance(caught.value, UsageError)
    assert caught.value.summary == f"the seed has {len(caught.value.details)} problems"
    assert "\n" not in "".join(caught.value.details)
    text = "\n".join(caught.value.details)
    for reason in (
        "no setting 'max_policies'",
        "'A' exists already",
        "no domain 'nowhere'",
        "no app o/s/missing",
        "no space 'o/none'",
    ):
        assert reason in text


def test_route_destinations_may_lie_in_a_shared_space():
    world = build_world(
        {
            "organizations": [
                {
                    "name": "o",
                    "spaces": [
                        {
                            "name": "one",
                            "routes": [
                                {
                                    "host": "h",
                                    "domain": "apps.internal",
                                    "shared_with": ["o/two"],
                                    "destinations": ["o/two/b", {"app": "b", "space": "two", "port": 9000}],
                                }
                            ],
                        },
                        {"name": "two", "apps": [{"name": "b"}]},
                    ],
                }
            ]
        }
    )
    (route,) = world.routes.values()
    assert [item.port for item in route.destinations.values()] == [8080, 9000]
    assert to_snapshot(build_world(to_snapshot(world))) == to_snapshot(world)


@pytest.mark.parametrize("ports", ["2-1", 0, "1-", "x", 8080.5, True, {"start": 1}, {"start": "2", "end": 1}, None])
def test_what_is_no_range_of_ports_is_refused(ports):
    with pytest.raises(SeedError) as caught:
        build_world({"network_policies": [{"source": {"guid": "a"}, "destination": {"guid": "b"}, "ports": ports}]})
    assert caught.value.summary == "the seed has 1 problem"
    assert caught.value.details[0].startswith("network_policies[0]: ")


def test_a_destination_twice_and_a_list_that_is_none_are_refused():
    route = {"host": "h", "domain": "apps.internal", "destinations": ["a", {"app": "A", "port": 8080}]}
    space = {"name": "s", "apps": [{"name": "a"}], "routes": [route]}
    with pytest.raises(SeedError) as caught:
        build_world({"organizations": [{"name": "o", "spaces": [space]}], "settings": {"faults": 1}})
    assert caught.value.details == (
        "settings: faults must be a list, not 1",
        "o/s: route h.apps.internal: the destination 'a' is there twice",
    )


def test_the_schema_knows_every_setting_and_every_fault():
    known = load_schema("Snapshot")["$defs"]
    assert set(known["settings"]["properties"]) == {field.name for field in fields(Settings)}
    assert set(known["fault"]["properties"]) == {field.name for field in fields(Fault)} - {"hook"}
    hooks = {Effect.HOOK_BEFORE, Effect.HOOK_AFTER}
    assert set(known["fault"]["properties"]["effect"]["enum"]) == set(Effect) - hooks
