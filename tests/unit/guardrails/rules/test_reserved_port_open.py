import pytest
from support.rule_worlds import apps_named, network, said

CODE = "reserved-port-open"


@pytest.mark.parametrize(
    ("ports", "opened"),
    [
        ("2222", "2222"),
        ("61001", "61001"),
        ("61002", "61002"),
        ("61000-62000", "61001, 61002"),
        ("1-65535", "2222, 61001, 61002"),
    ],
)
def test_a_policy_that_opens_a_reserved_port(ports, opened):
    (found,) = said(CODE, network(f"a -> x tcp/{ports}"))
    assert found.startswith(f"acme/web/a -> acme/web/x tcp/{ports} opens {opened}: ")


def test_a_reason_is_given_once():
    (found,) = said(CODE, network("a -> x tcp/61001-61002"))
    assert found.count("mutual TLS") == 1


@pytest.mark.parametrize("ports", ["tcp/2221", "tcp/2223-61000", "tcp/61003-65535", "tcp/61443", "udp/2222"])
def test_quiet_about_other_ports_and_udp(ports):
    assert said(CODE, network(f"a -> x {ports}")) == []


def test_quiet_about_apps_that_are_not_judged():
    assert said(CODE, network("a -> x tcp/2222"), judged=apps_named("a")) == []
