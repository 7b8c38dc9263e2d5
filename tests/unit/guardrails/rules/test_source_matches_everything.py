import pytest
from support.rule_worlds import findings, manifests, network

CODE = "source-matches-everything"
ENTRY = """\
apps:
  - name: x
    ports: [{name: p, port: 80, tls: none}]
    ingress:
      - from: %s
        ports: [p]
"""


def found(folder, source):
    return findings(CODE, network(), bundle=manifests(folder, ENTRY % source))


@pytest.mark.parametrize(
    "source",
    [
        '"*/*/*"',
        '"**/*/***"',
        '{org: "*", space: "*", app: "*"}',
        '{org: "*", space: "*", labels: "!legacy"}',
        '{org: "*", space: "*", app: "*", labels: "tier!=web,env notin (a,b),!legacy"}',
    ],
)
def test_a_source_that_is_everything(tmp_path, source):
    (one,) = found(tmp_path, source)
    assert one.message.startswith("this grant is for every app of every organization")
    assert one.origin[1:] == (9, 15)


@pytest.mark.parametrize(
    "source",
    [
        '"*"',
        '"*/*"',
        '"acme/*/*"',
        '"*/web/*"',
        '"*/*/a*"',
        "self",
        '{space: "*", app: "*"}',
        '{org: "*", app: "*"}',
        '{org: "*", space: "*", labels: "tier"}',
        '{org: "*", space: "*", labels: "tier=web,!legacy"}',
    ],
)
def test_quiet_as_soon_as_something_is_named(tmp_path, source):
    assert found(tmp_path, source) == ()


def test_the_place_is_the_item_of_a_list(tmp_path):
    (one,) = found(tmp_path, '[y, "*/*/*"]')
    assert one.origin[1:] == (9, 19)


def test_quiet_without_manifests():
    assert findings(CODE, network("a -> x tcp/80")) == ()
