"""`fmt` changes how a manifest looks and nothing else."""

from __future__ import annotations

import os
import random
from collections import Counter
from typing import TYPE_CHECKING

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from support.command import ROOT, c2c

from reconciler.cli import fmt_command
from reconciler.manifests.editing.writer import canonical
from reconciler.manifests.parsing.source import parse_documents

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


MIXED = """\
kind: Template
limits: {max_sources: 1, tls: [auto]}
app:
  ingress: [{ports: [a], from: {parameter: p}}]
  ports: [{tls: auto, name: a}]
parameters: {p: {type: string, default: x}}
name: t
---
limits: {expression: x, tls: [auto]}
match: {destination: {zone: a, org: b}, source: [{labels: x, app: y}]}
kind: Guardrail
enforcement: deny
name: g
---
until: 2027-01-01
kind: Waiver
why: x
guardrail: g
name: w
---
expect: [{allowed: true, to: a/b/c, from: {space: s, org: o}}]
name: e
kind: Expectation
---
apps: [{template: {with: {b: 1, a: {from: x}}, name: t}, name: a}]
kind: Space
"""
ORDERED = """\
kind: Template
name: t
parameters: {p: {type: string, default: x}}
app:
  ports: [{name: a, tls: auto}]
  ingress: [{from: {parameter: p}, ports: [a]}]
limits: {tls: [auto], max_sources: 1}
---
kind: Guardrail
name: g
enforcement: deny
match: {source: [{app: y, labels: x}], destination: {org: b, zone: a}}
limits: {tls: [auto], expression: x}
---
kind: Waiver
name: w
guardrail: g
why: x
until: 2027-01-01
---
kind: Expectation
name: e
expect: [{from: {org: o, space: s}, to: a/b/c, allowed: true}]
---
kind: Space
apps: [{name: a, template: {name: t, with: {b: 1, a: {from: x}}}}]
"""


def test_every_kind_has_its_order_of_keys():
    assert canonical("x.yml", MIXED.encode()).decode() == ORDERED
    assert canonical("x.yml", ORDERED.encode()).decode() == ORDERED


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


def test_what_would_be_damaged_is_left_with_a_reason():
    (problem,) = canonical("x.yml", b"a: [ # kept?\n  1 # and this?\n]\n")
    assert problem.code == "cannot-format"


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


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"\xef\xbb\xbf# licence\n---\na: 1\n", b"# licence\na: 1\n"),
        (b"\xef\xbb\xbfa: 1\n", b"a: 1\n"),
        (b"# licence\n---\na: 1\n", b"# licence\na: 1\n"),
        (b"# vim: ft=yaml\n\n# licence\n\n---\n# of a\na: 1\n", b"# vim: ft=yaml\n\n# licence\n\n# of a\na: 1\n"),
        (b"# c\r\n---\r\na: 1\r\n", b"# c\na: 1\n"),
        (b"# c\ra: 1\r# d\rb: 1\r", b"# c\na: 1\n# d\nb: 1\n"),
        (b"--- # c\na: 1\n", b"# c\na: 1\n"),
        (b"# c\n--- {a: 1}\n", b"# c\n{a: 1}\n"),
        (b"# c\n%YAML 1.2\n---\na: 1\n", b"# c\n%YAML 1.2\n---\na: 1\n"),
        (b"# c\n---\na: 1\n---\n# d\nb: 1\n", b"# c\na: 1\n---\n# d\nb: 1\n"),
        (b"\n\n\na: 1\n", b"a: 1\n"),
        (b"\n \n# c\n\na: 1\n", b"# c\n\na: 1\n"),
        (b"---\n\n\na: 1\n", b"a: 1\n"),
        (b"# c\n[1, 2]\n", b"# c\n[1, 2]\n"),
    ],
)
def test_what_stands_above_the_first_document_stays(before, after):
    assert canonical("x.yml", before) == after
    assert canonical("x.yml", after) == after


def test_a_comment_above_the_first_key_keeps_its_place_and_a_licence_does_not_matter():
    wrong = b"kind: Space\napiVersion: c2c/v1\n"
    right = b"apiVersion: c2c/v1\nkind: Space\n"
    assert canonical("x.yml", b"# of the kind\n" + wrong) == b"# of the kind\n" + wrong
    assert canonical("x.yml", b"# licence\n---\n" + wrong) == b"# licence\n" + right
    assert canonical("x.yml", b"\n" + wrong) == right


def test_what_the_library_cannot_read_is_a_problem_and_no_exception():
    (problem,) = canonical("x.yml", b"--- |\n  # text\n")
    assert problem.code == "cannot-format"
    assert canonical("caf\udce9.yml", b"--- |\n  # text\n")[0].span.file == "caf\\udce9.yml"


LINES = [
    "---", "--- # s", "# c", "", "  # i", "a: 1", "apps:", "- x: 1", "  - y: 2", "    z: 3 # t", "org: b", "...",
    "kind: Space", "x: [1, 2]", "  ", "\t", "%YAML 1.2", "p: |", "    # text", "--- {r: 1}",
]  # fmt: skip


