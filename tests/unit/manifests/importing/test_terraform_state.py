from __future__ import annotations

import json
import time

import pytest

from reconciler.manifests.importing.declared import AppGuid, Unresolved
from reconciler.manifests.importing.terraform_state import read_terraform_state
from reconciler.model.names import AppRef

SECRET = "hunter2"


def resource(kind: str, *attributes: dict, mode: str = "managed", **more) -> dict:
    instances = [{"schema_version": 0, "attributes": found, **more} for found in attributes]
    return {"mode": mode, "type": kind, "name": "x", "provider": 'provider["..."]', "instances": instances}


def state(*resources: dict, **more) -> bytes:
    return json.dumps(
        {"version": 4, "terraform_version": "1.9.0", "resources": [*resources], **more}, indent=2
    ).encode()


def row(source: object = "g1", destination: object = "g2", port: object = "8080", protocol: object = "tcp") -> dict:
    return {"source_app": source, "destination_app": destination, "port": port, "protocol": protocol}


def read(*resources: dict):
    return read_terraform_state("s.tfstate", state(*resources))


@pytest.mark.parametrize("key", ["policy", "policies"])
def test_both_providers_policies_are_read(key):
    reading = read(resource("cloudfoundry_network_policy", {"id": "x", key: [row(), row(port="1-5", protocol="udp")]}))
    assert reading.diagnostics == ()
    assert [(one.source, one.destination, one.protocol, str(one.ports)) for one in reading.policies] == [
        (AppGuid("g1"), AppGuid("g2"), "tcp", "8080"),
        (AppGuid("g1"), AppGuid("g2"), "udp", "1-5"),
    ]
    text = state(resource("cloudfoundry_network_policy", {"id": "x", key: [row()]})).decode().splitlines()
    span = reading.policies[0].span
    assert text[span.line - 1][span.column - 1 :] == "{"
    assert '"source_app"' in text[span.line]


def test_apps_are_named_by_the_state_where_it_can():
    reading = read(
        resource("cloudfoundry_org", {"id": "o", "name": "acme"}, mode="data"),
        resource("cloudfoundry_space", {"id": "s", "name": "web", "org": "o"}, mode="data"),
        resource("cloudfoundry_app", {"id": "g1", "id_bg": "g9", "name": "shop", "space": "s"}),
        resource("cloudfoundry_app", {"id": "g2", "name": "api", "space_name": "back", "org_name": "globex"}),
        resource("cloudfoundry_app", {"id": "g3", "name": "lost", "space": "unknown"}),
        resource("cloudfoundry_network_policy", {"policy": [row()]}),
    )
    shop = AppRef("acme", "web", "shop")
    assert reading.names == {"g1": shop, "g9": shop, "g2": AppRef("globex", "back", "api")}


def test_no_secret_of_a_state_is_ever_shown():
    reading = read(
        resource("cloudfoundry_app", {"id": "g1", "name": "a", "space": "s", "environment": {"A": SECRET}}),
        resource("cloudfoundry_app", {"id": SECRET, "name": [SECRET], "space_name": {"x": SECRET}, "org_name": 1}),
        resource("cloudfoundry_user_provided_service", {"credentials": {"p": SECRET}}),
        resource("cloudfoundry_network_policy", {"policy": [{"environment": SECRET}], "note": SECRET}),
        resource("cloudfoundry_network_policy", {"policy": SECRET}),
        {"type": SECRET, "instances": SECRET},
    )
    assert SECRET not in repr(reading)
    assert [item.code for item in reading.diagnostics] == ["wrong-shape", "wrong-shape"]
    assert SECRET not in repr(read_terraform_state("s", f'{{"a": "{SECRET}"'.encode()))


def test_what_is_not_current_or_not_known_yet_is_no_policy():
    deposed = resource("cloudfoundry_network_policy", {"policy": [row()]}, deposed="1a2b")
    reading = read(deposed, resource("cloudfoundry_network_policy", {"policy": [row(source=None)]}))
    assert [item.what for item in reading.not_imported] == ["cloudfoundry_network_policy.x"]
    assert [type(one.source) for one in reading.policies] == [Unresolved]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"{", "json-syntax"),
        (b"[]", "unsupported-state"),
        (b'{"version": 3, "modules": []}', "unsupported-state"),
        (b'{"version": 3, "resources": []}', "unsupported-state"),
        (b'{"format_version": "1.0", "values": {}}', "unsupported-state"),
        (state(), "nothing-to-import"),
        (state(resource("cloudfoundry_network_policy", {"policy": [row(port="0")]})), "bad-port"),
        (state(resource("cloudfoundry_network_policy", {"policy": [row(protocol="icmp")]})), "bad-protocol"),
        (state(resource("cloudfoundry_network_policy", {"other": 1})), "wrong-shape"),
    ],
)
def test_what_is_wrong_has_a_code(content, code):
    assert [item.code for item in read_terraform_state("s.tfstate", content).diagnostics] == [code]


def test_a_deep_or_long_state_is_read_in_little_time():
    begun = time.monotonic()
    deep = b'{"version": 4, "resources": ' + b"[" * 100_000
    assert [item.code for item in read_terraform_state("s", deep).diagnostics] == ["json-syntax"]
    many = state(resource("cloudfoundry_network_policy", {"policy": [row(source=f"g{n}") for n in range(5000)]}))
    assert len(read_terraform_state("s", many).policies) == 5000
    assert time.monotonic() - begun < 20
