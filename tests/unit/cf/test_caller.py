from __future__ import annotations

import httpx
import pytest

from reconciler.cf.api import Api
from reconciler.cf.auth import TokenSource
from reconciler.cf.caller import read_caller
from reconciler.cf.claims import decode_claims
from reconciler.cf.cloud_controller import CloudController
from reconciler.cf.credentials import TokenCredentials
from reconciler.cf.policy_server import PolicyServer
from reconciler.cf.root import Root
from reconciler.errors import AuthorizationError, NotFoundError, PlatformError, RejectedError, UnavailableError
from reconciler.model.names import SpaceRef

API = "https://api.example.test"
SPACES = {"s1": SpaceRef("acme", "one"), "s2": SpaceRef("acme", "two")}
ADMIN = ("network.admin", "cloud_controller.admin")


def role(guid: str, kind: str, user: str = "ada-guid", space: str | None = None) -> dict[str, object]:
    data: dict[str, object] = {"user": {"data": {"guid": user}}, "space": {"data": space and {"guid": space}}}
    data["organization"] = {"data": None if space else {"guid": "o"}}
    return {"guid": guid, "type": kind, "relationships": data}


def listing(*rows: object, pages: int = 1) -> httpx.Response:
    pagination = {"total_pages": pages, "total_results": len(rows) * pages, "next": None}
    return httpx.Response(200, json={"pagination": pagination, "resources": rows})


@pytest.fixture
def read(make_http):
    """Find out about the holder of a token; the answers are those of the paths that may be asked."""

    def find(token: str, **answers: httpx.Response):
        asked: list[httpx.Request] = []

        def server(request: httpx.Request) -> httpx.Response:
            asked.append(request)
            return answers[request.url.path.rpartition("/")[2]]

        tokens = TokenSource(TokenCredentials(token), lambda _: pytest.fail("no grant is asked for"), lambda: 0.0)
        api = Api(make_http(server), API, lambda: Root("https://uaa.test", "/networking/v1/external", None), tokens)
        return read_caller(decode_claims(token), CloudController(api, 1), PolicyServer(api), SPACES), asked

    return find


def test_scopes_that_settle_everything_cost_no_call(read, make_jwt):
    caller, asked = read(make_jwt(sub="ada-guid", user_name="ada", scope=[*ADMIN]))
    assert (caller.name, caller.network_admin, caller.reads_every_app, caller.edits_every_space) == (
        "ada",
        True,
        True,
        True,
    )
    assert asked == []


def test_roles_in_spaces_count_and_others_do_not(read, make_jwt):
    rows = [
        role("r1", "space_developer", space="s1"),
        role("r2", "space_supporter", space="s2"),
        role("r3", "space_developer", space="not-read"),
        role("r4", "organization_manager"),
        role("r5", "space_developer", user="somebody else", space="s2"),
        role("r6", "space_auditor", space="s2"),
    ]
    caller, asked = read(make_jwt(sub="ada-guid", scope=["cloud_controller.read"]), roles=listing(*rows))
    assert (caller.network_admin, caller.reads_every_app, caller.edits_every_space) == (False, False, False)
    assert caller.developer_in == {SPACES["s1"]}
    assert caller.supporter_in == {SPACES["s2"]}
    assert dict(asked[0].url.params) == {
        "types": "space_developer,space_supporter",
        "user_guids": "ada-guid",
        "page": "1",
        "per_page": "5000",
    }


def test_roles_are_one_page_however_many_there_are(read, make_jwt):
    roles = listing(role("r1", "space_developer", space="s1"), pages=3)
    caller, asked = read(make_jwt(sub="ada-guid"), roles=roles)
    assert caller.developer_in == {SPACES["s1"]}
    assert len(asked) == 1


@pytest.mark.parametrize("scope", ["cloud_controller.admin_read_only", "cloud_controller.global_auditor"])
def test_who_reads_everywhere_edits_only_by_roles(read, make_jwt, scope):
    caller, _ = read(make_jwt(sub="ada-guid", scope=[scope, "network.admin"]), roles=listing())
    assert (caller.network_admin, caller.reads_every_app, caller.edits_every_space) == (True, True, False)


def test_a_client_is_a_user_by_its_id(read, make_jwt):
    rows = [role("r1", "space_developer", user="ci", space="s1")]
    caller, asked = read(make_jwt(sub="ci", client_id="ci", scope="network.write"), roles=listing(*rows))
    assert (caller.name, caller.developer_in) == ("ci", {SPACES["s1"]})
    assert asked[0].url.params["user_guids"] == "ci"


@pytest.mark.parametrize(("status", "expected"), [(200, True), (403, False), (404, False)])
def test_of_an_opaque_token_the_policy_server_tells_and_roles_stay_unknown(read, status, expected):
    caller, asked = read("opaque", whoami=httpx.Response(status, json={"subject": "ada"}))
    assert (caller.name, caller.network_admin) == ("the holder of this token", expected)
    assert (caller.edits_every_space, caller.developer_in, caller.supporter_in) == (False, frozenset(), frozenset())
    assert [request.url.path for request in asked] == ["/networking/v1/external/whoami"]


REFUSALS = [(403, AuthorizationError), (404, NotFoundError), (400, RejectedError)]


@pytest.mark.parametrize(("status", "kind"), REFUSALS)
def test_an_api_that_tells_no_roles_stops_only_those_who_depend_on_them(read, make_jwt, status, kind):
    refused = httpx.Response(status, json={"errors": [{"code": 10000, "title": "x", "detail": "no"}]})
    caller, _ = read(make_jwt(sub="ada-guid", scope=["network.admin"]), roles=refused)
    assert (caller.network_admin, caller.developer_in) == (True, frozenset())
    with pytest.raises(kind):
        read(make_jwt(sub="ada-guid", scope=["network.write"]), roles=refused)


def test_an_api_that_is_down_stops_everybody(read, make_jwt):
    with pytest.raises(UnavailableError):
        read(make_jwt(sub="ada-guid", scope=["network.admin"]), roles=httpx.Response(503))


def test_a_subject_of_any_form_is_no_internal_error(read, make_jwt):
    with pytest.raises(PlatformError):
        read(make_jwt(sub="x" * 70_000), roles=listing())
