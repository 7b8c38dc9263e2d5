from __future__ import annotations

from dataclasses import replace

import pytest

from reconciler.cf.credentials import PasswordCredentials
from reconciler.errors import (
    AuthorizationError,
    NotFoundError,
    PlatformError,
    RejectedError,
    UnavailableError,
    UnreachableError,
)
from reconciler.model.names import AppRef, SpaceRef
from reconciler.model.policy import NetworkPolicy
from reconciler.model.route import InternalRoute, RouteDestination
from reconciler.model.scope import ReadSet, SpacePattern
from reconciler.simulator.entities import User
from reconciler.simulator.faults import Effect, Fault

LEDGER = AppRef("Acme", "payments", "Ledger")
CHECKOUT = AppRef("Acme", "payments", "checkout")
FRONTEND = AppRef("Acme", "web", "frontend")
PAYMENTS, WEB = SpaceRef("Acme", "payments"), SpaceRef("Acme", "web")
EVERYTHING = ReadSet(managed=frozenset({SpacePattern("acme", "*")}))
NEW = InternalRoute("new", "apps.internal")


@pytest.fixture
def platform(small, connect):
    platform = connect(small)
    platform.fetch(EVERYTHING)
    small.requests.clear()
    return platform


def live_route(small, route: InternalRoute):
    return small.world.route_at(small.world.domain_named(route.domain).guid, route.host)


def made_elsewhere(small, org: str, space: str):
    def make(world):
        owner = world.space_named(world.organization_named(org).guid, space)
        if live_route(small, NEW) is None:
            world.add_route(owner.guid, world.domain_named("apps.internal").guid, "new")

    return make


# Policies


def test_policies_are_written_by_name_in_one_call_each(small, platform):
    new = [NetworkPolicy(FRONTEND, CHECKOUT, "tcp", 8443, 8443), NetworkPolicy(FRONTEND, FRONTEND, "udp", 53, 60)]
    platform.create_policies(new)
    assert set(new) <= platform.fetch(EVERYTHING).policies
    platform.delete_policies(new)
    assert not set(new) & platform.fetch(EVERYTHING).policies
    writes = [seen.path.rpartition("external")[2] for seen in small.requests if seen.method == "POST"]
    assert writes == ["/policies", "/policies/delete"]


def test_names_compare_without_case_when_writing(platform):
    platform.create_policies([NetworkPolicy(AppRef("ACME", "WEB", "FRONTEND"), LEDGER, "tcp", 9000, 9000)])
    assert NetworkPolicy(FRONTEND, LEDGER, "tcp", 9000, 9000) in platform.fetch(EVERYTHING).policies


def test_writing_the_same_twice_is_fine(platform):
    policies = [NetworkPolicy(FRONTEND, CHECKOUT, "tcp", 1, 2)]
    for write in (platform.create_policies, platform.delete_policies):
        write(policies)
        write(policies)


def test_an_app_that_the_reading_did_not_find_is_named(platform, small):
    with pytest.raises(NotFoundError) as caught:
        platform.create_policies([NetworkPolicy(AppRef("acme", "web", "ghost"), LEDGER, "tcp", 1, 1)])
    assert caught.value.summary == "the app acme/web/ghost is not known"
    assert caught.value.hint == "it was not there when the platform was read; plan again"
    assert small.requests == []


def test_without_a_reading_nothing_is_written(small, connect):
    with pytest.raises(NotFoundError, match="the app Acme/web/frontend is not known"):
        connect(small).create_policies([NetworkPolicy(FRONTEND, LEDGER, "tcp", 1, 1)])
    assert small.requests == []


@pytest.mark.parametrize("effect", [Effect.DROP_AFTER, Effect.DROP_BEFORE, Effect.BAD_GATEWAY, Effect.DATABASE_DOWN])
def test_a_policy_write_survives_one_failure(small, platform, effect):
    small.inject(Fault(effect, method="POST", path="/networking/*", times=1))
    policy = NetworkPolicy(FRONTEND, CHECKOUT, "tcp", 8443, 8443)
    platform.create_policies([policy])
    assert policy in platform.fetch(EVERYTHING).policies


def test_a_policy_write_whose_answer_never_comes_has_an_unknown_outcome(small, platform):
    small.inject(Fault(Effect.DROP_AFTER, method="POST", path="/networking/*"))
    with pytest.raises(UnreachableError) as caught:
        platform.create_policies([NetworkPolicy(FRONTEND, CHECKOUT, "tcp", 8443, 8443)])
    assert caught.value.outcome_unknown
    assert caught.value.request_line == "POST /networking/v1/external/policies"


