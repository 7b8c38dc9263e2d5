"""A saved plan is read back whole, or refused: no damage passes for a plan."""

from __future__ import annotations

import copy
import time

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.hostile_plans import hostile_plans
from support.three_plans import empty_plan, five_thousand_changes, forty_changes

from reconciler.cli.plan_formats import PLAN_FORMATS, Look, render_plan
from reconciler.errors import StaleError, UsageError
from reconciler.planning.codec import encode_plan
from reconciler.planning.decoding import decode_plan
from reconciler.report.json_text import render_json

FORMATS = sorted(set(PLAN_FORMATS) - {"html"})
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
    max_leaves=4,
)


def saved(plan) -> dict:
    return orjson.loads(render_json(encode_plan(plan)))


@pytest.mark.parametrize("plan", [empty_plan, forty_changes, five_thousand_changes])
def test_what_is_read_back_says_the_same_in_every_format(plan):
    again = decode_plan(saved(plan()))
    for output_format in PLAN_FORMATS:
        assert render_plan(again, output_format, Look()) == render_plan(plan(), output_format, Look())


@given(hostile_plans())
def test_hostile_names_survive(plan):
    again = decode_plan(saved(plan))
    for output_format in FORMATS:
        assert render_plan(again, output_format, Look()) == render_plan(plan, output_format, Look())


def paths_in(value, path=()):
    """List the way to every value inside a JSON value."""
    if path:
        yield path
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        yield from paths_in(inner, (*path, key))


SAVED = saved(forty_changes())
PATHS = sorted(paths_in(SAVED), key=str)


@given(st.sampled_from(PATHS), JSON)
def test_a_damaged_file_is_refused_or_says_what_it_holds(path, value):
    damaged = copy.deepcopy(SAVED)
    *way, last = path
    place = damaged
    for key in way:
        place = place[key]
    place[last] = value
    try:
        plan = decode_plan(damaged)
    except (UsageError, StaleError):
        return
    assert saved(plan) | {"tool_version": None} == damaged | {"tool_version": None}


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("summary", "create"), 26),
        (("connectivity", 0, "message"), "nothing happens"),
        (("connectivity", 0, "risk"), "none at all"),
        (("findings", 0, "severity"), 3),
        (("pending", 0, "origin", 0, "line"), True),
        (("live", "taken_at"), "yesterday"),
        (("stale", 0), "a -> b"),
    ],
)
def test_a_file_that_contradicts_itself_is_refused(path, value):
    damaged = copy.deepcopy(SAVED)
    *way, last = path
    place = damaged
    for key in way:
        place = place[key]
    place[last] = value
    with pytest.raises(UsageError, match="damaged"):
        decode_plan(damaged)


def test_a_policy_of_nothing_but_arrows_is_refused_in_little_time():
    begun = time.monotonic()
    with pytest.raises(UsageError, match="damaged"):
        decode_plan(SAVED | {"stale": ["a -> " * 100_000 + "b tcp/1"]})
    assert time.monotonic() - begun < 10


@pytest.mark.parametrize("key", sorted(set(SAVED) - {"tool_version"}))
def test_a_missing_part_is_refused(key):
    with pytest.raises(UsageError):
        decode_plan({name: value for name, value in SAVED.items() if name != key})


@given(JSON)
def test_anything_else_is_no_plan(data):
    with pytest.raises(UsageError):
        decode_plan(data)


def test_a_plan_whose_changes_were_edited_is_stale():
    edited = copy.deepcopy(SAVED)
    edited["changes"].pop()
    with pytest.raises(StaleError):
        decode_plan(edited)
