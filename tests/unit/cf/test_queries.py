from __future__ import annotations

import re
from urllib.parse import unquote

import pytest

from reconciler.cf.cloud_controller import batched
from reconciler.cf.queries import BATCH, LINE, batches, filter_value, filters


def as_cloud_controller_reads(raw: str) -> list[str]:
    """Decode, split at commas and the space after them, decode again."""
    return [unquote(item) for item in re.split(r",\s*", unquote(raw))]


NAMES = ["plain", "a,b", "100%", "%2C", "%252C", "a+b", "with space", " leading", "a/b", "ü-Straße", "a&b=c#d?", "日本"]


@pytest.mark.parametrize("name", NAMES)
def test_every_name_arrives_as_itself(name):
    raw = ",".join([filter_value(name), filter_value("other")])
    assert as_cloud_controller_reads(raw) == [name, "other"]
    assert raw.isascii()


def test_a_comma_is_encoded_twice():
    assert filter_value("a,b") == "a%252Cb"


def test_batches_hold_200_guids_and_every_one_once():
    guids = [f"{number:08d}-0000-0000-0000-000000000000" for number in range(1001)]
    queries = list(batches("guids", guids, {"include": ["space.organization"]}))
    assert len(queries) == 6
    values = [value for query in queries for value in query.removeprefix("guids=").partition("&")[0].split(",")]
    assert values == guids
    assert max(query.count(",") + 1 for query in queries) == BATCH
    assert all(query.endswith("&include=space.organization") for query in queries)


def test_long_names_make_smaller_batches_instead_of_a_longer_line():
    names = [f"{number}{'ü' * 240}" for number in range(20)]
    queries = list(batches("names", names, {}))
    assert len(queries) > 1
    assert max(map(len, queries)) <= LINE


def test_many_batches_become_one_question_for_everything():
    guids = [f"{number:036d}" for number in range(1001)]
    assert batched("space_guids", guids[:1000]) != [""]
    assert batched("space_guids", guids) == [""]
    assert batched("space_guids", guids, {"domain_guids": ["d"]}) == ["domain_guids=d"]
    assert batched("space_guids", []) == []


def test_filters_join_values_with_bare_commas():
    assert filters({"names": ["a", "b"], "include": ["space"]}) == "names=a,b&include=space"
