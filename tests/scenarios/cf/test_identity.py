"""Who the caller is: every form of credentials, tokens that end, and what the platform says to the wrong one."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from reconciler.cf.credentials import (
    ClientCredentials,
    PasscodeCredentials,
    PasswordCredentials,
    SessionCredentials,
    TokenCredentials,
)
from reconciler.cf.foundation import FoundationSettings
from reconciler.cf.foundation import connect as connect_to
from reconciler.cf.http import HttpSettings
from reconciler.cf.target import Options, resolve_target
from reconciler.errors import (
    AuthenticationError,
    AuthorizationError,
    NotFoundError,
    PlatformError,
    RateLimitedError,
    UnavailableError,
)
from reconciler.model.names import AppRef
from reconciler.model.policy import NetworkPolicy
from reconciler.model.scope import ReadSet, SpacePattern
from reconciler.simulator.entities import User
from reconciler.simulator.faults import Effect, Fault
from reconciler.simulator.transport import EmbeddedTransport
from reconciler.simulator.world import ADMIN_SCOPES

if TYPE_CHECKING:
    from reconciler.model.platform import Platform

READ_SET = ReadSet(managed=frozenset({SpacePattern("acme", "*")}))
POLICY = NetworkPolicy(AppRef("Acme", "web", "frontend"), AppRef("Acme", "payments", "Ledger"), "tcp", 1, 2)


@pytest.fixture
def foundation(small):
    small.world.add_user(User("ada-guid", "ada", "hunter2", ADMIN_SCOPES))
    return small


@pytest.fixture
def clock(foundation):
    class Clock:
        time = datetime(2026, 1, 1, tzinfo=UTC)

        def __call__(self):
            return self.time

    foundation.world.now = Clock()
    return foundation.world.now


def tokens_asked(foundation):
    return sum(seen.path == "/uaa/oauth/token" for seen in foundation.requests)


def test_every_form_of_credentials_reads_the_world(foundation, connect):
    scopes = ADMIN_SCOPES
    token = foundation.tokens.issue(
        {"sub": "ada-guid", "user_id": "ada-guid", "user_name": "ada", "scope": list(scopes)}
    )
    refresh = foundation.tokens.new_refresh_token("cf", "ada", tuple(scopes))
    foundation.uaa.passcodes["Zx9"] = "ada"
    for credentials in (
        PasswordCredentials("ada", "hunter2"),
        PasscodeCredentials("Zx9"),
        ClientCredentials("reconciler", "s3cret"),
        TokenCredentials(token),
        SessionCredentials(token, refresh),
    ):
        platform: Platform = connect(foundation, credentials)
        assert len(platform.fetch(READ_SET).policies) == 3


def test_says_who_is_signed_in(foundation, connect):
    claims = connect(foundation, PasswordCredentials("ada", "hunter2")).claims()
    assert (claims.user_name, claims.subject, claims.sees_all_policies) == ("ada", "ada-guid", True)


def test_a_resolved_target_connects(foundation, tmp_path):
    environ = {"CF_API": foundation.base_url, "CF_USERNAME": "ada", "CF_PASSWORD": "hunter2"}
    settings = FoundationSettings(http=HttpSettings(transport=EmbeddedTransport(foundation)))
    with connect_to(resolve_target(Options(), environ, tmp_path), settings) as platform:
        assert platform.fetch(READ_SET).foundation == foundation.base_url


def test_a_token_is_renewed_before_it_ends(foundation, connect, clock):
    platform = connect(foundation, PasswordCredentials("ada", "hunter2"))
    platform.fetch(READ_SET)
    clock.time += timedelta(seconds=1000)
    platform.create_policies([POLICY])
    assert tokens_asked(foundation) == 1
    clock.time += timedelta(seconds=150)
    platform.delete_policies([POLICY])
    assert tokens_asked(foundation) == 2
    assert not [seen for seen in foundation.requests if seen.status == 401]


def test_a_rotating_uaa_is_followed(foundation, connect, clock):
    foundation.world.settings = replace(foundation.world.settings, refresh_token_rotate=True)
    platform = connect(foundation, PasswordCredentials("ada", "hunter2"))
    for _ in range(4):
        platform.fetch(READ_SET)
        clock.time += timedelta(seconds=1200)
    assert not [seen for seen in foundation.requests if seen.status >= 400]


def test_a_token_revoked_in_the_middle_is_replaced_once(foundation, connect):
    platform = connect(foundation)
    platform.fetch(READ_SET)
    foundation.tokens.revoke_all()
    foundation.requests.clear()
    platform.create_policies([POLICY])
    assert [seen.status for seen in foundation.requests] == [401, 200, 200]


def test_a_write_whose_answer_and_then_token_are_lost_has_an_unknown_outcome(foundation, connect):
    platform = connect(foundation)
    platform.fetch(READ_SET)
    foundation.inject(Fault(Effect.DROP_AFTER, path="/networking/*", times=1))
    foundation.inject(Fault(Effect.HOOK_AFTER, path="/networking/*", hook=lambda _: foundation.tokens.revoke_all()))
    foundation.inject(Fault(Effect.NO_ENDPOINTS, path="/uaa/*"))
    with pytest.raises(UnavailableError) as caught:
        platform.create_policies([POLICY])
    assert caught.value.outcome_unknown
    assert foundation.world.policies


def test_a_uaa_that_is_down_behind_the_policy_server_costs_one_renewal_and_is_named(foundation, connect):
    foundation.inject(Fault(Effect.UAA_DOWN, path="/networking/*"))
    with pytest.raises(AuthenticationError) as caught:
        connect(foundation).fetch(READ_SET)
    assert tokens_asked(foundation) == 2
    assert caught.value.summary == "the policy server says: failed to verify token with uaa"
    assert "the policy server cannot reach the UAA" in (caught.value.hint or "")


def test_a_wrong_password_is_one_try(foundation, connect):
    with pytest.raises(AuthenticationError, match="the UAA does not accept the password of the user ada"):
        connect(foundation, PasswordCredentials("ada", "wrong")).fetch(READ_SET)
    assert tokens_asked(foundation) == 1


def test_a_token_of_another_foundation_is_refused_with_the_way_in(foundation, connect):
    with pytest.raises(AuthenticationError) as caught:
        connect(foundation, TokenCredentials("e30.e30.x")).fetch(READ_SET)
    assert caught.value.status == 401
    assert "`cf login`" in (caught.value.hint or "")


def developer(foundation, connect, scopes=("cloud_controller.read", "cloud_controller.write", "network.write")):
    foundation.world.add_user(User("dev-guid", "dev", "pw", tuple(scopes)))
    for name in ("payments", "web"):
        space = foundation.world.space_named(foundation.world.organization_named("acme").guid, name)
        foundation.world.make_space_developer("dev-guid", space.guid)
    return connect(foundation, PasswordCredentials("dev", "pw"))


def test_a_developer_sees_less_and_is_known_to(foundation, connect):
    platform = developer(foundation, connect)
    state = platform.fetch(READ_SET)
    assert len(state.policies) == 1
    assert not platform.claims().sees_all_policies


def fetch_and_create(foundation, platform, *, lose_a_role):
    platform.fetch(READ_SET)
    if lose_a_role:
        web = foundation.world.space_named(foundation.world.organization_named("acme").guid, "web")
        foundation.world.end_space_developer("dev-guid", web.guid)
    platform.create_policies([POLICY, POLICY._replace(start=2)])


@pytest.mark.parametrize("meaning", ["scope", "access", "quota"])
def test_the_three_meanings_of_403(foundation, connect, meaning):
    scopes = {"scope": ("cloud_controller.read", "cloud_controller.write")}.get(
        meaning, ("cloud_controller.read", "cloud_controller.write", "network.write")
    )
    platform = developer(foundation, connect, scopes)
    if meaning == "quota":
        foundation.world.settings = replace(foundation.world.settings, max_policies_per_app_source=1)
    hints = {
        "scope": "the token needs the scope",
        "access": "SpaceDeveloper role",
        "quota": "more policies than its limit",
    }
    with pytest.raises(AuthorizationError) as caught:
        fetch_and_create(foundation, platform, lose_a_role=meaning == "access")
    assert hints[meaning] in (caught.value.hint or "")
    assert caught.value.request_id


def test_a_missing_policy_server_is_told_from_a_missing_app(foundation, connect):
    foundation.inject(Fault(Effect.POLICY_SERVER_MISSING))
    with pytest.raises(NotFoundError) as caught:
        connect(foundation).fetch(READ_SET)
    assert "Cloud Controller answered in place of a policy server" in (caught.value.hint or "")


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        (Fault(Effect.UNKNOWN_ERROR), UnavailableError),
        (Fault(Effect.SERVICE_UNAVAILABLE), UnavailableError),
        (Fault(Effect.BAD_GATEWAY), UnavailableError),
        (Fault(Effect.NO_ENDPOINTS), UnavailableError),
        (Fault(Effect.DATABASE_DOWN), UnavailableError),
        (Fault(Effect.RATE_LIMITED, seconds=3600), RateLimitedError),
    ],
)
def test_each_failing_part_has_its_class_and_one_passing_failure_is_survived(foundation, connect, fault, kind):
    foundation.inject(replace(fault, times=1, seconds=0))
    connect(foundation).fetch(READ_SET)
    foundation.heal()
    foundation.inject(fault)
    with pytest.raises(kind) as caught:
        connect(foundation).fetch(READ_SET)
    assert caught.value.hint


def test_a_slow_answer_is_waited_for_and_a_silent_one_is_not(foundation, connect):
    foundation.inject(Fault(Effect.SLOW, path="/networking/*", seconds=100))
    connect(foundation).fetch(READ_SET)
    foundation.heal()
    foundation.inject(Fault(Effect.SLOW, path="/networking/*", seconds=200))
    with pytest.raises(PlatformError, match="did not answer in time"):
        connect(foundation).fetch(READ_SET)


def test_no_secret_reaches_an_error(foundation, connect):
    faults = [
        Fault(Effect.UNKNOWN_ERROR),
        Fault(Effect.BAD_GATEWAY, path="/v3/*"),
        Fault(Effect.DROP_AFTER, path="/uaa/*"),
        Fault(Effect.DROP_AFTER, path="/v3/apps"),
        Fault(Effect.POLICY_SERVER_MISSING),
        Fault(Effect.UAA_DOWN, path="/networking/*"),
    ]
    for fault in faults:
        foundation.heal()
        foundation.inject(fault)
        platform = connect(foundation, PasswordCredentials("ada", "hunter2"))
        with pytest.raises(PlatformError) as caught:
            platform.fetch(READ_SET)
        secrets = ["hunter2", *foundation.tokens._checked, *foundation.tokens.grants]
        seen: BaseException | None = caught.value
        while seen is not None:
            shown = f"{seen} {seen!r} {vars(seen)}"
            assert not [secret for secret in secrets if secret in shown]
            seen = seen.__cause__ or seen.__context__
