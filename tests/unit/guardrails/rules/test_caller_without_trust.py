import pytest
from support.rule_worlds import HERE, apps_named, findings, network, said

from reconciler.model.network import AppFacts

CODE = "caller-without-trust"
DISTRUSTS = AppFacts(trusts_platform=False, place=HERE)


def test_one_remark_for_a_caller_with_all_that_it_calls():
    world = network("a -> x tcp/61443", "a -> y tcp/61443", apps={"a": DISTRUSTS})
    (found,) = findings(CODE, world)
    assert found.message.endswith("acme/web/x, acme/web/y")
    assert found.origin == HERE


@pytest.mark.parametrize("trusts", [True, None])
def test_quiet_where_it_trusts_or_nobody_knows(trusts):
    world = network("a -> x tcp/61443", apps={"a": AppFacts(trusts_platform=trusts)})
    assert said(CODE, world) == []


def test_quiet_about_calls_without_platform_tls():
    assert said(CODE, network("a -> x tcp/8443", apps={"a": DISTRUSTS})) == []


def test_the_caller_is_judged_wherever_it_calls():
    world = network("a -> x tcp/61443", apps={"a": DISTRUSTS})
    assert said(CODE, world, judged=apps_named("x")) == []
    assert len(said(CODE, world, judged=apps_named("a"))) == 1
