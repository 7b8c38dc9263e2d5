"""`fmt` changes how a manifest looks and nothing else."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from support.command import ROOT, c2c

from reconciler.manifests.source import parse_documents
from reconciler.manifests.writer import canonical

if TYPE_CHECKING:
    from pathlib import Path

UGLY = b"""\
kind: Space
apiVersion: c2c/v1
space:   web
org: 'acme'   # quoted on purpose
apps:
- ports:
  - {tls: none,  port: 0777, name: x}
  name: a
  ingress: [{ports: [x], from: b}]
# the last word
"""
TIDY = b"""\
kind: Space
apiVersion: c2c/v1
space: web
org: 'acme'   # quoted on purpose
apps:
  - name: a
    ports:
      - {name: x, port: 0777, tls: none}
    ingress: [{from: b, ports: [x]}]
# the last word
"""


def data(content: bytes) -> list:
    documents, problems = parse_documents("x.yml", content)
    assert problems == []
    return [document.data for document in documents]


def test_keys_are_ordered_where_no_comment_would_lose_its_place():
    assert canonical("x.yml", UGLY) == TIDY


@pytest.mark.parametrize("path", sorted(ROOT.glob("policies/**/*.yml")), ids=lambda path: path.name)
def test_the_example_organization_is_canonical(path):
    assert canonical(str(path), path.read_bytes()) == path.read_bytes()


@pytest.mark.parametrize("path", sorted(ROOT.glob("tests/wrong_manifests/*.yml")), ids=lambda path: path.stem)
def test_any_file_keeps_its_meaning_and_its_comments(path):
    before = path.read_bytes()
    after = canonical(str(path), before)
    if isinstance(after, bytes):
        assert data(after) == data(before)
        assert comments(after) == comments(before)
        assert canonical(str(path), after) == after


values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**40), 2**40) | st.text(st.characters(codec="utf-8"), max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("abcdefg", min_size=1), inner, max_size=3),
    max_leaves=12,
)


@given(values, st.sampled_from([True, False, None]))
def test_formatting_is_the_same_the_second_time_and_keeps_the_data(value, flow):
    before = yaml.safe_dump({"apiVersion": "c2c/v1", "value": value}, default_flow_style=flow).encode()
    documents, problems = parse_documents("x.yml", before)
    after = canonical("x.yml", before)
    if problems or not isinstance(after, bytes):
        return
    assert data(after) == [document.data for document in documents]
    assert canonical("x.yml", after) == after


def comments(content: bytes) -> Counter[bytes]:
    return Counter(line.strip() for line in content.splitlines() if line.strip().startswith(b"#"))


def write(folder: Path, content: bytes) -> Path:
    folder.joinpath("policies").mkdir()
    path = folder / "policies/web.yml"
    path.write_bytes(content)
    path.chmod(0o640)
    return path


def test_check_writes_nothing_and_fails(tmp_path):
    path = write(tmp_path, UGLY)
    outcome = c2c("fmt", "--check", "--diff", cwd=tmp_path)
    assert outcome.code == 1
    assert "-  name: a" in outcome.out
    assert path.read_bytes() == UGLY


def test_fmt_writes_the_file_in_place_and_keeps_its_mode(tmp_path):
    path = write(tmp_path, UGLY)
    outcome = c2c("fmt", cwd=tmp_path)
    assert (outcome.code, outcome.out) == (0, "policies/web.yml\n")
    assert path.read_bytes() == TIDY
    assert path.stat().st_mode & 0o777 == 0o640
    assert c2c("fmt", "--check", cwd=tmp_path).code == 0


def test_a_file_that_is_not_yaml_is_reported_and_left(tmp_path):
    path = write(tmp_path, b"a: [1\n")
    outcome = c2c("fmt", cwd=tmp_path)
    assert outcome.code == 1
    assert "policies/web.yml:2:1: error[yaml-syntax]" in outcome.err
    assert path.read_bytes() == b"a: [1\n"
