from __future__ import annotations

import pytest

from reconciler.manifests.importing.app_manifest import read_app_manifest
from reconciler.manifests.importing.formats import Format, recognise
from reconciler.model.names import SpaceRef

HOME = SpaceRef("acme", "payments")
INTERNAL = frozenset({"apps.internal"})


@pytest.mark.parametrize(
    ("name", "content", "found"),
    [
        ("a.tf", b"", Format.TERRAFORM_HCL),
        ("a.tfstate", b"", Format.TERRAFORM_STATE),
        ("a.yml", b"", Format.RFC_0034),
        ("a.yaml", b"Listing network policies in org", Format.RFC_0034),
        ("a.json", b' {"version": 4}', Format.TERRAFORM_STATE),
        ("-", b"$ cf\nListing network policies in org a", Format.CF),
        ("-", b"source   destination   protocol", Format.CF),
        ("-", b"version: 2\nnetwork_policies: []\n", Format.RFC_0034),
        ("-", b'resource "a" "b" {\n}\n', Format.TERRAFORM_HCL),
        ("-", b"Listing network policies in x\nnetwork_policies: []\n", None),
        ("-", b"hello", None),
        ("-", b"", None),
    ],
)
def test_a_format_is_known_by_name_or_by_content(name, content, found):
    assert recognise(name, content) == found


def codes(text: str) -> list[tuple[str, int]]:
    reading = read_app_manifest("app.yml", text.encode(), HOME, INTERNAL)
    return sorted((item.code, item.span.line) for item in reading.diagnostics)


POLICY = "network_policies:\n- destination: {app: {name: a, port_range: 1234-9999}}\n  source: {app: {name: b%s}}\n"


def test_the_example_of_the_rfc_is_read():
    text = """\
routes:
  - url: destination-app.apps.internal
    destinations: [{app: {name: destination-app}}]
  - url: www.example.com
    destinations: [{app: {name: destination-app}, protocol: http2}]
network_policies:
  - destination:
      app:
        name: destination-app
        port_range: 1234-9999
    source:
      app:
        name: source-app
        org: source-app-org
        space: source-app-space
    protocol: tcp
"""
    reading = read_app_manifest("app.yml", text.encode(), HOME, INTERNAL)
    assert reading.diagnostics == reading.not_imported == ()
    assert [str(one) for one in reading.policies] == [
        "source-app-org/source-app-space/source-app -> acme/payments/destination-app tcp/1234-9999"
    ]
    assert [(str(one.route), one.app.app) for one in reading.routes] == [
        ("destination-app.apps.internal", "destination-app")
    ]


@pytest.mark.parametrize(
    ("more", "source"),
    [("", "acme/payments/b"), (", space: web", "acme/web/b"), (", space: web, org: x", "x/web/b")],
)
def test_a_source_is_of_the_same_space_unless_it_says_more(more, source):
    reading = read_app_manifest("app.yml", (POLICY % more).encode(), HOME, INTERNAL)
    assert [str(one.source) for one in reading.policies] == [source]


def test_without_a_space_nothing_is_read():
    assert [item.code for item in read_app_manifest("a", (POLICY % "").encode(), None, INTERNAL).diagnostics] == [
        "no-space"
    ]


def test_everything_that_is_wrong_is_said_at_once():
    text = """\
network_policies:
- {destination: {app: {name: a, port_range: 0}}, source: {app: {name: b, org: c}}}
- {destination: {app: {port_range: 80}}, source: {}, colour: red}
- {destination: {app: {name: a, ports: 80}}, source: {app: {name: b, space: 1}}, protocol: icmp}
- {destination: {app: {name: a, port_range: 0}}, source: {app: {name: b}}}
- word
"""
    assert codes(text) == [
        ("bad-port", 5),
        ("bad-protocol", 4),
        ("wrong-shape", 2),
        ("wrong-shape", 3),
        ("wrong-shape", 3),
        ("wrong-shape", 3),
        ("wrong-shape", 4),
        ("wrong-shape", 4),
        ("wrong-shape", 6),
    ]
    assert codes("network_policies: 1\n") == [("wrong-shape", 1)]
    assert codes("applications: []\n") == [("nothing-to-import", 1)]


def test_a_destination_with_more_than_an_app_is_listed():
    text = "network_policies: []\nroutes: [{url: a.apps.internal, destinations: [{app: {name: b}, port: 1}, 5]}]\n"
    reading = read_app_manifest("app.yml", text.encode(), HOME, INTERNAL)
    assert len(reading.not_imported) == 2
