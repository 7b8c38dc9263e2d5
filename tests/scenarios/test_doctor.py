"""`c2c doctor` against foundations in every state: each trouble has its line, and no trouble is an exception."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
import stamina
from support.embedded import ADMIN, NOW, URL, embedded_foundation

from reconciler.cf.checkup.aim import Aim, take_aim
from reconciler.cf.checkup.walk import STEPS, checks
from reconciler.cf.credentials import (
    ClientCredentials,
    PasscodeCredentials,
    PasswordCredentials,
    SessionCredentials,
    TokenCredentials,
)
from reconciler.cf.foundation import FoundationSettings
from reconciler.cf.http import HttpSettings
from reconciler.cf.target import Options, Target
from reconciler.model.checkup import Check, Checkup, Concern, Status
from reconciler.model.scope import SpacePattern
from reconciler.report.doctor_json import render_checkup_json
from reconciler.report.doctor_text import render_check, render_summary
from reconciler.simulator.faults import Effect, Fault
from reconciler.simulator.transport import EmbeddedTransport

if TYPE_CHECKING:
    from pathlib import Path

READ, WRITE, NETWORK = "cloud_controller.read", "cloud_controller.write", "network.write"
WEB, SHOP = SpacePattern("Acme", "web"), SpacePattern("acme", "shop")
CONCERN = Concern(frozenset({WEB}), frozenset({SHOP}), frozenset({"apps.internal"}), frozenset({"Apps.Internal"}))
DEV = PasswordCredentials("dev", "sesame-4711")


def user(*scopes: str, developer: tuple[str, ...] = ()) -> dict:
    return {"name": "dev", "password": DEV.password, "scopes": ["openid", *scopes], "space_developer": list(developer)}


def seed(*users: dict, policies: int = 1, **more) -> dict:
    spaces = [
        {"name": "web", "apps": [{"name": "api"}, {"name": "caller"}]},
        {"name": "shop", "apps": [{"name": "cart"}]},
    ]
    admin = {"name": "admin", "password": "admin", "scopes": [READ, WRITE, "cloud_controller.admin", "network.admin"]}
    listed = [
        {"source": "acme/web/caller", "destination": "acme/web/api", "ports": port} for port in range(1, policies + 1)
    ]
    return {
        "organizations": [{"name": "acme", "spaces": spaces}],
        "users": [admin, *users],
        "network_policies": listed,
        **more,
    }


@pytest.fixture(autouse=True)
def no_waiting():
    stamina.set_testing(True, attempts=2)
    yield
    stamina.set_testing(False)


def look(foundation, credentials=ADMIN, concern=CONCERN, **target) -> Checkup:
    http = HttpSettings(transport=EmbeddedTransport(foundation, sleep=lambda _: None), now=NOW.timestamp)
    aim = Aim(Target(**{"api_url": URL, "credentials": credentials, **target}), ())
    ticks = iter((10.0, 10.012))
    found = tuple(checks(aim, concern, FoundationSettings(http), clock=lambda: next(ticks)))
    for check in found:
        assert check.status is not Status.FAILED or check.hint, check
    return Checkup(URL, found)


def named(checkup: Checkup, name: str) -> list[Check]:
    return [check for check in checkup.checks if check.name == name]


def only(checkup: Checkup, name: str) -> Check:
    (check,) = named(checkup, name)
    return check


def failed(checkup: Checkup) -> list[str]:
    return [check.name for check in checkup.checks if check.status is Status.FAILED]


def test_an_administrator_sees_a_healthy_foundation():
    checkup = look(embedded_foundation(seed()))
    assert checkup.healthy
    assert {check.status for check in checkup.checks if check.name != "not-checked"} == {Status.OK}
    assert only(checkup, "reach").message == (
        f"{URL} answered in 12 ms, its certificate verified by the authorities of this machine"
    )
    assert only(checkup, "sign-in").message.startswith("the user admin; the token lasts 20 minutes and is renewed")
    assert only(checkup, "policy-server").message.endswith("shows 1 policy: all there are")
    assert only(checkup, "tags").message == "2 of 65,535 apps that can take part in policies do"
    assert "acme/web/caller: 1" in only(checkup, "quota").message


def test_a_look_changes_nothing():
    foundation = embedded_foundation(seed())
    look(foundation)
    assert {(seen.method, seen.path) for seen in foundation.requests if seen.method != "GET"} == {
        ("POST", "/uaa/oauth/token")
    }


def test_a_developer_in_one_of_two_spaces():
    checkup = look(embedded_foundation(seed(user(READ, WRITE, NETWORK, developer=("acme/web",)))), DEV)
    web, shop = named(checkup, "roles")
    assert checkup.healthy
    assert web.status is Status.OK
    assert "acme/web: Space Developer; policies are shown and may be changed if" in web.message
    assert (shop.status, shop.message) == (
        Status.WARNING,
        "acme/shop: does not exist, or the caller has no role in it",
    )
    assert only(checkup, "tags").status is Status.UNKNOWN
    assert "without network.admin there may be others" in only(checkup, "policy-server").message
    rule, room = named(checkup, "quota")
    assert rule.message == "150 policies for each source app by default (50 before October 2023)"
    assert room.message == "acme/web/caller: 1 visible, 149 left by that default"


def test_an_auditor_is_told_what_is_out_of_reach_and_who_can_help():
    auditor = user(READ, NETWORK, "cloud_controller.global_auditor")
    checkup = look(embedded_foundation(seed(auditor)), DEV)
    shop, web = named(checkup, "roles")
    assert {shop.status, web.status} == {Status.WARNING}
    assert shop.message.startswith("acme/shop, which only holds callers: no role that changes anything")
    assert web.message.endswith("policies can be neither seen nor changed, routes and variables may not be changed")
    assert "`cf set-space-role dev acme web SpaceDeveloper`" in web.hint
    assert "without cloud_controller.write" in named(checkup, "scopes")[1].message


def test_a_space_that_is_not_there_is_named_with_what_is_known():
    concern = Concern(frozenset({SpacePattern("acme", "wbe"), SpacePattern("a*", "w*"), SpacePattern("x*", "*")}))
    messages = [check.message for check in named(look(embedded_foundation(seed()), concern=concern), "roles")]
    assert messages[1:] == ["acme/wbe: does not exist", "x*/*: does not exist"]
    assert messages[0].startswith("acme/web: no role needed")


def test_without_spaces_no_role_is_looked_for():
    foundation = embedded_foundation(seed())
    check = only(look(foundation, concern=Concern()), "roles")
    assert check.status is Status.UNKNOWN
    assert "--space" in check.hint
    assert not [seen for seen in foundation.requests if seen.path == "/v3/roles"]


def test_no_scopes_at_all():
    checkup = look(embedded_foundation(seed(user())), DEV)
    network, controller = named(checkup, "scopes")
    assert network.status is Status.WARNING
    assert controller.status is Status.FAILED
    assert failed(checkup) == ["scopes", "policy-server"]
    assert only(checkup, "roles").message == "not asked, because scopes failed"
    assert "enable_space_developer_self_service" in only(checkup, "policy-server").hint
    assert "provided scopes" in only(checkup, "policy-server").message


def test_self_service_is_noticed():
    settings = {"enable_space_developer_self_service": True}
    checkup = look(embedded_foundation(seed(user(READ, WRITE, developer=("acme/web",)), settings=settings)), DEV)
    assert checkup.healthy
    assert "Space Developers may serve themselves here" in only(checkup, "policy-server").message


@pytest.mark.parametrize(
    ("fault", "words", "way_out"),
    [
        (Fault(Effect.POLICY_SERVER_MISSING), "Unknown request", "Cloud Controller answered in place of"),
        (Fault(Effect.UAA_DOWN, path="/networking/*"), "failed to verify token with uaa", "cannot reach the UAA"),
        (Fault(Effect.DATABASE_DOWN, path="/networking/*"), "database read failed", "try again"),
        (Fault(Effect.BAD_GATEWAY, path="/networking/*"), "502 Bad Gateway", "behind the router is down"),
        (Fault(Effect.NO_ENDPOINTS, path="/networking/*"), "no available endpoints", "behind the router is down"),
    ],
)
def test_troubles_of_the_policy_server_are_told_apart(fault, words, way_out):
    foundation = embedded_foundation(seed())
    foundation.inject(fault)
    checkup = look(foundation)
    check = only(checkup, "policy-server")
    assert failed(checkup) == ["policy-server"]
    assert words in check.message
    assert "[GET /networking/v1/external/policies -> " in check.message
    assert way_out in check.hint
    assert only(checkup, "quota").message == "not asked, because policy-server failed"
    assert only(checkup, "internal-domains").status is Status.OK


def test_a_policy_server_that_cannot_ask_about_a_developer():
    foundation = embedded_foundation(seed(user(READ, WRITE, NETWORK, developer=("acme/web",))))
    foundation.inject(Fault(Effect.CC_WITHOUT_V2))
    assert "filter policies failed" in only(look(foundation, DEV), "policy-server").message


def test_a_uaa_that_is_down_leaves_the_rest_unknown():
    foundation = embedded_foundation(seed())
    foundation.inject(Fault(Effect.UAA_DOWN))
    checkup = look(foundation)
    assert failed(checkup) == ["sign-in"]
    assert only(checkup, "reach").status is Status.OK
    later = [step.name for step in STEPS][3:]
    assert [only(checkup, name).message for name in later] == ["not asked, because sign-in failed"] * len(later)


def test_a_foundation_that_is_out_of_reach():
    foundation = embedded_foundation(seed())
    foundation.inject(Fault(Effect.DROP_BEFORE))
    checkup = look(foundation)
    assert failed(checkup) == ["reach"]
    assert "cannot be reached" in only(checkup, "reach").message
    assert only(checkup, "tags").message == "not asked, because reach failed"


def test_a_cloud_controller_that_is_down():
    foundation = embedded_foundation(seed())
    foundation.inject(Fault(Effect.SERVICE_UNAVAILABLE))
    checkup = look(foundation)
    assert failed(checkup) == ["cloud-controller"]
    assert only(checkup, "policy-server").status is Status.OK


@pytest.mark.parametrize(
    ("stated", "status"),
    [("3.160.0", Status.OK), ("3.99.0", Status.FAILED), ("2.300.0", Status.FAILED), ("new", Status.UNKNOWN)],
)
def test_the_version_is_held_against_the_floor(stated, status):
    checkup = look(embedded_foundation(seed(settings={"api_version": stated})))
    check = only(checkup, "api-version")
    assert check.status is status
    assert ("3.160 or later" in (check.hint or "")) == (status is not Status.OK)
    assert only(checkup, "policy-server").status is Status.OK


@pytest.mark.parametrize(
    ("credentials", "words"),
    [
        (PasswordCredentials("admin", "wrong"), "does not accept the password of the user admin"),
        (PasswordCredentials("nobody", "wrong"), "does not accept the password of the user nobody"),
        (ClientCredentials("robot", "wrong"), "does not accept the secret of the client robot"),
        (PasscodeCredentials("spent"), "does not accept the passcode"),
    ],
)
def test_wrong_credentials(credentials, words):
    checkup = look(embedded_foundation(seed()), credentials)
    assert failed(checkup) == ["sign-in"]
    assert words in only(checkup, "sign-in").message


def token(seconds: float, **claims: object) -> str:
    body = {"sub": "u", "user_name": "ada", "scope": [READ, WRITE, "network.admin"], **claims}
    payload = json.dumps({"exp": NOW.timestamp() + seconds, **body}).encode()
    return f"e30.{base64.urlsafe_b64encode(payload).decode().rstrip('=')}.signature"


@pytest.mark.parametrize(
    ("credentials", "summary"),
    [
        (TokenCredentials(token(-60)), "the access token has expired"),
        (SessionCredentials(token(-60)), "the cf CLI's session has expired and cannot be renewed"),
        (SessionCredentials(token(-60), "r-4711"), "the session of the cf CLI has expired or was revoked"),
    ],
)
def test_a_session_at_its_end(credentials, summary):
    check = only(look(embedded_foundation(seed()), credentials), "sign-in")
    assert check.status is Status.FAILED
    assert summary in check.message


@pytest.mark.parametrize(
    ("credentials", "status", "words"),
    [
        (TokenCredentials(token(60)), Status.WARNING, "the token lasts 1 minute and cannot be renewed"),
        (TokenCredentials(token(30)), Status.WARNING, "less than a minute"),
        (TokenCredentials(token(3600)), Status.OK, "the token lasts 60 minutes and cannot be renewed"),
        (SessionCredentials(token(600), "r"), Status.OK, "is renewed with the session's refresh token"),
        (TokenCredentials("opaque"), Status.WARNING, "somebody: the token does not say who"),
    ],
)
def test_how_long_a_token_lasts(credentials, status, words):
    checkup = look(embedded_foundation(seed()), credentials)
    check = only(checkup, "sign-in")
    assert check.status is status
    assert words in check.message
    # It is not of this foundation: both servers say so.
    assert failed(checkup) == ["cloud-controller", "policy-server"]


def test_a_client_is_named_as_one():
    client = {
        "id": "robot",
        "secret": "s",
        "scopes": [READ, WRITE, "network.admin", "cloud_controller.admin_read_only"],
    }
    checkup = look(embedded_foundation(seed(clients=[client])), ClientCredentials("robot", "s"))
    assert only(checkup, "sign-in").message.startswith("the UAA client robot; ")
    web = named(checkup, "roles")[1]
    assert web.message.endswith("policies are shown and may be changed, routes and variables may not be changed")
    assert "--client" in web.hint


def test_the_way_there_without_protection():
    foundation = embedded_foundation(seed())
    unverified = only(look(foundation, skip_ssl_validation=True), "reach")
    assert unverified.status is Status.WARNING
    assert "CF_CA_FILE" in unverified.hint
    foundation.base_url = "http://api.example.com"
    plain = only(look(foundation, api_url="http://api.example.com"), "reach")
    assert plain.status is Status.WARNING
    assert "https://" in plain.hint
    foundation.base_url = "http://[::1]:80"
    assert only(look(foundation, api_url="http://[::1]"), "reach").status is Status.OK


def test_a_file_of_authorities_that_cannot_be_read(tmp_path):
    checkup = look(embedded_foundation(seed()), ca_file=tmp_path / "none.pem")
    assert failed(checkup) == ["reach"]
    assert "CF_CA_FILE" in only(checkup, "reach").hint


def test_internal_domains_that_manifests_use_and_the_foundation_lacks():
    concern = replace(CONCERN, routes=frozenset({"a.internal", "example.com"}), domains=frozenset({"b.internal"}))
    domains = [{"name": "Apps.internal", "internal": True}, {"name": "example.com"}]
    found = named(look(embedded_foundation(seed(domains=domains)), concern=concern), "internal-domains")
    assert [(check.status, check.message) for check in found] == [
        (Status.OK, "apps.internal"),
        (Status.FAILED, "a.internal does not exist, and declared routes are on it"),
        (Status.WARNING, "b.internal does not exist, and the Foundation document lists it"),
        (Status.FAILED, "example.com exists and is not internal, and declared routes are on it"),
    ]
    assert "cf create-shared-domain a.internal --internal" in found[1].hint


def test_a_foundation_without_internal_domains():
    domains = [{"name": "example.com"}]
    checkup = look(embedded_foundation(seed(domains=domains)), concern=Concern())
    assert only(checkup, "internal-domains").status is Status.WARNING


def test_a_source_near_the_limit_is_a_warning_for_those_whom_it_binds():
    developer = user(READ, WRITE, NETWORK, developer=("acme/web",))
    foundation = embedded_foundation(seed(developer, policies=149))
    _, room = named(look(foundation, DEV), "quota")
    assert (room.status, room.message) == (
        Status.WARNING,
        "acme/web/caller: 149 visible, 1 left by that default",
    )
    assert only(look(foundation), "quota").status is Status.OK


def test_few_tags_left():
    apps = [{"name": f"a{number}"} for number in range(240)]
    policies = [{"source": f"o/s/a{number}", "destination": f"o/s/a{number}", "ports": 1} for number in range(240)]
    organizations = [{"name": "o", "spaces": [{"name": "s", "apps": apps}]}]
    more = {"organizations": organizations, "network_policies": policies, "settings": {"tag_length": 1}}
    check = only(look(embedded_foundation(seed() | more)), "tags")
    assert (check.status, check.message) == (Status.WARNING, "240 of 255 apps that can take part in policies do")
    empty = only(look(embedded_foundation(seed(policies=0))), "tags")
    assert "no app takes part" in empty.message


# The target and the credentials, before anything is asked


def aimed(home: Path, *, declared: str | None = None, environ: dict[str, str] | None = None, **options) -> Aim:
    return take_aim(Options(**options), environ or {}, home, declared)


def test_an_address_without_credentials_is_reached_all_the_same(tmp_path):
    aim = aimed(tmp_path, environ={"CF_API": URL})
    http = HttpSettings(transport=EmbeddedTransport(foundation := embedded_foundation(seed())), now=NOW.timestamp)
    checkup = Checkup(URL, tuple(checks(aim, CONCERN, FoundationSettings(http))))
    assert failed(checkup) == ["credentials"]
    assert only(checkup, "target").message == f"{URL}, from CF_API"
    assert only(checkup, "api-version").status is Status.OK
    assert only(checkup, "scopes").message == "not asked, because credentials failed"
    assert {(seen.method, seen.path) for seen in foundation.requests} == {("GET", "/")}


def test_no_address_at_all(tmp_path):
    checkup = Checkup(None, tuple(checks(aimed(tmp_path), CONCERN)))
    assert failed(checkup) == ["target"]
    assert only(checkup, "reach").message == "not asked, because target failed"


def test_credentials_do_not_follow_an_address_that_only_manifests_name(tmp_path):
    environ = {"CF_CLIENT_ID": "robot", "CF_CLIENT_SECRET": "sesame-4711"}
    target, credentials = aimed(tmp_path, declared=URL, environ=environ).checks
    assert target.message == f"{URL}, from the manifests"
    assert credentials.status is Status.FAILED
    assert f"CF_API={URL}" in credentials.hint


def test_manifests_for_another_foundation(tmp_path):
    aim = aimed(tmp_path, declared="https://other.example.com", api=URL, client_id="robot", client_secret="s")
    target, credentials = aim.checks
    assert target.status is Status.WARNING
    assert "the manifests are for https://other.example.com" in target.message
    assert credentials.message.startswith("the UAA client robot with its secret, from the command line")
    assert (credentials.status, credentials.hint) == (Status.WARNING, "set CF_CLIENT_SECRET instead")


def test_manifests_whose_address_is_no_api(tmp_path):
    target, _ = aimed(tmp_path, declared=f"{URL}/v3", environ={"CF_API": URL, "CF_ACCESS_TOKEN": "t"}).checks
    assert target.status is Status.WARNING


def test_names_in_a_command_to_copy_are_quoted():
    organizations = [{"name": "a b", "spaces": [{"name": "$(x)"}]}]
    auditor = user(READ, NETWORK, "cloud_controller.global_auditor")
    world = seed(auditor) | {"organizations": organizations, "network_policies": []}
    concern = Concern(frozenset({SpacePattern("a b", "$(x)")}))
    hint = only(look(embedded_foundation(world), DEV, concern), "roles").hint
    assert "`cf set-space-role dev 'a b' '$(x)' SpaceDeveloper`" in hint


def test_an_address_that_is_none(tmp_path):
    (target, _) = aimed(tmp_path, environ={"CF_API": "ftp://x"}).checks
    assert target.status is Status.FAILED
    assert "from CF_API is not usable" in target.message


@pytest.mark.parametrize(
    ("environ", "words"),
    [
        ({"CF_USERNAME": "ada", "CF_PASSWORD": "sesame-4711"}, "the user ada with a password, from the environment"),
        ({"CF_ACCESS_TOKEN": "sesame-4711"}, "an access token as it is, from the environment"),
    ],
)
def test_credentials_are_described_and_not_shown(tmp_path, environ, words):
    _, credentials = aimed(tmp_path, environ={"CF_API": URL, **environ}).checks
    assert credentials == Check("credentials", Status.OK, words)


def test_the_session_of_the_cf_cli(tmp_path):
    (tmp_path / ".cf").mkdir()
    session = {"ConfigVersion": 4, "Target": URL, "AccessToken": f"bearer {token(600)}", "RefreshToken": "r"}
    (tmp_path / ".cf" / "config.json").write_text(json.dumps(session), encoding="utf-8")
    target, credentials = aimed(tmp_path).checks
    assert target.message == f"{URL}, from the cf CLI's session"
    assert credentials.message == "the session of `cf login`, from the cf CLI's session"
    signed_out = session | {"AccessToken": ""}
    (tmp_path / ".cf" / "config.json").write_text(json.dumps(signed_out), encoding="utf-8")
    target, credentials = aimed(tmp_path).checks
    assert (target.status, credentials.status) == (Status.OK, Status.FAILED)


# The reports


def test_no_secret_is_shown_whatever_fails():
    for effect in (Effect.UAA_DOWN, Effect.DROP_AFTER, Effect.POLICY_SERVER_MISSING, Effect.UNKNOWN_ERROR):
        foundation = embedded_foundation(seed(user(READ, NETWORK)))
        foundation.inject(Fault(effect))
        checkup = look(foundation, DEV)
        shown = render_checkup_json(checkup) + "".join(map(render_check, checkup.checks))
        assert DEV.password not in shown
        assert not [secret for secret in foundation.tokens._checked if secret in shown]


def test_both_reports_say_the_same():
    checkup = look(embedded_foundation(seed(user())), DEV)
    report = json.loads(render_checkup_json(checkup))
    assert (report["format_version"], report["foundation"], report["healthy"]) == ("1.0", URL, False)
    text = "".join(map(render_check, checkup.checks)) + render_summary(checkup)
    for check in report["checks"]:
        assert f"{check['status']:7}  {check['name']:16}  {check['message']}\n" in text
        assert check["hint"] is None or f"hint: {check['hint']}\n" in text
    assert text.splitlines()[-1].startswith("Not healthy: ")
    assert "\x1b" not in text


def test_what_a_server_says_cannot_draw_on_the_terminal():
    assert "\x1b" not in render_check(Check("reach", Status.FAILED, "\x1b[2J", "\x1b[2J"))