def test_a_policy_write_that_never_arrives_has_a_known_outcome(small, platform):
    small.inject(Fault(Effect.DROP_BEFORE, method="POST", path="/networking/*"))
    with pytest.raises(UnreachableError) as caught:
        platform.delete_policies([NetworkPolicy(FRONTEND, CHECKOUT, "tcp", 8443, 8443)])
    assert not caught.value.outcome_unknown


# Environment


def test_environment_is_merged(small, platform):
    platform.set_environment(CHECKOUT, {"SSL_CERT_FILE": None, "REQUESTS_CA_BUNDLE": "/new.pem"})
    (checkout,) = [app for app in small.world.apps.values() if app.name == "checkout"]
    assert checkout.environment == {"API_KEY": "very-secret", "REQUESTS_CA_BUNDLE": "/new.pem"}
    platform.set_environment(CHECKOUT, {})
    assert sum(seen.method == "PATCH" for seen in small.requests) == 1


# Routes


def test_a_route_lives_its_whole_life(platform):
    platform.create_route(NEW, PAYMENTS)
    platform.add_destination(RouteDestination(NEW, LEDGER))
    platform.add_destination(RouteDestination(NEW, LEDGER))
    live = platform.fetch(EVERYTHING).routes[NEW]
    assert (live.space, live.destinations) == (PAYMENTS, {LEDGER})
    assert not platform.delete_route(NEW, [])
    platform.remove_destination(RouteDestination(NEW, LEDGER))
    platform.remove_destination(RouteDestination(NEW, LEDGER))
    assert platform.delete_route(NEW, [])
    assert platform.delete_route(NEW, [])
    assert NEW not in platform.fetch(EVERYTHING).routes


def test_a_destination_keeps_the_apps_own_port(small, platform):
    platform.create_route(NEW, PAYMENTS)
    platform.add_destination(RouteDestination(NEW, LEDGER))
    (destination,) = live_route(small, NEW).destinations.values()
    assert (destination.port, destination.process_type) == (8080, "web")


def test_a_route_that_the_space_has_already_is_fine(platform):
    platform.create_route(NEW, PAYMENTS)
    platform.create_route(NEW, PAYMENTS)
    platform.create_route(InternalRoute("ledger", "apps.internal"), PAYMENTS)


@pytest.mark.parametrize("owner", [("other", "space"), ("Acme", "web")])
def test_a_hostname_of_another_space_is_refused_with_its_owner(small, platform, owner):
    made_elsewhere(small, *owner)(small.world)
    with pytest.raises(RejectedError) as caught:
        platform.create_route(NEW, PAYMENTS)
    assert caught.value.summary == f"the hostname new.apps.internal belongs to the space {'/'.join(owner)}"
    assert caught.value.hint == "choose another host, or ask its owner to delete or share the route"
    assert not caught.value.outcome_unknown


def test_a_hostname_in_other_letters_is_refused_with_its_owner(small, platform):
    owner = small.world.space_named(small.world.organization_named("other").guid, "space")
    small.world.add_route(owner.guid, small.world.domain_named("apps.internal").guid, "nEw")
    with pytest.raises(RejectedError) as caught:
        platform.create_route(NEW, PAYMENTS)
    assert caught.value.summary == "the hostname new.apps.internal belongs to the space other/space"


def test_a_hostname_that_the_space_has_in_other_letters_is_there_already(small, platform):
    owner = small.world.space_named(small.world.organization_named("acme").guid, "payments")
    small.world.add_route(owner.guid, small.world.domain_named("apps.internal").guid, "nEw")
    platform.create_route(NEW, PAYMENTS)


def test_a_hostname_of_a_space_out_of_sight_is_refused_as_such(small, connect):

    scopes = ("cloud_controller.read", "cloud_controller.write", "network.write")
    small.world.add_user(User("dev-guid", "dev", "pw", scopes))
    payments = small.world.space_named(small.world.organization_named("acme").guid, "payments")
    small.world.make_space_developer("dev-guid", payments.guid)
    made_elsewhere(small, "other", "space")(small.world)
    platform = connect(small, PasswordCredentials("dev", "pw"))
    platform.fetch(ReadSet(managed=frozenset({SpacePattern("acme", "payments")})))
    with pytest.raises(RejectedError) as caught:
        platform.create_route(NEW, PAYMENTS)
    assert caught.value.summary == "the hostname new.apps.internal belongs to a space you cannot see"


def test_another_refusal_stays_itself(platform):
    with pytest.raises(RejectedError) as caught:
        platform.create_route(InternalRoute("*", "apps.internal"), PAYMENTS)
    assert "Wildcard hosts are not supported for internal domains." in caught.value.summary


