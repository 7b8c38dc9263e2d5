from __future__ import annotations

import time

import pytest

from reconciler.manifests.importing.hcl import parse_hcl
from reconciler.manifests.importing.hcl_nodes import Block, Other, Reference, Text
from reconciler.manifests.importing.terraform_hcl import read_terraform_module

NAMES = """\
locals {
  stage = "prod"
  web   = cloudfoundry_app.web.id
}
data "cloudfoundry_org" "org" {
  name = "acme"
}
data "cloudfoundry_space" "space" {
  name = "web"
  org  = data.cloudfoundry_org.org.id
}
resource "cloudfoundry_app" "web" {
  name  = "web-${local.stage}"
  space = data.cloudfoundry_space.space.id
}
resource "cloudfoundry_app" "api" {
  name       = "api"
  space_name = data.cloudfoundry_space.space.name
  org_name   = "acme"
}
resource "cloudfoundry_app" "many" {
  count      = 2
  name       = "many"
  space_name = "web"
  org_name   = "acme"
}
"""


def policy(source: str, destination: str, rest: str = 'port = "8080"') -> str:
    body = f"source_app = {source}\n destination_app = {destination}\n {rest}"
    return f'resource "cloudfoundry_network_policy" "p" {{\n policy {{\n {body}\n }}\n}}\n'


def read(text: str, names: str = NAMES):
    return read_terraform_module({"infra/a.tf": names.encode(), "infra/b.tf": text.encode()})


def ends(text: str) -> list[tuple[str, str]]:
    reading = read(text)
    assert reading.diagnostics == ()
    return [(str(one.source), str(one.destination)) for one in reading.policies]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("cloudfoundry_app.web.id", "acme/web/web-prod"),
        ('"${cloudfoundry_app.web.id}"', "acme/web/web-prod"),
        ("cloudfoundry_app.api.id_bg", "acme/web/api"),
        ("local.web", "acme/web/web-prod"),
        ('"0b7c7a6e"', "(app 0b7c7a6e)"),
    ],
)
def test_an_app_is_named_by_what_its_module_says(written, meant):
    assert ends(policy(written, "cloudfoundry_app.api.id")) == [(meant, "acme/web/api")]


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("var.app", "this is a variable"),
        ("module.x.app_id", "the output of a module"),
        ("cloudfoundry_app.many[0].id", "has `count`"),
        ("cloudfoundry_app.gone.id", "defined in no file"),
        ("cloudfoundry_app.web.name", "no attribute that identifies an app"),
        ("x ? cloudfoundry_app.web.id : null", "only Terraform can work this out"),
        ("each.value", "one of several"),
    ],
)
def test_what_only_terraform_knows_is_kept_with_its_reason(written, reason):
    (found,) = read(policy(written, "cloudfoundry_app.api.id")).policies
    assert reason in found.source.reason


def test_the_list_of_the_official_provider_and_its_defaults():
    text = """\
resource "cloudfoundry_network_policy" "p" {
  policies = [
    { source_app = cloudfoundry_app.web.id, destination_app = cloudfoundry_app.api.id, port = 8080 },
    {
      "source_app" : cloudfoundry_app.web.id  # why not
      destination_app = cloudfoundry_app.api.id
      port            = "7000-7010"
      protocol        = "udp"
    }
  ]
}
"""
    reading = read(text)
    assert [(one.protocol, str(one.ports), one.span.line) for one in reading.policies] == [
        ("tcp", "8080", 3),
        ("udp", "7000-7010", 4),
    ]


@pytest.mark.parametrize(
    "text",
    [
        policy("local.web", "local.web", "port = var.port"),
        policy("local.web", "local.web", "port = 80\n protocol = var.p"),
        'resource "cloudfoundry_network_policy" "p" {\n for_each = {}\n}\n',
        'resource "cloudfoundry_network_policy" "p" {\n dynamic "policy" {\n for_each = []\n }\n}\n',
        'resource "cloudfoundry_network_policy" "p" {\n policies = [for x in y : x]\n}\n',
        'resource "cloudfoundry_network_policy" "p" {\n policies = [local.one]\n}\n',
    ],
)
def test_policies_that_only_terraform_can_count_are_listed(text):
    reading = read(text)
    assert reading.policies == reading.diagnostics == ()
    (item,) = reading.not_imported
    assert "terraform state pull" in item.reason


def test_all_mistakes_of_all_files_are_found():
    text = policy("local.web", "local.web", 'port = "0"\n protocol = "icmp"\n colour = 1') + policy(
        "local.web", "local.web", ""
    )
    names = 'resource "x" "y" {\n a = "unclosed\n}\n' + NAMES
    found = [(item.code, str(item.span)) for item in read(text, names).diagnostics]
    assert found == [
        ("hcl-syntax", "infra/a.tf:2:6"),
        ("wrong-shape", "infra/b.tf:7:11"),
        ("bad-port", "infra/b.tf:5:9"),
        ("bad-protocol", "infra/b.tf:6:13"),
        ("wrong-shape", "infra/b.tf:11:2"),
    ]


def test_locals_that_double_each_other_or_go_in_circles_cost_nothing():
    doubled = "".join(f'  l{n + 1} = "${{local.l{n}}}${{local.l{n}}}"\n' for n in range(30))
    names = f'locals {{\n  l0 = ""\n{doubled}  a = local.b\n  b = local.a\n}}\n' + NAMES
    begun = time.monotonic()
    for name in ("local.l30", "local.a"):
        (found,) = read(policy(name, "local.web"), names).policies
        assert "acme" not in str(found.source)
    assert time.monotonic() - begun < 5


def test_expressions_that_are_not_needed_are_kept_as_text():
    lines = ['x = f(1, "}") + 2', "y = <<-E", '"}', "E", 'z = "\\u00e9$${x}"', 'd = data.a["k"].id /* e */']
    text = 'a "b" {\n' + "\n".join(lines) + "\n}\n"
    (block,), problems = parse_hcl("x.tf", text.encode())
    assert problems == ()
    assert isinstance(block, Block)
    assert block.attributes["x"] == Other(block.attributes["x"].span, 'f(1, "}") + 2')
    assert isinstance(block.attributes["y"], Other)
    assert isinstance(block.attributes["z"], Text)
    assert "".join(block.attributes["z"].parts) == "é${x}"
    assert isinstance(block.attributes["d"], Reference)
    assert str(block.attributes["d"]) == 'data.a["k"].id'


@pytest.mark.parametrize(
    "text",
    [
        "a = " + "[" * 100_000,
        "a = " + "(" * 100_000,
        "a = " + '"${' * 50_000,
        "a = " + '"${[' * 50 + "1 + 1" + ']} + 1"' * 50,
        "/*" * 100_000,
        "a = 1 + /*" + "/*" * 100_000,
        "a = <<E\n" * 30_000,
        "".join(f"a{n} = <<E{n}\nE{n}\n" for n in range(80_000)),
        "x {\n" * 50_000,
        'resource "a" {\n"\n' * 50_000,
    ],
)
def test_hostile_text_is_read_in_little_time(text):
    begun = time.monotonic()
    _, problems = parse_hcl("x.tf", text.encode())
    assert time.monotonic() - begun < 5
    assert {item.code for item in problems} <= {"hcl-syntax"}


def test_what_a_local_holds_is_not_shown():
    names = 'locals {\n port = decode("hunter2")\n}\n' + NAMES
    reading = read(policy("local.web", "local.web", "port = local.port"), names)
    (item,) = reading.not_imported
    assert "local.port" in item.what
    assert "hunter2" not in repr(reading)
