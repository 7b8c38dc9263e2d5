import json

import hypothesis.strategies as st
import pytest
import yaml
from hypothesis import given

from reconciler.manifests.parsing import source
from reconciler.manifests.parsing.source import parse_documents

TEXT = """\
# a comment
first: [1, {deep: x, no: no}]
second:
  key: "é𝒳"
  list:
  - a
  - b: c
third: &anchor {k: [v]}
fourth: *anchor
"""


def read(text):
    return parse_documents("f", text.encode() if isinstance(text, str) else text)


def one(text):
    ((document,), problems) = read(text)
    assert problems == []
    return document


def codes(text):
    return [problem.code for problem in read(text)[1]]


def test_data_is_plain():
    assert one(TEXT).data == {
        "first": [1, {"deep": "x", "no": "no"}],
        "second": {"key": "é𝒳", "list": ["a", {"b": "c"}]},
        "third": {"k": ["v"]},
        "fourth": {"k": ["v"]},
    }


@pytest.mark.parametrize(
    ("path", "value", "key"),
    [
        ((), "2:1", "2:1"),
        (("first",), "2:8", "2:1"),
        (("first", 0), "2:9", "2:9"),
        (("first", 1, "no"), "2:26", "2:22"),
        (("second", "key"), "4:8", "4:3"),
        (("second", "list", 1, "b"), "7:8", "7:5"),
        (("third",), "8:8", "8:1"),
        (("third", "k", 0), "8:21", "8:21"),
        (("fourth",), "9:9", "9:1"),
        (("fourth", "k", 0), "8:21", "8:21"),
        (("second", "absent", "x"), "3:1", "3:1"),
        (("first", 9), "2:8", "2:1"),
        (("first", "x"), "2:8", "2:1"),
    ],
)
def test_positions(path, value, key):
    document = one(TEXT)
    if path == ("second", "absent", "x"):
        value = "4:3"  # a block mapping begins at its first key
    assert str(document.span(*path)) == f"f:{value}"
    assert str(document.key_span(*path)) == f"f:{key}"


def test_columns_count_characters():
    document = one('{"𝒳é": x, b: y}')
    assert document.span("b").column == 14


def test_windows_and_old_mac_line_ends_and_a_byte_order_mark():
    for end in ("\r\n", "\r"):
        assert str(one(f"\ufeffa: 1{end}b: 2{end}").span("b")) == "f:2:4"


@pytest.mark.parametrize("text", ["", "\n", "# nothing\n", "---\n", "---\n---\n# x\n---\n", "\ufeff"])
def test_empty_documents_are_left_out(text):
    assert read(text) == ([], [])


def test_documents_of_one_file_know_their_lines():
    documents, problems = read("a: 1\n---\n---\nb: 2\n...\n---\nc: 3\n")
    assert problems == []
    assert [str(document.span()) for document in documents] == ["f:1:1", "f:4:1", "f:7:1"]


def test_reading_goes_on_after_a_broken_document():
    documents, problems = read("a: 1\n---\nb: [\n---\nc: 3\n--- @\n---\nd: 'open\n---\ne: 5\n")
    assert [document.data for document in documents] == [{"a": 1}, {"c": 3}, {"e": 5}]
    assert [str(document.span()) for document in documents] == ["f:1:1", "f:5:1", "f:10:1"]
    assert [problem.span.line for problem in problems] == [4, 6, 9]


def test_the_first_of_two_values_of_a_key_is_kept():
    documents, (problem,) = read("a: 1\nb: {x: 1, x: [2, {y: 1, y: 2}]}\na: 2\n")[0], read("a: 1\na: 2\n")[1]
    assert documents[0].data == {"a": 1, "b": {"x": 1}}
    assert (str(problem.span), str(problem.related[0])) == ("f:2:1", "f:1:1")
    assert codes("a: 1\nb: {x: 1, x: [2, {y: 1, y: 2}]}\na: 2\n") == ["duplicate-key"] * 3


@pytest.mark.parametrize("key", ["1", "~", "true", "1.5", "[a]", "{a: b}", "? [a, {b: c}]\n", "*anchor"])
def test_a_refused_key_takes_only_its_value_with_it(key):
    text = f"x: &anchor [1]\n{key}{'' if key[-1] == chr(10) else ' '}: [dropped]\ny: 2\n"
    documents, problems = read(text)
    assert documents[0].data == {"x": [1], "y": 2}
    assert [problem.code for problem in problems] == ["bad-key"]


