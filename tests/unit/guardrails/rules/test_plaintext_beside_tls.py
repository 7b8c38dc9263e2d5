import pytest
from support.rule_worlds import HERE, LATER, apps_named, asked, findings, network, said

CODE = "plaintext-beside-tls"


@pytest.mark.parametrize("ports", ["8080", "8000-9000", "1-65535"])
def test_an_open_plaintext_port_beside_tls(ports):
    (found,) = said(CODE, network("a -> x tcp/61443", f"a -> x tcp/{ports}"))
    assert found.startswith(f"acme/web/a -> acme/web/x tcp/{ports} leaves the app's plaintext port 8080 open")


@pytest.mark.parametrize(
    "other", ["a -> x udp/8080", "a -> x tcp/8081", "b -> x tcp/8080", "a -> y tcp/8080", "x -> a tcp/8080"]
)
def test_quiet_about_other_apps_protocols_and_ports(other):
    assert said(CODE, network("a -> x tcp/61443", other)) == []


def test_quiet_about_plaintext_alone():
    assert said(CODE, network("a -> x tcp/8080")) == []


def test_quiet_about_a_migration_that_ends():
    asked_for = {"a -> x tcp/8080": (asked("none", LATER),)}
    assert said(CODE, network("a -> x tcp/61443", asked_for=asked_for)) == []


def test_quiet_where_the_app_speaks_tls_on_that_port():
    asked_for = {"a -> x tcp/8080": (asked("manual"),)}
    assert said(CODE, network("a -> x tcp/61443", asked_for=asked_for)) == []


def test_one_entry_without_an_end_is_enough():
    asked_for = {"a -> x tcp/8080": (asked("none", LATER), asked("none", origin=HERE._replace(line=3)))}
    (found,) = findings(CODE, network("a -> x tcp/61443", asked_for=asked_for))
    assert found.origin == HERE._replace(line=3)


def test_quiet_about_apps_that_are_not_judged():
    assert said(CODE, network("a -> x tcp/61443", "a -> x tcp/8080"), judged=apps_named("a")) == []
