from __future__ import annotations

import json
from pathlib import Path

import pytest

from reconciler.cf.credentials import (
    ClientCredentials,
    PasscodeCredentials,
    PasswordCredentials,
    SessionCredentials,
    TokenCredentials,
)
from reconciler.cf.target import Options, resolve_target
from reconciler.errors import UsageError

API = "https://api.example.test"
USER = {"CF_USERNAME": "ada", "CF_PASSWORD": "hunter2"}
CLIENT = {"CF_CLIENT_ID": "ci", "CF_CLIENT_SECRET": "s3cret"}


def sign_in(home: Path, **changes: object) -> None:
    config = {
        "ConfigVersion": 4,
        "Target": API,
        "AccessToken": "bearer session-token",
        "RefreshToken": "session-refresh",
        "UAAOAuthClient": "",
        "UAAOAuthClientSecret": "",
        "UAAGrantType": "",
        "SSLDisabled": False,
    }
    (home / ".cf").mkdir(exist_ok=True)
    (home / ".cf" / "config.json").write_text(json.dumps(config | changes))


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        (USER, PasswordCredentials("ada", "hunter2")),
        (CLIENT, ClientCredentials("ci", "s3cret")),
        ({"CF_ACCESS_TOKEN": "bearer abc.def"}, TokenCredentials("abc.def")),
        ({"CF_ACCESS_TOKEN": "abc.def\n"}, TokenCredentials("abc.def")),
        ({**USER, **CLIENT}, PasswordCredentials("ada", "hunter2")),
    ],
)
def test_credentials_from_the_environment(tmp_path, environ, expected):
    target = resolve_target(Options(), {"CF_API": API, **environ}, tmp_path)
    assert target.credentials == expected
    assert (target.api_url, target.api_source, target.credentials_source) == (API, "CF_API", "the environment")


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (Options(username="bob", password="pw"), PasswordCredentials("bob", "pw")),
        (Options(username="bob"), PasswordCredentials("bob", "hunter2")),
        (Options(client_id="x", client_secret="y"), ClientCredentials("x", "y")),
        (Options(access_token="abc"), TokenCredentials("abc")),
        (Options(passcode="Zx9"), PasscodeCredentials("Zx9")),
    ],
)
def test_options_win_over_the_environment(tmp_path, options, expected):
    target = resolve_target(options, {"CF_API": API, **USER}, tmp_path)
    assert target.credentials == expected
    assert target.credentials_source == "the command line"


@pytest.mark.parametrize(
    ("options", "environ", "summary"),
    [
        (Options(), {"CF_USERNAME": "ada"}, "CF_USERNAME is given, but CF_PASSWORD is missing"),
        (Options(), {"CF_PASSWORD": "pw"}, "CF_PASSWORD is given, but CF_USERNAME is missing"),
        (Options(), {"CF_CLIENT_ID": "ci"}, "CF_CLIENT_ID is given, but CF_CLIENT_SECRET is missing"),
        (Options(), {"CF_CLIENT_SECRET": "s"}, "CF_CLIENT_SECRET is given, but CF_CLIENT_ID is missing"),
        (Options(username="ada"), {}, "--username is given, but CF_PASSWORD is missing"),
        (Options(client_secret="s"), {}, "--client-secret is given, but CF_CLIENT_ID is missing"),
    ],
)
def test_half_a_pair_is_refused_naming_the_other_half(tmp_path, options, environ, summary):
    with pytest.raises(UsageError) as caught:
        resolve_target(options, {"CF_API": API, **environ}, tmp_path)
    assert caught.value.summary == summary


def test_two_ways_to_sign_in_on_one_command_line_are_refused(tmp_path):
    with pytest.raises(UsageError, match="--username and --passcode are two ways"):
        resolve_target(Options(api=API, username="a", password="b", passcode="c"), {}, tmp_path)


def test_the_api_is_taken_from_the_first_that_names_one(tmp_path):
    sign_in(tmp_path, Target="https://session.test")
    environ = {"CF_API": "env.test", **USER}
    assert (
        resolve_target(Options(api="option.test"), environ, tmp_path, "manifest.test").api_url == "https://option.test"
    )
    assert resolve_target(Options(), environ, tmp_path, "manifest.test").api_url == "https://env.test"
    manifest = resolve_target(Options(), {}, tmp_path, "session.test")
    assert (manifest.api_url, manifest.api_source) == ("https://session.test", "the manifests")
    session = resolve_target(Options(), USER, tmp_path)
    assert (session.api_url, session.api_source) == ("https://session.test", "the cf CLI's session")


@pytest.mark.parametrize("options", [Options(), Options(username="me", password="pw")])
def test_credentials_go_to_no_address_that_only_a_manifest_names(tmp_path, options):
    sign_in(tmp_path, Target="https://session.test")
    with pytest.raises(UsageError, match="comes from the manifests") as caught:
        resolve_target(options, USER, tmp_path, "https://evil.test")
    assert caught.value.hint == "if it is the right one, set CF_API=https://evil.test or use --api"