def test_an_alias_may_be_a_key():
    assert one("a: &x word\n*x : 1\n").data == {"a": "word", "word": 1}


def test_quoted_merge_keys_are_refused_too():
    assert codes('"<<": {a: 1}\n') == ["merge-key"]


def test_a_name_may_be_given_again():
    assert one("[&a 1, *a, &a 2, *a]").data == [1, 1, 2, 2]


@pytest.mark.parametrize(
    "tag", ["!x", "!!set", "!!binary", "!!python/none", "!<tag:example.com,2000:x>", "!!map", "!!seq"]
)
def test_tags_that_do_not_belong_here(tag):
    assert codes(f"a: {tag} x\n") == ["bad-tag"]


def test_tags_of_lists_and_mappings():
    assert one("!!map {a: !!seq [!!str 1, ! 2]}").data == {"a": ["1", "2"]}
    assert codes("a: !!seq {b: c}\nd: !!set {e}\n") == ["bad-tag", "bad-tag"]


def test_the_slow_parser_reads_the_same(monkeypatch):
    fast = one(TEXT)
    monkeypatch.setattr(source, "_Parser", yaml.SafeLoader)
    slow = one(TEXT)
    assert (slow.data, slow.mark) == (fast.data, fast.mark)


@given(st.one_of(st.text(), st.text("ab:-[]{}&*!|>'\"#%@,? \n\t~<\\u0x1.", max_size=60), st.binary()))
def test_any_text_gives_documents_and_problems(text):
    documents, problems = read(text if isinstance(text, bytes) else text.encode(errors="surrogatepass"))
    for document in documents:
        assert document.span().line >= 1
    for problem in problems:
        assert problem.span.file == "f"
        assert problem.span.line >= 1
        assert problem.span.column >= 1


TEXTS = st.text(
    st.characters(exclude_categories=("Cc", "Cs", "Cn", "Zl", "Zp"), exclude_characters="\ufeff"), max_size=6
)
KEYS = TEXTS.filter("<<".__ne__)
PLAIN = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-(2**63), 2**64 - 1), TEXTS),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(KEYS, inner, max_size=3)),
    max_leaves=12,
)


@given(st.one_of(st.lists(PLAIN), st.dictionaries(KEYS, PLAIN)), st.sampled_from([None, 2]))
def test_json_is_yaml(data, indent):
    assert one(json.dumps(data, ensure_ascii=False, indent=indent)).data == data


@pytest.mark.parametrize(
    ("value", "code", "hint"),
    [
        ("from: *", "yaml-syntax", "put a pattern that begins with * in quotes"),
        ("from: *.web", "yaml-syntax", "put a pattern that begins with * in quotes"),
        ("from: *-web*", "yaml-syntax", "put a pattern that begins with * in quotes"),
        (
            "from: *foo",
            "bad-alias",
            "put a pattern that begins with * in quotes; to repeat a value, write &foo before it",
        ),
        ("{labels: tier=web,!legacy}", "yaml-syntax", "put a label selector with ! in quotes"),
        ("{labels: !legacy}", "yaml-syntax", "put a label selector with ! in quotes"),
        (
            "labels: !legacy",
            "bad-tag",
            "leave the tag out; put a text that begins with ! in quotes, such as a label selector",
        ),
        ("why: & more", "yaml-syntax", "put a value that begins with & in quotes"),
    ],
)
def test_what_yaml_takes_for_its_own_is_to_be_quoted(value, code, hint):
    problems = parse_documents("f", value.encode())[1]
    assert [(problem.code, problem.hint) for problem in problems] == [(code, hint)]


@pytest.mark.parametrize("before", ["", "a: ", "- ", "? "])
@pytest.mark.parametrize("value", ["https://u:secret@host", "https://u:sec/r@t secret@host/path", "x //secret@y"])
def test_no_message_repeats_a_password_in_an_address(before, value):
    for text in (f"{before}!!int {value}", f"{before}!!bool '{value}'", f"{{'{value}': 1, '{value}': 2}}"):
        problems = parse_documents("f", text.encode())[1]
        assert problems
        assert not [problem for problem in problems if "secret" in f"{problem.message}{problem.hint}"]
