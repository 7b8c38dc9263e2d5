import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.simulator.policy_server.go_json import MAX_DEPTH, GoSyntaxError, parse

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), inner),
)


def plain(node):
    if node.kind == "array":
        return [plain(item) for item in node.value]
    if node.kind == "object":
        return {key: plain(item) for key, item in node.value}
    return int(node.value) if node.kind == "number" else node.value


@given(JSON, st.booleans())
def test_reads_what_json_writes(value, ascii_only):
    assert plain(parse(json.dumps(value, ensure_ascii=ascii_only).encode())) == value


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (b"", "unexpected end of JSON input"),
        (b'{"a":1', "unexpected end of JSON input"),
        (b"{}x", "invalid character 'x' after top-level value"),
        (b'{"a" 1}', "invalid character '1' after object key"),
        (b"[1 2]", "invalid character '2' after array element"),
        (b"[1,]", "invalid character ']' looking for beginning of value"),
        (b'{"a":1,}', "invalid character '}' looking for beginning of object key string"),
        (b"-x", "invalid character 'x' in numeric literal"),
        (b"1.x", "invalid character 'x' after decimal point in numeric literal"),
        (b"1ex", "invalid character 'x' in exponent of numeric literal"),
        (b"trux", "invalid character 'x' in literal true (expecting 'e')"),
        (b'"\\u12x4"', "invalid character 'x' in \\u hexadecimal character escape"),
        (b'"a\nb"', "invalid character '\\n' in string literal"),
        (b"'", "invalid character '\\'' looking for beginning of value"),
        (b"\xc2\x85", "invalid character '\u00c2' looking for beginning of value"),
        (b"[" * (MAX_DEPTH + 1), "exceeded max depth"),
    ],
)
def test_fails_in_the_words_of_go(text, message):
    with pytest.raises(GoSyntaxError) as caught:
        parse(text)
    assert str(caught.value) == message


def test_broken_surrogates_and_bytes_become_replacement_characters():
    assert parse(b'"\\ud83d\\ude00"').value == "\N{GRINNING FACE}"
    assert parse(b'"\\ud83d"').value == "\N{REPLACEMENT CHARACTER}"
    assert parse(b'"a\xff\xfeb"').value == "a\N{REPLACEMENT CHARACTER}\N{REPLACEMENT CHARACTER}b"
