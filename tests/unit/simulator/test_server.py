import signal
import subprocess
import sys

import httpx
import pytest

from reconciler.simulator.faults import Effect, Fault
from reconciler.simulator.server import running

SCRIPT = """
from reconciler.simulator.foundation import Foundation
from reconciler.simulator.seed import build_world
from reconciler.simulator.server import serve
serve(Foundation(build_world({})), "127.0.0.1", 0, lambda url: print(url, flush=True))
print("stopped")
"""


@pytest.fixture
def over_http(foundation):
    with running(foundation) as url, httpx.Client(base_url=url, trust_env=False) as client:
        yield client


def test_links_lead_to_the_address_that_is_served(over_http, foundation):
    root = over_http.get("/").json()["links"]
    assert root["self"]["href"] == str(over_http.base_url).rstrip("/") == foundation.base_url
    form = {"grant_type": "password", "username": "admin", "password": "admin"}
    answer = over_http.post(root["uaa"]["href"] + "/oauth/token", data=form, auth=("cf", ""))
    token = answer.json()["access_token"]
    policies = over_http.get(
        root["network_policy_v1"]["href"] + "/policies", headers={"Authorization": f"bearer {token}"}
    )
    assert policies.json()["total_policies"] == 2


def test_path_and_query_arrive_as_they_were_sent(over_http, foundation):
    over_http.get("/networking/v1%2Fexternal/policies?id=%2C%zz")
    assert foundation.requests[-1] == ("GET", "/networking/v1%2Fexternal/policies", "id=%2C%zz", 404)


@pytest.mark.parametrize("effect", [Effect.DROP_BEFORE, Effect.DROP_AFTER])
def test_a_dropped_connection_is_broken_without_an_answer(over_http, foundation, effect):
    foundation.inject(Fault(effect, times=1))
    with pytest.raises((httpx.RemoteProtocolError, httpx.ReadError)):
        over_http.get("/")
    assert over_http.get("/").status_code == 200


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_stops_the_server_in_order(number):
    with subprocess.Popen([sys.executable, "-c", SCRIPT], stdout=subprocess.PIPE, text=True) as process:
        url = process.stdout.readline().strip()
        assert httpx.get(url, trust_env=False).status_code == 200
        process.send_signal(number)
        assert process.communicate(timeout=10)[0] == "stopped\n"
        assert process.returncode == 0
