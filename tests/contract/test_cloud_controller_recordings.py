"""Replays, in their order, exchanges recorded from a real Cloud Controller and UAA (API 3.188)."""

import gzip
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from reconciler.simulator.exchange import Request, Response
from reconciler.simulator.foundation import Foundation
from reconciler.simulator.seed import build_world

RECORDED = Path(__file__).with_name("recorded") / "cloud-controller.jsonl.gz"
BASE = "https://api.cf.example.com"
GUID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}")
EXCLUDED = {"resource_security_group_crud": "application security groups do not gate container-to-container traffic"}
NEWER_THAN_THE_RECORDING = {"options", "suspended", "created_at", "updated_at"}

SPACE = "795a961c-6360-479a-9666-fff9cb906aad"
IMAGE_APPS = ("15a74002-cf3a-4bf2-b76f-fe96867c46ee", "24a711f2-148b-4d48-b37a-90a66d6e842f")
SEED = {
    "domains": [{"name": "apps.example.com", "guid": "440e24e5-ee11-41d9-a996-2ed0a1e2deea"}],
    "organizations": [
        {
            "name": "acme",
            "guid": "784b4cd0-4771-4e4d-9052-a07e178bae56",
            "labels": {"env": "canary"},
            "spaces": [
                {
                    "name": "routes",
                    "guid": SPACE,
                    "apps": [{"name": guid[:4], "guid": guid, "lifecycle": "docker"} for guid in IMAGE_APPS],
                }
            ],
        },
        {
            "name": "terraform-integration-prod_demo-tfexporter-m1tnmlap",
            "guid": "261e5031-3e54-4b12-b316-94b3195b5f8e",
            "spaces": [
                {"name": "test-space", "guid": "d92692bc-840b-4b90-b52e-9c59ee766fa7"},
                {"name": "test-space2", "guid": "7d2d62d7-be63-4010-b653-ba4cb7d52a57"},
            ],
        },
    ],
}
QUOTAS = {
    "784b4cd0-4771-4e4d-9052-a07e178bae56": "c17f045b-cebf-451a-b2d8-6c885fd9dbfc",
    "261e5031-3e54-4b12-b316-94b3195b5f8e": "60c00c3a-b8d1-49b1-b7a0-e9d2bfddc2da",
}


def sessions() -> dict[str, list[dict[str, Any]]]:
    lines = gzip.decompress(RECORDED.read_bytes()).splitlines()
    found: dict[str, list[dict[str, Any]]] = {}
    for exchange in map(json.loads, lines):
        found.setdefault(exchange["source"], []).append(exchange)
    return found


SESSIONS = sessions()