def test_the_session_gives_target_and_credentials(tmp_path):
    sign_in(tmp_path)
    target = resolve_target(Options(), {}, tmp_path)
    assert target.credentials == SessionCredentials("session-token", "session-refresh", "cf", "")
    assert target.credentials_source == "the cf CLI's session"


def test_cf_home_moves_the_session(tmp_path):
    (tmp_path / "elsewhere").mkdir()
    sign_in(tmp_path / "elsewhere")
    target = resolve_target(Options(), {"CF_HOME": str(tmp_path / "elsewhere")}, Path("/nowhere"))
    assert target.api_url == API


def test_the_session_serves_the_same_api_in_another_spelling(tmp_path):
    sign_in(tmp_path, Target="https://API.example.test:443/")
    assert isinstance(resolve_target(Options(api="api.example.test"), {}, tmp_path).credentials, SessionCredentials)


@pytest.mark.parametrize(
    "foundation_api", ["https://other.test", "http://api.example.test", "https://api.example.test:444"]
)
def test_the_sessions_token_goes_to_no_other_api(tmp_path, foundation_api):
    sign_in(tmp_path)
    with pytest.raises(UsageError) as caught:
        resolve_target(Options(), {}, tmp_path, foundation_api)
    assert caught.value.summary.endswith("the cf CLI is signed in to another API")
    assert caught.value.hint is not None
    assert caught.value.hint.startswith(f"sign in with `cf login -a {foundation_api}`")


def test_only_the_option_skips_tls_not_a_session_that_did(tmp_path):
    sign_in(tmp_path, SSLDisabled=True)
    assert not resolve_target(Options(), {}, tmp_path).skip_ssl_validation
    assert resolve_target(Options(skip_ssl_validation=True), {}, tmp_path).skip_ssl_validation


def test_the_ca_file_comes_from_the_option_then_the_environment(tmp_path):
    environ = {"CF_API": API, "CF_CA_FILE": "env.pem", **USER}
    assert resolve_target(Options(ca_file=Path("option.pem")), environ, tmp_path).ca_file == Path("option.pem")
    assert resolve_target(Options(), environ, tmp_path).ca_file == Path("env.pem")
    assert resolve_target(Options(), {"CF_API": API, **USER}, tmp_path).ca_file is None


def test_without_anything_the_way_in_is_named(tmp_path):
    with pytest.raises(UsageError) as caught:
        resolve_target(Options(), {}, tmp_path)
    assert "no API is named" in caught.value.summary
    assert caught.value.hint == "name it with --api or CF_API, or sign in with `cf login`"


def test_an_api_without_credentials_names_the_ways_to_sign_in(tmp_path):
    with pytest.raises(UsageError) as caught:
        resolve_target(Options(api=API), {}, tmp_path)
    assert caught.value.summary.startswith(f"no credentials for {API}: there is no cf CLI session")
    assert "`cf login -a https://api.example.test`" in (caught.value.hint or "")


def test_a_signed_out_session_is_told_from_a_missing_one(tmp_path):
    sign_in(tmp_path, AccessToken="", RefreshToken="")
    with pytest.raises(UsageError, match="the cf CLI is signed out"):
        resolve_target(Options(), {}, tmp_path)


def test_a_token_that_cannot_travel_in_a_header_is_refused_unseen(tmp_path):
    for written in ("abc def ghi", "ab\ncd", "tökén"):
        with pytest.raises(UsageError) as caught:
            resolve_target(Options(), {"CF_API": API, "CF_ACCESS_TOKEN": written}, tmp_path)
        assert caught.value.summary == "CF_ACCESS_TOKEN does not hold an access token"


@pytest.mark.parametrize(
    ("environ", "name"),
    [
        ({"CF_USERNAME": "ada", "CF_PASSWORD": "pa\udce9s"}, "CF_PASSWORD"),
        ({"CF_USERNAME": "ad\udce9", "CF_PASSWORD": "pw"}, "CF_USERNAME"),
        ({"CF_CLIENT_ID": "ci", "CF_CLIENT_SECRET": "\udcff"}, "CF_CLIENT_SECRET"),
    ],
)
def test_bytes_that_are_no_text_are_refused_naming_the_variable(tmp_path, environ, name):
    with pytest.raises(UsageError) as caught:
        resolve_target(Options(), {"CF_API": API, **environ}, tmp_path)
    assert caught.value.summary == f"{name} is not text in UTF-8"
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None
    with pytest.raises(UsageError, match="--passcode is not text in UTF-8"):
        resolve_target(Options(api=API, passcode="\udce9"), {}, tmp_path)
