from support.rule_worlds import apps_named, findings, manifests, network, said

CODE = "route-without-callers"


def test_a_route_that_leads_nobody_anywhere():
    assert said(CODE, network(routes={"x": ["y", "x"]})) == [
        "the internal route x.apps.internal leads to apps that nobody may call: acme/web/x, acme/web/y"
    ]


def test_quiet_as_soon_as_one_of_its_apps_may_be_called():
    assert said(CODE, network("a -> y udp/53", routes={"x": ["y", "x"]})) == []


def test_quiet_about_a_name_that_waits_for_its_app():
    assert said(CODE, network(routes={"x": []})) == []


def test_the_place_is_the_first_line_of_the_route(tmp_path):
    bundle = manifests(tmp_path, "apps:\n  - {name: x, routes: [b.apps.internal, X.apps.internal]}\n")
    (found,) = findings(CODE, network(routes={"x": ["x"]}), bundle=bundle)
    assert found.origin == (str(tmp_path / "0.yml"), 6, 41)


def test_quiet_about_callers_yet_to_come(tmp_path):
    entry = "apps:\n  - name: x\n    routes: [x.apps.internal]\n    ports: [{name: p, port: 80, tls: none}]\n"
    bundle = manifests(tmp_path, f"{entry}    ingress: [{{from: later, ports: [p]}}]\n")
    assert said(CODE, network(routes={"x": ["x"]}), bundle=bundle) == []


def test_quiet_where_callers_may_be_hidden():
    assert said(CODE, network(routes={"x": ["x"]}), sees_every_policy=False) == []


def test_quiet_unless_all_its_apps_are_judged():
    world = network(routes={"x": ["x", "y"]})
    assert said(CODE, world, judged=apps_named("x")) == []
    assert len(said(CODE, world, judged=apps_named("x", "y"))) == 1