class Replay:
    """One recorded session. `ours` maps GUIDs of the recording to those that this foundation chose."""

    def __init__(self) -> None:
        world = build_world(SEED)
        for guid, quota in QUOTAS.items():
            world.organizations[guid].quota = quota
        for guid in IMAGE_APPS:
            world.apps[guid].image_port = 80
        self.foundation = Foundation(world, BASE)
        self.ours: dict[str, str] = {}
        signed_in = self.sign_in("grant_type=password&username=admin&password=admin")
        self.token, self.refresh_token = signed_in["access_token"], signed_in["refresh_token"]

    def sign_in(self, form: str) -> Any:
        headers = (("Authorization", "Basic Y2Y6"),)
        return self.foundation.handle(Request("POST", "/uaa/oauth/token", "", headers, form.encode())).json()

    def send(self, request: dict[str, Any]) -> Response:
        if request["host"] == "uaa":
            return self.send_to_uaa(request)
        body = request.get("body")
        text = "" if body is None else GUID.sub(lambda found: self.ours.get(found[0], found[0]), json.dumps(body))
        path = GUID.sub(lambda found: self.ours.get(found[0], found[0]), request["path"])
        headers = (("Authorization", f"bearer {self.token}"),)
        return self.foundation.handle(
            Request(request["method"], path, urlencode(request["query"]), headers, text.encode())
        )

    def send_to_uaa(self, request: dict[str, Any]) -> Response:
        form = request["body"].replace("refresh_token=redacted", f"refresh_token={self.refresh_token}")
        form = form.replace("=redacted", "=admin")
        headers = (("Authorization", "Basic Y2Y6"),)
        return self.foundation.handle(Request("POST", "/uaa/oauth/token", "", headers, form.encode()))

    def differences(self, recorded: Any, given: Any, place: str = "") -> Iterator[str]:
        if isinstance(recorded, dict) and isinstance(given, dict):
            yield from self.object_differences(recorded, given, place)
        elif isinstance(recorded, list) and isinstance(given, list):
            yield from self.list_differences(recorded, given, place)
        elif isinstance(recorded, str) and isinstance(given, str):
            yield from self.text_differences(recorded, given, place)
        elif recorded != given:
            yield f"{place}: {given!r} instead of {recorded!r}"

    def object_differences(self, recorded: dict[str, Any], given: dict[str, Any], place: str) -> Iterator[str]:
        if given.keys() - recorded.keys() - NEWER_THAN_THE_RECORDING:
            yield f"{place}: unknown keys {sorted(given.keys() - recorded.keys())}"
        for key, value in recorded.items():
            if key not in given:
                yield f"{place}.{key} is missing"
            elif key not in {"created_at", "updated_at"}:
                yield from self.differences(value, given[key], f"{place}.{key}")

    def list_differences(self, recorded: list[Any], given: list[Any], place: str) -> Iterator[str]:
        if len(recorded) != len(given):
            yield f"{place}: {len(given)} items instead of {len(recorded)}"
            return
        if place.endswith(".destinations"):
            # Sorted by GUID, and each foundation chooses its own.
            recorded, given = (
                sorted(items, key=lambda item: (item["app"]["guid"], item["port"])) for items in (recorded, given)
            )
        for index, (one, other) in enumerate(zip(recorded, given, strict=True)):
            yield from self.differences(one, other, f"{place}[{index}]")

    def text_differences(self, recorded: str, given: str, place: str) -> Iterator[str]:
        for one, other in zip(GUID.findall(recorded), GUID.findall(given), strict=False):
            if self.ours.setdefault(one, other) != other:
                yield f"{place}: {one} is both {self.ours[one]} and {other}"
        if GUID.sub("<guid>", recorded) != GUID.sub("<guid>", given):
            yield f"{place}: {given!r} instead of {recorded!r}"


def check(replay: Replay, exchange: dict[str, Any]) -> None:
    request, expected = exchange["request"], exchange["response"]
    answer = replay.send(request)
    assert answer.status == expected["status"], (request, answer.body)
    assert answer.header("Content-Type") == expected["headers"].get("Content-Type")
    if request["host"] == "uaa":
        assert answer.json().keys() == expected["body"].keys() - {"id_token"}
    elif request["path"] == "/":
        check_root(answer.json()["links"], expected["body"]["links"])
    elif expected["body"] is None:
        assert answer.body == b""
        found = replay.differences(expected["headers"].get("Location"), answer.header("Location"), "Location")
        assert list(found) == []
    else:
        assert list(replay.differences(expected["body"], answer.json())) == [], request


def check_root(given: dict[str, Any], recorded: dict[str, Any]) -> None:
    assert given.keys() == recorded.keys() - {"cloud_controller_v2"}
    for name in ("self", "network_policy_v0", "network_policy_v1"):
        assert given[name] == recorded[name]
    assert given["cloud_controller_v3"]["href"] == recorded["cloud_controller_v3"]["href"]


@pytest.mark.parametrize("source", sorted(SESSIONS.keys() - EXCLUDED.keys()))
def test_answers_as_the_real_servers_did(source: str) -> None:
    replay = Replay()
    for exchange in SESSIONS[source]:
        check(replay, exchange)


def test_every_recorded_session_is_replayed_or_excluded_with_a_reason() -> None:
    assert EXCLUDED.keys() <= SESSIONS.keys()
