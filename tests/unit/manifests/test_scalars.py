"""Plain words, against the table of the YAML 1.2 core schema (chapter 10.3.2 of the specification)."""

import math
import re

import hypothesis.strategies as st
import pytest
from hypothesis import given

from reconciler.manifests.parsing.scalars import resolve, tagged
from reconciler.manifests.parsing.source import parse_documents

NULL = re.compile(r"null|Null|NULL|~|")
BOOL = re.compile(r"true|True|TRUE|false|False|FALSE")
INT = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
SPECIAL = re.compile(r"[-+]?(\.inf|\.Inf|\.INF)|\.nan|\.NaN|\.NAN")


def by_the_table(text):
    if NULL.fullmatch(text):
        return None
    if BOOL.fullmatch(text):
        return text.lower() == "true"
    if INT.fullmatch(text):
        return int(text.lstrip("0o") or "0", 8) if text.startswith("0o") else int(text, 16 if "x" in text else 10)
    if FLOAT.fullmatch(text):
        return float(text)
    return math.nan if SPECIAL.fullmatch(text) else text


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("no", "no"), ("yes", "yes"), ("on", "on"), ("off", "off"), ("y", "y"), ("tRue", "tRue"),
        ("22:22", "22:22"), ("2027-01-31", "2027-01-31"), ("0777", 777), ("0o777", 511), ("0xFF", 255),
        ("-0o7", "-0o7"), ("1_000", "1_000"), ("+12", 12), ("-0", 0), ("1e3", 1000.0), (".5", 0.5), ("1.", 1.0),
        (".", "."), ("-", "-"), ("=", "="), ("0b1", "0b1"), ("1.2.3", "1.2.3"), ("~", None), ("", None),
        ("Null", None), ("nULL", "nULL"), ("18446744073709551615", 2**64 - 1), ("-9223372036854775808", -(2**63)),
    ],
)  # fmt: skip
def test_examples(text, value):
    assert resolve(text) == value
    assert type(resolve(text)) is type(value)


@pytest.mark.parametrize("text", [".inf", "-.Inf", "+.INF", ".nan", "1e999", "18446744073709551616", "9" * 100_000])
def test_numbers_that_nothing_can_hold(text):
    with pytest.raises(ValueError, match=r"number"):
        resolve(text)


WORDS = st.one_of(
    st.from_regex(INT, fullmatch=True),
    st.from_regex(FLOAT, fullmatch=True),
    st.from_regex(SPECIAL, fullmatch=True),
    st.text("0123456789+-.eExoabfnulINFtrueTRUE~:_", max_size=8),
).filter(lambda text: text.isascii())


@given(WORDS)
def test_every_word_means_what_the_table_says(text):
    expected = by_the_table(text)
    try:
        value = resolve(text)
    except ValueError:
        assert not isinstance(expected, str)
        assert abs(expected) > 2**63 - 1 or math.isnan(expected) or math.isinf(expected)
        return
    assert (type(value), value) == (type(expected), expected)


@given(WORDS)
def test_quotes_make_text(text):
    for written in (f"'{text}'", f'"{text}"', f"!!str '{text}'"):
        ((document,), problems) = parse_documents("f", f"key: {written}\n".encode())
        assert not problems
        assert document.data == {"key": text}


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [("str", "1", "1"), ("int", "0x10", 16), ("float", "1", 1.0), ("bool", "true", True), ("null", "~", None)],
)
def test_core_tags_are_honoured(kind, text, value):
    assert tagged(kind, text) == value
    ((document,), problems) = parse_documents("f", f"key: !!{kind} '{text}'\n".encode())
    assert not problems
    assert document.data == {"key": value}


@pytest.mark.parametrize(
    ("kind", "text"), [("int", "x"), ("int", "1.5"), ("bool", "yes"), ("null", "0"), ("float", "x")]
)
def test_tags_that_do_not_fit(kind, text):
    with pytest.raises(ValueError, match=f"!!{kind}"):
        tagged(kind, text)
