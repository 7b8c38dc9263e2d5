import httpx
import pytest

from reconciler.simulator.faults import Effect, Fault
from reconciler.simulator.seed import SeedError, build_world
from reconciler.simulator.transport import EmbeddedTransport

POLICIES = "/networking/v1/external/policies"
BODY = {
    "policies": [
        {"source": {"id": "a"}, "destination": {"id": "b", "protocol": "tcp", "ports": {"start": 1, "end": 1}}}
    ]
}


def test_uaa_down_breaks_sign_in_and_looks_like_a_bad_token_to_the_policy_server(admin, foundation):
    foundation.inject(Fault(Effect.UAA_DOWN))
    with pytest.raises(httpx.ConnectError):
        admin.post("/uaa/oauth/token")
    assert admin.get(POLICIES).text == '{"error": "failed to verify token with uaa"}'
    assert admin.get("/v3/apps").status_code == 200
    foundation.heal()
    assert admin.get(POLICIES).status_code == 200


def test_a_rate_limit_answers_json_as_text_and_says_when_to_come_back(admin, foundation):
    foundation.inject(Fault(Effect.RATE_LIMITED, after=1, times=1, seconds=7))
    answers = [admin.get("/v3/apps") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 429, 200]
    assert answers[1].headers["Retry-After"] == "7"
    assert answers[1].headers["Content-Type"].startswith("text/plain")
    assert answers[1].json()["errors"][0]["code"] == 10013


def test_a_missing_policy_server_is_answered_by_cloud_controller(admin, foundation):
    foundation.inject(Fault(Effect.POLICY_SERVER_MISSING))
    assert admin.get(POLICIES).json() == {"description": "Unknown request", "error_code": "CF-NotFound", "code": 10000}


@pytest.mark.parametrize(
    ("effect", "status", "reason"),
    [
        (Effect.BAD_GATEWAY, 502, "endpoint_failure (EOF)"),
        (Effect.NO_ENDPOINTS, 503, "no_endpoints"),
        (Effect.UNKNOWN_ROUTE, 404, "unknown_route"),
    ],
)
def test_the_router_fails_in_plain_text_with_its_own_header(admin, foundation, effect, status, reason):
    foundation.inject(Fault(effect, method="GET", path="/v3/*"))
    answer = admin.get("/v3/apps")
    assert (answer.status_code, answer.headers["X-Cf-RouterError"]) == (status, reason)


def test_a_write_happens_although_the_answer_is_lost(admin, foundation):
    foundation.inject(Fault(Effect.DROP_AFTER, method="POST", times=1))
    with pytest.raises(httpx.ReadError):
        admin.post(POLICIES, json=BODY)
    assert admin.get(f"{POLICIES}?id=a").json()["total_policies"] == 1


def test_a_write_does_not_happen_when_the_connection_is_refused(admin, foundation):
    foundation.inject(Fault(Effect.DROP_BEFORE, method="POST", times=1))
    with pytest.raises(httpx.ConnectError):
        admin.post(POLICIES, json=BODY)
    assert admin.get(f"{POLICIES}?id=a").json()["total_policies"] == 0


def test_a_hook_is_a_second_writer_in_the_middle_of_a_run(admin, foundation):
    def second_writer(world):
        world.policies.add([("x", "y", "tcp", 1, 1)], 1)

    foundation.inject(Fault(Effect.HOOK_AFTER, path=POLICIES, after=1, times=1, hook=second_writer))
    totals = [admin.get(POLICIES).json()["total_policies"] for _ in range(3)]
    assert totals == [2, 2, 3]


def test_a_slow_answer_is_a_time_out_for_the_impatient(foundation):
    waited = []
    foundation.inject(Fault(Effect.SLOW, seconds=3))
    transport = EmbeddedTransport(foundation, sleep=waited.append)
    with httpx.Client(transport=transport, base_url=foundation.base_url, timeout=2) as client:
        with pytest.raises(httpx.ReadTimeout):
            client.get("/")
        assert client.get("/", timeout=5).status_code == 200
    assert waited == [3]


def test_jobs_fail_without_doing_their_work(admin, foundation):
    foundation.inject(Fault(Effect.JOB_FAILS))
    (route,) = foundation.world.routes
    job = admin.get(admin.delete(f"/v3/routes/{route}").headers["Location"]).json()
    assert (job["state"], job["errors"][0]["title"]) == ("FAILED", "UnknownError")
    assert route in foundation.world.routes


def test_warnings_come_form_encoded(admin, foundation):
    foundation.inject(Fault(Effect.WARNING, text="be careful, please"))
    assert admin.get("/v3/apps").headers["X-Cf-Warnings"] == "be+careful%2C+please"


def test_the_log_names_every_request_and_broken_connections(admin, foundation):
    foundation.inject(Fault(Effect.DROP_AFTER, path="/v3/spaces"))
    admin.get("/v3/apps?names=x")
    with pytest.raises(httpx.ReadError):
        admin.get("/v3/spaces")
    assert foundation.requests == [("GET", "/v3/apps", "names=x", 200), ("GET", "/v3/spaces", "", 0)]


def test_a_seed_can_bring_faults(make_foundation, connect):
    client = connect(make_foundation(faults=[{"effect": "unknown_error", "path": "/v3/apps", "times": 1}]))
    assert [client.get("/v3/apps").status_code for _ in range(2)] == [500, 200]


def test_a_seed_with_an_unknown_fault_is_refused():
    with pytest.raises(SeedError) as caught:
        build_world({"settings": {"faults": [{"effect": "nonsense"}]}})
    assert "one of these effects" in caught.value.details[0]
