from support.rule_worlds import apps_named, network, said

CODE = "near-policy-quota"


def world(number):
    return network(*(f"a -> x tcp/{port}" for port in range(1, number + 1)))


def test_it_speaks_up_at_nine_tenths():
    assert said(CODE, world(134)) == []
    (found,) = said(CODE, world(135))
    assert found.startswith("acme/web/a is the source of 135 policies")


def test_quiet_about_sources_that_are_not_judged():
    assert said(CODE, world(150), judged=apps_named("x")) == []
    assert len(said(CODE, world(150), judged=apps_named("a"))) == 1


def test_quiet_about_an_app_that_many_call():
    assert said(CODE, network(*(f"a{number} -> x tcp/80" for number in range(150)))) == []