def test_a_lost_creation_that_happened_is_found(small, platform):
    small.inject(Fault(Effect.DROP_AFTER, method="POST", path="/v3/routes", times=1))
    platform.create_route(NEW, PAYMENTS)
    assert sum(seen[:2] == ("POST", "/v3/routes") for seen in small.requests) == 1
    assert live_route(small, NEW) is not None


def test_a_lost_creation_that_did_not_happen_is_sent_once_more(small, platform):
    # The router cannot know whether the service behind it did the work; a new reading can.
    small.inject(Fault(Effect.BAD_GATEWAY, method="POST", path="/v3/routes", times=1))
    platform.create_route(NEW, PAYMENTS)
    assert live_route(small, NEW) is not None
    assert sum(seen[:2] == ("POST", "/v3/routes") for seen in small.requests) == 2


def test_a_creation_that_is_lost_twice_stays_open(small, platform):
    small.inject(Fault(Effect.BAD_GATEWAY, method="POST", path="/v3/routes"))
    with pytest.raises(UnavailableError) as caught:
        platform.create_route(NEW, PAYMENTS)
    assert caught.value.outcome_unknown
    assert sum(seen[:2] == ("POST", "/v3/routes") for seen in small.requests) == 2


def test_a_half_done_unmapping_is_not_called_undone(small, platform):
    jobs = InternalRoute("jobs", "apps.internal")
    worker = next(iter(platform.fetch(EVERYTHING).routes[jobs].destinations))
    platform.add_destination(RouteDestination(jobs, worker))
    small.inject(Fault(Effect.UNKNOWN_ERROR, method="DELETE", path="/v3/routes/*/destinations/*", after=1))
    with pytest.raises(PlatformError) as caught:
        platform.remove_destination(RouteDestination(jobs, worker))
    assert caught.value.outcome_unknown


def test_a_lost_creation_that_somebody_else_won_is_refused(small, platform):
    small.inject(
        Fault(Effect.HOOK_BEFORE, method="POST", path="/v3/routes", hook=made_elsewhere(small, "other", "space"))
    )
    small.inject(Fault(Effect.DROP_AFTER, method="POST", path="/v3/routes"))
    with pytest.raises(RejectedError, match="belongs to the space other/space"):
        platform.create_route(NEW, PAYMENTS)


def test_a_switched_off_feature_is_an_authorization_matter(small, connect):

    small.world.settings = replace(small.world.settings, route_creation=False)
    small.world.add_user(User("dev-guid", "dev", "pw", ("cloud_controller.read", "cloud_controller.write")))
    payments = small.world.space_named(small.world.organization_named("acme").guid, "payments")
    small.world.make_space_developer("dev-guid", payments.guid)
    small.world.settings = replace(small.world.settings, enable_space_developer_self_service=True)
    platform = connect(small, PasswordCredentials("dev", "pw"))
    platform.fetch(ReadSet(managed=frozenset({SpacePattern("acme", "payments")})))
    with pytest.raises(AuthorizationError, match="route_creation") as caught:
        platform.create_route(NEW, PAYMENTS)
    assert caught.value.hint == "an operator can enable the feature flag that the message names"


def test_an_app_of_another_space_cannot_be_mapped(platform):
    platform.create_route(NEW, PAYMENTS)
    with pytest.raises(RejectedError, match="route's space or the route's shared spaces"):
        platform.add_destination(RouteDestination(NEW, FRONTEND))


def test_a_route_that_is_not_there_cannot_be_mapped(platform):
    with pytest.raises(NotFoundError, match=r"the route new\.apps\.internal does not exist"):
        platform.add_destination(RouteDestination(NEW, LEDGER))


def test_unmapping_takes_every_process_of_the_app(small, platform):
    platform.create_route(NEW, PAYMENTS)
    platform.add_destination(RouteDestination(NEW, LEDGER))
    platform.add_destination(RouteDestination(NEW, CHECKOUT))
    route = live_route(small, NEW)
    (ledger,) = [guid for guid, app in small.world.apps.items() if app.name == "Ledger"]
    small.world.add_destination(route, ledger, process_type="worker")
    platform.remove_destination(RouteDestination(NEW, LEDGER))
    assert [item.app for item in route.destinations.values()] != [ledger]
    assert len(route.destinations) == 1


