import pytest
from support.rule_worlds import LISTED, findings, manifests, network, said

CODE = "unlisted-app"
SPACE = "apps: [{name: a}]\n"
WORLD = network("a -> x tcp/80", "b -> x tcp/80")


def test_an_app_in_a_managed_space_that_nobody_lists(tmp_path):
    (found,) = findings(CODE, WORLD, bundle=manifests(tmp_path, SPACE))
    assert found.message == "acme/web/x may be called, but no manifest governs it: acme/web/a, acme/web/b"
    assert found.origin == (str(tmp_path / "0.yml"), 4, 8)


def test_quiet_about_a_listed_one(tmp_path):
    world = network("a -> x tcp/80", apps={"x": LISTED})
    assert said(CODE, world, bundle=manifests(tmp_path, "apps: [{name: x}]\n")) == []


@pytest.mark.parametrize("manages", ["space", "additions"])
def test_quiet_where_all_is_governed_or_others_may_add(tmp_path, manages):
    assert said(CODE, WORLD, bundle=manifests(tmp_path, f"manages: {manages}\n{SPACE}")) == []


def test_quiet_about_other_spaces(tmp_path):
    assert said(CODE, network("a -> other/x tcp/80"), bundle=manifests(tmp_path, SPACE)) == []
    assert said(CODE, WORLD) == []


def test_names_are_compared_without_regard_to_case(tmp_path):
    assert len(said(CODE, network("a -> ACME/Web/x tcp/80"), bundle=manifests(tmp_path, SPACE))) == 1


def test_quiet_where_the_document_only_classifies(tmp_path):
    assert said(CODE, WORLD, bundle=manifests(tmp_path, "zone: public\napps: []\n")) == []
