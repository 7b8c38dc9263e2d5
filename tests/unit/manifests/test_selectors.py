from contextlib import suppress

import hypothesis.strategies as st
import pytest
from hypothesis import given

from reconciler.manifests.selectors import parse_selector

LABELS = {"tier": "web", "env": "prod", "empty": "", "example.com/team": "a"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("tier", True), ("absent", False), ("!tier", False), ("!absent", True), ("! absent", True),
        ("tier=web", True), ("tier==web", True), ("tier = web", True), ("tier=db", False), ("absent=web", False),
        ("tier!=web", False), ("tier!=db", True), ("absent!=web", True),
        ("tier in (db,web)", True), ("tier in (db)", False), ("absent in (web)", False),
        ("tier notin (db, web)", False), ("tier notin (db)", True), ("absent notin (db)", True),
        ("empty=", True), ("tier=", False), ("example.com/team=a", True), ("in in (in)", False), ("notin", False),
        ("tier=web,env=prod", True), ("tier=web,!env", False), (" tier=web , env in (stage,prod) ", True),
    ],
)  # fmt: skip
def test_meaning(text, expected):
    assert parse_selector(text).matches(LABELS) is expected


@pytest.mark.parametrize(
    "text",
    [
        "", ",", "a,", ",a", "a,,b", "!", "=", "=x", "!=x", "a=b=c", "a in b", "a in", "a in (", "a in (b", "a in b)",
        "a notin x", "a (b)", "a in (b)c", "a in ((b))", "-a", "a-", "a b", "a=b c", "team/a", "/a", "a/", "a.b/",
        "é", "a=é", "x" * 64, "a=" + "x" * 64, "a=-", ",".join(["a"] * 51), "!!a", "a>1", "(a", "a)",
    ],
)  # fmt: skip
def test_what_is_no_selector(text):
    with pytest.raises(ValueError, match=r"\w"):
        parse_selector(text)


def test_equal_selectors_are_equal_and_hash():
    assert parse_selector("a in (b,c)") == parse_selector("a in (c, b)")
    assert len({parse_selector("a=b"), parse_selector("a==b"), parse_selector("a in (b)")}) == 1


KEYS = st.sampled_from(["a", "b", "c.d/e", "in"])
VALUES = st.sampled_from(["x", "y", "z", ""])
PARTS = st.one_of(
    KEYS,
    KEYS.map("!{}".format),
    st.builds("{}{}{}".format, KEYS, st.sampled_from(["=", "==", "!="]), VALUES),
    st.builds(
        "{} {} ({})".format,
        KEYS,
        st.sampled_from(["in", "notin"]),
        st.lists(VALUES, min_size=1, max_size=3).map(",".join),
    ),
)


@given(st.lists(PARTS, min_size=1, max_size=5), st.dictionaries(KEYS, VALUES))
def test_the_canonical_form_means_the_same(parts, labels):
    selector = parse_selector(",".join(parts))
    assert parse_selector(str(selector)) == selector
    assert selector.matches(labels) == all(parse_selector(part).matches(labels) for part in parts)


@given(st.text("abin ot(),=!/.-", max_size=30))
def test_any_text_is_a_selector_or_a_sentence(text):
    with suppress(ValueError):
        assert parse_selector(text).matches({}) in (True, False)
