from support.rule_worlds import CDE, apps_named, findings, manifests, network, said

CODE = "app-without-zone"


def test_one_remark_for_a_space_whose_apps_take_part():
    world = network("web/a -> pay/x tcp/80", "web/b -> pay/x tcp/80", apps={"pay/x": CDE})
    assert said(CODE, world) == [
        "the space acme/web is in no zone, but its apps take part in policies: acme/web/a, acme/web/b"
    ]


def test_destinations_count_as_well():
    assert len(said(CODE, network("pay/x -> web/a tcp/80", apps={"pay/x": CDE}))) == 1


def test_quiet_where_nobody_uses_zones():
    assert said(CODE, network("web/a -> pay/x tcp/80")) == []


def test_quiet_where_every_end_has_one():
    assert said(CODE, network("pay/x -> pay/x tcp/80", apps={"pay/x": CDE})) == []


def test_quiet_about_apps_that_take_part_in_nothing_that_is_judged():
    world = network("web/a -> pay/x tcp/80", "web/a -> web/b tcp/80", apps={"pay/x": CDE, "pay/y": CDE, "web/c": CDE})
    assert said(CODE, world, judged=apps_named("pay/y")) == []


def test_the_place_is_the_document_of_the_space(tmp_path):
    bundle = manifests(tmp_path, "apps: [{name: a}]\n")
    (found,) = findings(CODE, network("a -> pay/x tcp/80", apps={"pay/x": CDE}), bundle=bundle)
    assert found.origin == (str(tmp_path / "0.yml"), 4, 8)
