"""Positions: kept in a row, packed with the document or not, they say where everything stands."""

from typing import Any

import hypothesis.strategies as st
from hypothesis import given

from reconciler.manifests.parsing.parsed import Document, DocumentPlace
from reconciler.manifests.parsing.source import parse_documents


class Pairs(list):
    """A mapping as it is written: a key may stand twice, and the second time it is refused."""


WORDS = st.sampled_from(["web", "a-b", "x.y", "9a", "Zebra"])
TREES = st.recursive(
    WORDS,
    lambda below: st.lists(below, max_size=3) | st.lists(st.tuples(WORDS, below), max_size=4).map(Pairs),
    max_leaves=12,
)


def flow(tree: Any) -> str:
    if isinstance(tree, Pairs):
        return "{" + ", ".join(f"{key}: {flow(value)}" for key, value in tree) + "}"
    return "[" + ", ".join(map(flow, tree)) + "]" if isinstance(tree, list) else tree


def block(tree: Any, indent: int = 0) -> str:
    """Write lists and mappings over lines, what is empty or a word at the end of one."""
    if not tree or isinstance(tree, str):
        return f" {flow(tree)}\n"
    lines = [(f"{key}:", value) for key, value in tree] if isinstance(tree, Pairs) else [("-", one) for one in tree]
    return "\n" + "".join(f"{' ' * indent}{start}{block(below, indent + 2)}" for start, below in lines)


def parsed(text: str) -> Document:
    (document,), _ = parse_documents("f.yml", text.encode())
    return document


def paths(data: Any, path: tuple[Any, ...] = ()):
    yield path, data
    steps = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for step, below in steps:
        yield from paths(below, (*path, step))


def rest(text: str, span: Any) -> str:
    """Give what stands in a text from a place on."""
    return text.splitlines()[span.line - 1][span.column - 1 :]


@given(TREES, st.sampled_from([flow, block]))
def test_a_position_is_where_the_value_stands(tree, write):
    text = "top: " + write(Pairs([("k", tree)]), *([2] if write is block else []))
    document = parsed(text)
    for path, data in paths(document.data):
        if isinstance(data, str):
            assert rest(text, document.span(*path)).startswith(data)
        if path and isinstance(path[-1], str):
            assert rest(text, document.key_span(*path)).startswith(f"{path[-1]}:")
        elif path and isinstance(data, str):
            assert document.key_span(*path) == document.span(*path)


@given(TREES)
def test_packing_loses_nothing(tree):
    document = parsed("top: " + flow(tree))
    again = Document.unpack("f.yml", document.pack())
    assert again.pack() == document.pack()
    assert again.opened().data == again.data == document.data
    for path, _ in paths(document.data):
        for one in (path, (*path, 0), (*path, 9), (*path, "web"), (*path, "web", 0, "nothing")):
            asked_once = Document.unpack("f.yml", document.pack())
            assert asked_once.span(*one) == document.span(*one)
            assert asked_once.key_span(*one) == document.key_span(*one)
        places = [(one.span(*path), one.key_span(*path)) for one in (document, again, again.opened())]
        assert places[0] == places[1] == places[2]
        assert DocumentPlace(again, path).span == places[0][0]
        assert document.has(*path)
        assert again.has(*path)
        assert not again.has(*path, "nothing")


def test_an_alias_stands_where_it_is_written_and_its_parts_where_they_are():
    document = parsed("a: &x {b: [c]}\nd: *x\n")
    assert str(document.span("d")) == "f.yml:2:4"
    assert document.span("d", "b", 0) == document.span("a", "b", 0)


def test_what_is_refused_has_no_position():
    text = "a: 1\n? [b]\n: {c: 1}\na: {d: 2}\n<<: {e: 3}\nf: 4\n"
    document = parsed(text)
    assert document.data == {"a": 1, "f": 4}
    assert rest(text, document.span("f")) == "4"
