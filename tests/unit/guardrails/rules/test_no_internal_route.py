from support.rule_worlds import LISTED, apps_named, findings, network, said

CODE = "no-internal-route"


def test_one_remark_for_an_app_with_all_its_callers():
    world = network("a -> x tcp/80", "a -> x udp/80", "b -> x tcp/80", apps={"x": LISTED})
    (found,) = findings(CODE, world)
    assert found.message == (
        "acme/web/x may be called but has no internal route, so that its callers have no name for it: "
        "acme/web/a, acme/web/b"
    )
    assert found.origin == LISTED.origin


def test_many_callers_are_counted():
    (found,) = said(CODE, network(*(f"a{number} -> x tcp/80" for number in range(9))))
    assert found.endswith("acme/web/a0, acme/web/a1, acme/web/a2 and 6 more")


def test_quiet_with_a_route():
    assert said(CODE, network("a -> x tcp/80", routes={"x": ["y", "x"]})) == []


def test_quiet_about_instances_among_themselves():
    assert said(CODE, network("x -> x tcp/80")) == []


def test_quiet_where_the_other_rule_speaks():
    assert said(CODE, network("a -> x tcp/80", "a -> x tcp/61443")) == []


def test_quiet_about_apps_that_are_not_judged():
    assert said(CODE, network("a -> x tcp/80"), judged=apps_named("a")) == []