def test_any_lines_keep_their_comments_and_are_canonical_the_second_time():
    chance = random.Random(7)  # noqa: S311 - no secret
    formatted = 0
    for _ in range(4000):
        lines = [chance.choice(LINES) for _ in range(chance.randint(1, 8))]
        before = (chance.choice(["", "\ufeff"]) + chance.choice(["\n", "\r\n"]).join(lines) + "\n").encode()
        after = canonical("x.yml", before)
        if isinstance(after, bytes):
            formatted += 1
            assert canonical("x.yml", after) == after, before
            assert after.count(b"#") == before.count(b"#"), before
    assert formatted > 500


@pytest.mark.parametrize(
    "lines",
    [
        "apps:\n\n  - {name: a}  # c\n  - name: b\n    trust: system\n",
        "apps:\n  # k\n  - {name: a}  # c\n  - name: b\n    trust: system\n",
        "apps:\n  - {name: a}\n\n  - {name: b}  # c\n",
        "apps:\n  - {name: a}\n  # k\n  - {name: b}  # c\n",
        "routes:\n  - [a, b]\n  # k\n  - [c]  # c\n",
        "ports:  # p\n  - {}\n  - a: 1\n    b: 2\n",
    ],
)
def test_comments_and_blank_lines_around_brackets_stay(lines):
    assert canonical("x.yml", lines.encode()).decode() == lines


ITEMS = ["{a: 1}", "[x, y]", "z", "{a: 1, b: [c]}", "a: 1\n        b: 2", "a: 1\n        b: {c: 1}", "[]", "{}"]


def laid_out(chance: random.Random) -> str:
    """Write a list of apps with brackets, comments and blank lines wherever one may be."""

    def commented(text: str) -> str:
        return text + ("  # c\n" if chance.random() < 0.35 else "\n")

    def gap(*indentations: int) -> str:
        lines = ["\n", *(f"{' ' * depth}# k\n" for depth in indentations)]
        return "".join(chance.choice(lines) for _ in range(chance.choice([0, 0, 0, 1, 1, 2])))

    text = commented("apps:") + gap(0, 2)
    for number in range(chance.randint(1, 3)):
        if chance.random() < 0.25:
            text += commented(f"  - {{name: a{number}}}") + gap(0, 2, 4)
            continue
        text += commented(f"  - name: a{number}")
        for key in ("routes", "ports"):
            value = chance.choice([" [x]", " []", " {a: 1}", ""])
            text += gap(2, 4) + commented(f"    {key}:{value}")
            if not value:
                text += gap(4, 6) + "".join(commented(f"      - {chance.choice(ITEMS)}") + gap(4, 6, 8) for _ in "12")
        text += gap(0, 2, 4)
    return text


def test_whatever_is_laid_out_with_brackets_and_comments_can_be_formatted_and_no_line_moves():
    chance = random.Random(11)  # noqa: S311 - no secret
    for _ in range(1000):
        before = laid_out(chance)
        after = canonical("x.yml", before.encode())
        assert isinstance(after, bytes), (before, after)
        assert [line.split() for line in after.decode().splitlines() if line.strip()] == [
            line.split() for line in before.splitlines() if line.strip()
        ]
        assert canonical("x.yml", after) == after, before


def test_fmt_writes_nothing_outside_the_folder(tmp_path):
    path = write(tmp_path, UGLY)
    outside = tmp_path / "outside"
    outside.mkdir()
    outside.joinpath("a.yml").write_bytes(UGLY)
    tmp_path.joinpath("policies/file.yml").symlink_to("../outside/a.yml")
    tmp_path.joinpath("policies/folder").symlink_to("../outside")
    outcome = c2c("fmt", cwd=tmp_path)
    assert outcome.code == 1
    assert outcome.err.count("unreadable-file") == 2
    assert outside.joinpath("a.yml").read_bytes() == UGLY
    assert path.read_bytes() == TIDY


def test_fmt_writes_through_links_that_stay_inside_or_are_named(tmp_path):
    path = write(tmp_path, UGLY)
    tmp_path.joinpath("policies/a.yml").symlink_to("web.yml")
    assert c2c("fmt", cwd=tmp_path).out == "policies/a.yml\n"
    assert path.read_bytes() == TIDY
    path.write_bytes(UGLY)
    tmp_path.joinpath("named.yml").symlink_to("policies/web.yml")
    assert c2c("fmt", "named.yml", cwd=tmp_path).code == 0
    assert path.read_bytes() == TIDY
    assert tmp_path.joinpath("named.yml").is_symlink()


@pytest.mark.parametrize("moment", ["chmod", "replace", "open"])
def test_an_interrupted_fmt_leaves_the_file_and_nothing_else(tmp_path, monkeypatch, moment):
    path = write(tmp_path, UGLY)

    def interrupted(*_args, **_options):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(type(path), moment, interrupted)
        with pytest.raises(KeyboardInterrupt):
            fmt_command._write(fmt_command._Formatted("x.yml", path, UGLY, TIDY))
    assert list(path.parent.iterdir()) == [path]
    assert path.read_bytes() == UGLY


def test_a_name_that_is_no_text_is_formatted_and_shown(tmp_path):
    folder = tmp_path / "policies"
    folder.mkdir()
    path = folder / os.fsdecode(b"caf\xe9.yml")
    path.write_bytes(UGLY)
    outcome = c2c("fmt", "--format", "json", cwd=tmp_path)
    assert (outcome.code, outcome.err) == (0, "")
    assert "policies/caf\\\\udce9.yml" in outcome.out
    assert path.read_bytes() == TIDY
