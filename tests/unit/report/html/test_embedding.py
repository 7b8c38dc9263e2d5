from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from reconciler.report.html.embedding import embedded_json

TEXT = st.text(st.characters(exclude_categories=["Cs"]) | st.sampled_from("<>&/!-\u2028\u2029"))
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | TEXT,
    lambda inner: st.lists(inner) | st.dictionaries(TEXT, inner),
    max_leaves=20,
)


@given(VALUES)
def test_embedded_json_means_the_same(value):
    assert json.loads(embedded_json(value)) == value


@given(VALUES)
def test_nothing_ends_the_element_or_a_line(value):
    assert not set(embedded_json(value)) & set("<>&\u2028\u2029")


def test_a_page_does_not_escape_it_again():
    assert embedded_json({"a": "</script>"}).__html__() == '{"a":"\\u003c/script\\u003e"}'
