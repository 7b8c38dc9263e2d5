"""Addresses round-trip, and patterns match what a reader expects, in bounded time."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.model.names import AppRef, matches, parse_app_ref
from reconciler.model.ports import PortRange, parse_port_range

names = st.text(min_size=1, max_size=20)


@given(names, names, names)
def test_an_address_can_be_read_back(org, space, app):
    ref = AppRef(org, space, app)
    assert parse_app_ref(str(ref)) == ref


def naive(pattern: str, name: str) -> bool:
    """Match by trying every split: the definition, without any cleverness."""
    if not pattern:
        return not name
    if pattern[0] == "*":
        return any(naive(pattern[1:], name[at:]) for at in range(len(name) + 1))
    return bool(name) and pattern[0] == name[0] and naive(pattern[1:], name[1:])


@given(st.text("ab*", max_size=8), st.text("ab", max_size=8))
def test_a_pattern_matches_as_its_definition_says(pattern, name):
    assert matches(pattern, name) == naive(pattern, name)


def test_case_is_ignored():
    assert matches("Ledger-*", "LEDGER-green")
    assert matches("ledger", "Ledger")


def test_a_hostile_pattern_takes_no_time():
    started = time.monotonic()
    assert not matches("*a" * 60 + "b", "a" * 255)
    assert time.monotonic() - started < 5


@given(st.integers(1, 65535), st.integers(1, 65535))
def test_port_ranges_round_trip(one, other):
    ports = PortRange(min(one, other), max(one, other))
    assert parse_port_range(str(ports)) == ports


@pytest.mark.parametrize("text", ["", "0", "65536", "80-", "-80", "90-80", "8o", "80 - 90", "٣"])
def test_what_is_no_port_range_is_refused(text):
    with pytest.raises(ValueError, match=r"port|range"):
        parse_port_range(text)
