import pytest
from support.rule_worlds import HERE, apps_named, asked, findings, network, said

CODE = "wide-port-range"


@pytest.mark.parametrize(("ports", "number"), [("8000-8100", 101), ("1-65535", 65535)])
@pytest.mark.parametrize("protocol", ["tcp", "udp"])
def test_a_range_wider_than_any_app_needs(protocol, ports, number):
    (found,) = said(CODE, network(f"a -> x {protocol}/{ports}"))
    assert found == f"acme/web/a -> acme/web/x {protocol}/{ports} opens {number} ports"


@pytest.mark.parametrize("ports", ["8080", "8001-8100"])
def test_quiet_up_to_a_hundred(ports):
    assert said(CODE, network(f"a -> x tcp/{ports}")) == []


def test_the_place_is_the_line_that_asks():
    (found,) = findings(CODE, network(asked_for={"a -> x udp/10000-20000": (asked("none"),)}))
    assert found.origin == HERE


def test_quiet_about_apps_that_are_not_judged():
    assert said(CODE, network("a -> x tcp/1-65535"), judged=apps_named("a")) == []
