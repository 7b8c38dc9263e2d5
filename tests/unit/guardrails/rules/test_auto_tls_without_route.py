from support.rule_worlds import LISTED, apps_named, asked, findings, network, said

CODE = "auto-tls-without-route"


def test_one_remark_for_an_app_with_all_its_callers():
    world = network("a -> x tcp/61443", "b -> x tcp/61443", apps={"x": LISTED})
    (found,) = findings(CODE, world)
    assert found.message.startswith("acme/web/x may be called over platform TLS but has no internal route")
    assert found.message.endswith("acme/web/a, acme/web/b")
    assert found.origin == LISTED.origin


def test_quiet_with_a_route():
    assert said(CODE, network("a -> x tcp/61443", routes={"x": ["x"]})) == []


def test_a_route_to_another_app_does_not_help():
    assert len(said(CODE, network("a -> x tcp/61443", routes={"y": ["y"]}))) == 1


def test_quiet_where_loading_has_warned():
    world = network("b -> x tcp/61443", asked_for={"a -> x tcp/61443": (asked("auto"),)})
    assert said(CODE, world) == []


def test_quiet_about_other_ports_and_protocols():
    assert said(CODE, network("a -> x tcp/61442-61443", "a -> x udp/61443", "a -> x tcp/8080")) == []


def test_quiet_about_apps_whose_routes_may_not_have_been_read():
    assert said(CODE, network("a -> x tcp/61443"), judged=apps_named("a")) == []
