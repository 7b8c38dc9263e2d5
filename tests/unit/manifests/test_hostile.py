"""Files made to hurt: each is refused, or read, within bounds of time and memory."""

import gc
import time
import tracemalloc
from datetime import date
from pathlib import Path

import pytest

from reconciler.manifests.bundle import MAX_PROBLEMS, load_bundle
from reconciler.manifests.source import parse_documents

HEAD = "apiVersion: c2c/v1\nkind: Space\norg: acme\nspace: web\n"
SECONDS = 20
"""Far above what any of these takes on a slow machine, far below what an unbounded one would."""


@pytest.fixture
def load(tmp_path):
    def load(content):
        file = tmp_path / "hostile.yml"
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
        return load_bundle([str(file)], today=date(2026, 11, 20))

    return load


@pytest.fixture(autouse=True)
def in_time():
    started = time.monotonic()
    yield
    assert time.monotonic() - started < SECONDS


def codes(loaded):
    assert loaded.bundle is None
    return {problem.code for problem in loaded.diagnostics}


def bomb(levels, value):
    lines = [f"a0: &a0 [{', '.join([value] * 10)}]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, levels)]
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize("value", ["x", "{}", "[]", "x" * 10_000])
def test_aliases_that_explode(load, value):
    assert codes(load(bomb(30, value))) == {"too-many-aliases"}


def test_long_texts_that_are_repeated(load):
    text = f"a: &a {'x' * 1_000_000}\nb: [{', '.join(['*a'] * 1000)}]\n"
    tracemalloc.start()
    assert codes(load(text)) == {"too-many-aliases"}
    assert tracemalloc.get_traced_memory()[1] < 100_000_000
    tracemalloc.stop()


@pytest.mark.parametrize("size", [11 * 1024**2, 100 * 1024**2, 2**40])
def test_huge_files_cost_nothing(tmp_path, size):
    file = tmp_path / "huge.yml"
    with file.open("wb") as opened:
        opened.truncate(size)
    tracemalloc.start()
    started = time.monotonic()
    assert codes(load_bundle([str(file)], today=date(2026, 11, 20))) == {"file-too-large"}
    assert time.monotonic() - started < 1
    assert tracemalloc.get_traced_memory()[1] < 5_000_000
    tracemalloc.stop()


@pytest.mark.parametrize("opening", ["[", "{a: ", "- ", "? ", "[{a: ", "!!seq ["])
def test_endless_nesting(load, opening):
    found = codes(load(HEAD + "apps:\n  " + opening * 1_000_000))
    assert found & {"too-deep", "yaml-syntax"}


@pytest.mark.parametrize(
    "content", [b"\xff", b"a: \xc3", b"\xed\xa0\x80", b"\xfe\xff\0a", b"\xff\xfe\0\0a", b"a\xc0\x80"]
)
def test_what_is_not_utf_8(load, content):
    assert codes(load(content)) == {"not-utf-8"}


@pytest.mark.parametrize(
    "char", [*map(chr, range(9)), "\x0b", "\x0c", "\x1b", "\x7f", "\x85", "\x9b", "\u2028", "\ufeff", "\uffff"]
)
def test_characters_that_have_no_business_here(load, char):
    loaded = load(f"a: 1\nbé: x{char}")
    assert codes(loaded) == {"forbidden-character"}
    assert (loaded.diagnostics[0].span.line, loaded.diagnostics[0].span.column) == (2, 6)


@pytest.mark.parametrize("name", ["\\e[31mred", "\\u202Ereversed", "\\x9B2J", "a\\nb", "\\0"])
def test_names_that_would_steer_a_terminal_are_quoted(load, name):
    for line in (f'space: "{name}"', f'"{name}": 1', f'manages: "{name}"'):
        for problem in load(f"apiVersion: c2c/v1\nkind: Space\norg: acme\n{line}\napps: []\n").diagnostics:
            assert problem.message.isprintable()
            assert (problem.hint or "").isprintable()


def test_a_very_long_line(load):
    loaded = load(HEAD + f"owner: {'x' * 5_000_000}\napps: []\n")
    assert codes(loaded) == {"too-long"}
    assert all(len(problem.message) < 500 for problem in loaded.diagnostics)


def test_very_many_unknown_keys(load):
    loaded = load(HEAD + "apps: []\n" + "".join(f"key-{number}: 1\n" for number in range(200_000)))
    assert codes(loaded) == {"unknown-key", "too-many-problems"}
    assert len(loaded.diagnostics) == MAX_PROBLEMS + 1


def test_very_many_duplicate_keys(load):
    assert codes(load("a: 1\n" * 300_000)) >= {"duplicate-key", "too-many-problems"}


def test_very_many_broken_documents():
    _, problems = parse_documents("f", b"--- [\n" * 500_000)
    assert problems[-1].code == "too-many-problems"


def test_very_many_patterns_in_one_space(load):
    entries = "".join(f"  - {{name: app-{number}, match: [app-{number}, 'x{number}*']}}\n" for number in range(3000))
    assert codes(load(HEAD + "apps:\n" + entries)) == {"too-many-patterns"}


def test_very_many_misspelt_names(load):
    apps = "".join(
        f"  - name: application-{letter}{other}\n" for letter in "abcdefghij" for other in "abcdefghijklmnopq"
    )
    grants = ", ".join(f"application-x{number}" for number in range(20_000))
    ports = "    ports: [{name: http, port: 8080, tls: none}]\n"
    loaded = load(f"{HEAD}apps:\n{apps}{ports}    ingress: [{{from: [{grants}], ports: [http]}}]\n")
    assert loaded.bundle is not None


def test_very_many_unknown_ports(load):
    ports = ", ".join(f"{{name: port-{number}, port: {number + 1}, tls: none}}" for number in range(900))
    grants = ", ".join(f"prot-{number}" for number in range(20_000))
    body = f"apps:\n  - name: a\n    ports: [{ports}]\n    ingress: [{{from: b, ports: [{grants}]}}]\n"
    assert codes(load(HEAD + body)) == {"unknown-port", "too-many-problems"}


def test_a_folder_of_very_many_files(tmp_path):
    for number in range(2000):
        (tmp_path / f"{number}.yml").write_text(HEAD.replace("web", f"space-{number}") + "apps: []\n")
    loaded = load_bundle([str(tmp_path)], today=date(2026, 11, 20))
    assert len(loaded.bundle.spaces) == 2000
    assert loaded.diagnostics == ()


def test_the_collector_is_left_as_it_was(load):
    assert gc.isenabled()
    load(HEAD)
    assert gc.isenabled()
    gc.disable()
    try:
        load(HEAD)
        assert not gc.isenabled()
    finally:
        gc.enable()


def test_no_file_is_left_open(load):
    folder = Path("/proc/self/fd")
    before = len(list(folder.iterdir())) if folder.is_dir() else 0
    load(HEAD)
    assert (len(list(folder.iterdir())) if before else 0) == before