def test_a_destination_that_somebody_else_removed_first_is_gone_and_that_is_fine(small, platform):
    platform.create_route(NEW, PAYMENTS)
    platform.add_destination(RouteDestination(NEW, LEDGER))
    route = live_route(small, NEW)

    def remove(world):
        for guid in list(route.destinations):
            world.remove_destination(route, guid)

    small.inject(Fault(Effect.HOOK_BEFORE, method="DELETE", path="/v3/routes/*/destinations/*", times=1, hook=remove))
    platform.remove_destination(RouteDestination(NEW, LEDGER))
    assert not route.destinations


def test_a_lost_removal_is_repeated_and_fine(small, platform):
    platform.create_route(NEW, PAYMENTS)
    platform.add_destination(RouteDestination(NEW, LEDGER))
    small.inject(Fault(Effect.DROP_AFTER, method="DELETE", path="/v3/routes/*/destinations/*", times=1))
    platform.remove_destination(RouteDestination(NEW, LEDGER))
    assert not live_route(small, NEW).destinations


def test_a_deletion_waits_for_its_job(small, platform):
    platform.create_route(NEW, PAYMENTS)

    small.world.settings = replace(small.world.settings, job_polls=3)
    small.requests.clear()
    assert platform.delete_route(NEW, [])
    assert live_route(small, NEW) is None
    assert sum(seen.path.startswith("/v3/jobs/") for seen in small.requests) >= 3


def test_a_deletion_that_fails_says_why(small, platform):
    platform.create_route(NEW, PAYMENTS)
    small.inject(Fault(Effect.JOB_FAILS, method="DELETE"))
    with pytest.raises(RejectedError, match=r"could not delete the route new\.apps\.internal: ") as caught:
        platform.delete_route(NEW, [])
    assert not caught.value.outcome_unknown


@pytest.mark.parametrize(
    ("path", "write"),
    [
        ("/v3/routes/*", lambda platform: platform.delete_route(NEW, [LEDGER])),
        ("/v3/routes/*/destinations*", lambda platform: platform.remove_destination(RouteDestination(NEW, LEDGER))),
    ],
)
def test_what_the_router_does_not_know_is_not_gone(small, platform, path, write):
    platform.create_route(NEW, PAYMENTS)
    platform.add_destination(RouteDestination(NEW, LEDGER))
    small.inject(Fault(Effect.UNKNOWN_ROUTE, path=path))
    with pytest.raises(UnavailableError) as caught:
        write(platform)
    assert not caught.value.outcome_unknown
    assert live_route(small, NEW).destinations


def test_a_deletion_that_never_ends_is_left_open(small, platform):

    platform.create_route(NEW, PAYMENTS)
    small.world.settings = replace(small.world.settings, job_polls=10_000)
    with pytest.raises(UnavailableError, match="is still being deleted after 300 s") as caught:
        platform.delete_route(NEW, [])
    assert caught.value.outcome_unknown
    assert sum(seen.path.startswith("/v3/jobs/") for seen in small.requests) < 200


def test_a_route_with_a_worker_on_it_is_left_alone(small, platform):
    assert not platform.delete_route(InternalRoute("jobs", "apps.internal"), [])
    assert live_route(small, InternalRoute("jobs", "apps.internal")) is not None


def test_a_creation_that_cannot_be_looked_up_afterwards_stays_open(small, platform):
    small.inject(Fault(Effect.DROP_AFTER, method="POST", path="/v3/routes"))
    small.inject(Fault(Effect.DROP_BEFORE, method="GET", path="/v3/routes"))
    with pytest.raises(UnreachableError) as caught:
        platform.create_route(NEW, PAYMENTS)
    assert caught.value.outcome_unknown


def test_a_deletion_whose_job_is_out_of_sight_stays_open(small, platform):
    platform.create_route(NEW, PAYMENTS)
    small.inject(Fault(Effect.DROP_BEFORE, path="/v3/jobs/*"))
    with pytest.raises(UnreachableError) as caught:
        platform.delete_route(NEW, [])
    assert caught.value.outcome_unknown


def test_a_deletion_takes_the_mappings_along_in_one_call(small, platform):
    platform.create_route(NEW, PAYMENTS)
    platform.add_destination(RouteDestination(NEW, LEDGER))
    small.requests.clear()
    assert platform.delete_route(NEW, [LEDGER])
    assert live_route(small, NEW) is None
    assert not [seen for seen in small.requests if "/destinations/" in seen.path]


def test_a_deletion_spares_a_route_that_another_app_uses_and_unmaps_ours(platform):
    platform.create_route(NEW, PAYMENTS)
    platform.add_destination(RouteDestination(NEW, LEDGER))
    platform.add_destination(RouteDestination(NEW, CHECKOUT))
    assert not platform.delete_route(NEW, [LEDGER])
    assert platform.fetch(EVERYTHING).routes[NEW].destinations == {CHECKOUT}
