from datetime import date

import pytest
from support.rule_worlds import HERE, findings, manifests, network

from reconciler.model.expectation import Expectation, OnlyFrom, Reach
from reconciler.model.finding import Severity
from reconciler.model.guardrail import Guardrail, Limits, Match, Waiver
from reconciler.model.selection import EVERY_APP, AppSelection

CODE = "misspelt-zone"
SPACE = "zone: cardholder\napps: []\n"


def zone(word):
    return AppSelection(zone=(word,))


def guardrail(match):
    return Guardrail("cde", Severity.DENY, match, Limits(), HERE)


def expectation(item):
    return {"expectations": (Expectation("e", (item,), HERE),)}


@pytest.mark.parametrize(
    ("more", "what"),
    [
        ({"guardrails": (guardrail(Match(source=zone("cardholdr"))),)}, "the guardrail `cde`"),
        ({"guardrails": (guardrail(Match(destination=zone("cardholdr"))),)}, "the guardrail `cde`"),
        ({"waivers": (Waiver("w", "cde", Match(zone("cardholdr")), "x", date.max, HERE),)}, "the waiver `w`"),
        (
            {"guardrails": (guardrail(Match(AppSelection(org=("a",), others=(zone("cardholdr"),)))),)},
            "the guardrail `cde`",
        ),
        (expectation(Reach(zone("cardholdr"), EVERY_APP, allowed=False, origin=HERE)), "the expectation `e`"),
        (expectation(OnlyFrom(EVERY_APP, (zone("cardholdr"),), HERE)), "the expectation `e`"),
        (expectation(OnlyFrom(zone("cardholdr"), (), HERE)), "the expectation `e`"),
    ],
)
def test_a_zone_that_nearly_is_one(tmp_path, more, what):
    (found,) = findings(CODE, network(), bundle=manifests(tmp_path, SPACE, **more))
    assert found.message == f"{what} names the zone `cardholdr`, which no Space has"
    assert found.hint == "did you mean `cardholder`?"
    assert found.origin == HERE


@pytest.mark.parametrize("word", ["cardholder", "CardHolder", "card*", "public"])
def test_quiet_about_zones_that_exist_patterns_and_other_words(tmp_path, word):
    bundle = manifests(tmp_path, SPACE, guardrails=(guardrail(Match(zone(word))),))
    assert findings(CODE, network(), bundle=bundle) == ()


def test_quiet_without_manifests():
    assert findings(CODE, network()) == ()
