import base64
import json

TOKEN = "/uaa/oauth/token"


def sign_in(client, **form):
    return client.post(TOKEN, data={"grant_type": "password", **form}, auth=("cf", ""))


def claims(token):
    body = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))


def test_a_password_token_carries_the_claims_that_clients_read(foundation, connect, clock):
    answer = sign_in(connect(foundation, None), username="dora", password="secret").json()
    found = claims(answer["access_token"])
    assert answer["expires_in"] == 1199
    assert found["exp"] == int(clock().timestamp()) + 1200
    assert (found["user_name"], found["sub"]) == ("dora", foundation.world.users["dora"].guid)
    assert found["scope"] == ["openid", "network.write", "cloud_controller.read", "cloud_controller.write"]


def test_a_wrong_password_and_a_wrong_client_are_bad_credentials(foundation, connect):
    client = connect(foundation, None)
    form = {"grant_type": "client_credentials"}
    refused = [
        sign_in(client, username="dora", password="x"),
        client.post(TOKEN, data=form, auth=("robot", "x")),
        client.post(TOKEN, data=form, auth=("nobody", "")),
    ]
    for answer in refused:
        assert answer.status_code == 401
        assert answer.json() == {"error": "invalid_client", "error_description": "Bad credentials"}


def test_a_client_signs_in_by_header_or_form_and_gets_no_refresh_token(foundation, connect):
    client = connect(foundation, None)
    form = {"grant_type": "client_credentials"}
    for answer in (
        client.post(TOKEN, data=form, auth=("robot", "s3cret")),
        client.post("/oauth/token", data=form | {"client_id": "robot", "client_secret": "s3cret"}),
    ):
        assert "refresh_token" not in answer.json()
        assert claims(answer.json()["access_token"])["sub"] == "robot"


def test_an_access_token_expires_and_a_refresh_token_brings_a_new_one(foundation, connect, clock):
    client = connect(foundation, None)
    first = sign_in(client, username="dora", password="secret").json()
    clock.pass_seconds(1201)
    headers = {"Authorization": f"bearer {first['access_token']}"}
    assert client.get("/v3/apps", headers=headers).json()["errors"][0]["title"] == "CF-InvalidAuthToken"
    assert client.get("/networking/v1/external/policies", headers=headers).status_code == 401
    form = {"grant_type": "refresh_token", "refresh_token": first["refresh_token"]}
    second = client.post(TOKEN, data=form, auth=("cf", "")).json()
    assert second["refresh_token"] == first["refresh_token"]
    assert client.get("/v3/apps", headers={"Authorization": f"Bearer {second['access_token']}"}).status_code == 200


def test_a_dead_refresh_token_is_an_invalid_token(foundation, connect):
    form = {"grant_type": "refresh_token", "refresh_token": "dead"}
    answer = connect(foundation, None).post(TOKEN, data=form, auth=("cf", ""))
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_token")


def test_refresh_tokens_rotate_where_the_operator_says_so(make_foundation, connect):
    client = connect(make_foundation(refresh_token_rotate=True), None)
    first = sign_in(client, username="dora", password="secret").json()
    form = {"grant_type": "refresh_token", "refresh_token": first["refresh_token"]}
    assert client.post(TOKEN, data=form, auth=("cf", "")).json()["refresh_token"] != first["refresh_token"]
    assert client.post(TOKEN, data=form, auth=("cf", "")).status_code == 401


def test_a_passcode_works_once(foundation, connect):
    foundation.uaa.passcodes["abc"] = "dora"
    client = connect(foundation, None)
    assert [sign_in(client, passcode="abc").status_code for _ in range(2)] == [200, 401]


def test_a_foreign_scope_is_invalid(foundation, connect):
    answer = sign_in(connect(foundation, None), username="dora", password="secret", scope="network.admin")
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_scope")


def test_a_token_of_another_world_is_refused(foundation, make_foundation, connect):
    other = make_foundation()
    other.tokens.revoke_all()
    token = connect(other, "dora").headers["Authorization"]
    assert connect(foundation, None).get("/v3/apps", headers={"Authorization": token}).status_code == 401
