"""Lines on a narrow terminal: nothing is lost, nothing is split but at spaces."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from reconciler.report.escape import display_width
from reconciler.report.style import Style
from reconciler.report.wrap import wrap_lines, wrap_page

WORDS = st.text("abc決é", min_size=1, max_size=20)
LINES = st.builds(
    lambda indent, words: " " * indent + " ".join(words), st.integers(0, 8), st.lists(WORDS, min_size=1, max_size=20)
)


@given(LINES, st.integers(30, 100))
def test_words_stay_whole_and_lines_fit_where_words_allow_it(line, width):
    wrapped = wrap_lines(line, width)
    assert wrapped.split() == line.split()
    assert all(display_width(row) <= width or len(row.split()) == 1 for row in wrapped.split("\n"))
    indent = len(line) - len(line.lstrip())
    assert all(len(row) - len(row.lstrip()) > indent for row in wrapped.split("\n")[1:])


@given(st.text())
def test_without_a_terminal_nothing_changes(text):
    assert wrap_lines(text, None) == text


def test_colours_take_no_room():
    style = Style(colour=True)
    line = " ".join(style.paint("word", "red") for _ in range(6))
    assert wrap_lines(line, 30) == line


def test_a_label_is_left_standing_alone():
    assert wrap_lines("    high    one two three four five six", 30) == (
        "    high    one two three four\n            five six"
    )


def test_what_goes_on_stands_below_its_words_whatever_labels_are_before_them():
    assert wrap_lines("ok  cell rule  one two three four five six seven", 34) == (
        "ok  cell rule  one two three four\n               five six seven"
    )
    assert wrap_lines("  a-label  another-long-label  one two three four five six", 40) == (
        "  a-label  another-long-label  one two\n           three four five six"
    )


def test_gaps_for_columns_go_where_the_columns_do():
    assert wrap_lines("  + one two three                four five six seven", 30) == (
        "  + one two three  four five\n      six seven"
    )


def test_only_the_prose_of_a_page_is_wrapped():
    example = "```yaml\n- {source: acme/web/frontend, ports: 61443}\n```\n"
    printed = "```text\none two three four five six seven eight\n```\n"
    prose = "one two three four five six seven eight\n"
    wrapped = "one two three four five six\nseven eight\n"
    assert wrap_page(prose + example + printed + example + prose, 30) == (
        wrapped + example + f"```text\n{wrapped}```\n" + example + wrapped
    )
    assert wrap_page(prose, None) == prose
