"""Nothing that a manifest or a platform says reaches the terminal as anything but text."""

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from support.scenarios import plan_scenario

from reconciler.diagnostics import Span, error
from reconciler.report.diagnostics_text import render_diagnostics
from reconciler.report.escape import display_width, escape
from reconciler.report.plan_text import render_plan_text
from reconciler.report.style import Style

OBEYED = {"Cc", "Cs", "Zl", "Zp"}
COMMANDED = re.compile(r"\A\s*::|##\w*\[")


@given(st.text())
def test_escaped_text_is_one_line_that_a_terminal_only_prints(text):
    shown = escape(text)
    assert not {unicodedata.category(character) for character in shown} & OBEYED
    assert not set(shown) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200b\ufeff")


@given(st.text(st.characters(categories=["L", "N", "P", "S", "Zs"], exclude_characters="\u115f\u1160\u3164\uffa0")))
def test_ordinary_text_stays_as_it_is(text):
    assume(not COMMANDED.search(text))
    assert escape(text) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("::add-mask::acme", r"\x3a:add-mask::acme"),
        ("    ::stop-commands::x", r"    \x3a:stop-commands::x"),
        ("\u3000::error::x", "\u3000\\x3a:error::x"),
        ("\t::error::x", r"\x09\x3a:error::x"),
        ("acme/web/x##[debug]", r"acme/web/x\x23#[debug]"),
        ("###[group]", r"#\x23#[group]"),
        ("##vso[task.setvariable variable=x]y", r"\x23#vso[task.setvariable variable=x]y"),
        ("a::b ## [c] #[d]", "a::b ## [c] #[d]"),
    ],
)
def test_the_runner_of_a_job_obeys_no_text(text, shown):
    assert escape(text) == shown


@given(st.text("#[: av\t\u200b\u3000"))
def test_no_text_holds_a_command_to_the_runner_of_a_job(text):
    assert not COMMANDED.search(escape(text))


def test_long_text_is_cut_and_says_so():
    assert escape("x" * 5000) == "x" * 2000 + "... (3000 more characters)"


def test_wide_and_combining_characters_are_measured_as_terminals_do():
    assert display_width("決済") == 4
    assert display_width("e\u0301") == 1


def test_hostile_names_cannot_break_out_of_a_plan(tmp_path):
    name = "\x1b]0;owned\x07\nfake: line\u202e|`<img src=x onerror=alert(1)>"
    live = "organizations: [{name: acme, spaces: [{name: web, apps: [{name: api}]}]}]\n"
    manifest = """
        apps:
          - name: api
            ports: [{name: http, tls: none, port: 8080}]
            ingress: [{from: {app: "*"}, ports: [http]}]
    """
    plan = plan_scenario(tmp_path, live, manifest)
    (change,) = plan.changes
    hostile = change.after.policy._replace(source=change.after.policy.source._replace(app=name))
    plan = type(plan)(
        **{field: getattr(plan, field) for field in plan.__slots__}
        | {"changes": (type(change)(change.after._replace(policy=hostile), change.reason, change.origins),)}
    )
    text = render_plan_text(plan, style=Style(colour=False))
    assert text.count("\n") == render_plan_text(plan).count("\n")
    assert "\x1b" not in text
    assert "\x07" not in text
    assert "\u202e" not in text
    assert "\nfake: line" not in text


def test_diagnostics_are_one_line_each_with_the_hint_below():
    problem = error(
        "unknown-key", "`ingres\x1b[31m` is not a key", Span("a\nb.yml", 3, 5), hint="did you mean `ingress`?"
    )
    assert render_diagnostics([problem]) == (
        "a\\x0ab.yml:3:5: error[unknown-key] `ingres\\x1b[31m` is not a key\n    hint: did you mean `ingress`?\n"
    )


SEEN_AS_NOTHING = "\xad\u034f\u061c\u115f\u1160\u17b4\u180e\u200d\u2066\u3164\ufe0f\uffa0\U000e0041\U000e0100\U0001d173"
# Format characters that are drawn: signs that stand around or under a number.
DRAWN = {*map(chr, range(0x600, 0x606)), "\u06dd", "\u070f", "\u0890", "\u0891", "\u08e2", "\U000110bd", "\U000110cd"}


@pytest.mark.parametrize("character", SEEN_AS_NOTHING)
def test_what_is_seen_as_nothing_is_written_out(character):
    assert escape(f"a{character}b").isascii()


def test_every_control_and_format_character_is_written_out():
    hidden = {"Cc", "Cf", "Cs", "Zl", "Zp"}
    characters = [chr(number) for number in range(0x110000)]
    left = {one for one in characters if unicodedata.category(one) in hidden and escape(one) == one}
    assert left <= DRAWN
    turning = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI", "BN"}
    turned = {one for one in characters if unicodedata.bidirectional(one) in turning and escape(one) == one}
    assert not turned
