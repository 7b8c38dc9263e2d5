"""Files made to hurt: each is refused, or read, within bounds of time and memory."""

import gc
import time
import tracemalloc
from datetime import date
from pathlib import Path

import pytest

from reconciler.manifests.bundle import load_bundle
from reconciler.manifests.parsing.source import parse_documents
from reconciler.manifests.schemas import errors
from reconciler.manifests.schemas.checks import check_document
from reconciler.manifests.schemas.verdict import MAX_PROBLEMS

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
    assert time.monotonic() - started < 10
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


def test_very_many_patterns_that_begin_with_a_star(load):
    entries = "".join(f"  - {{name: app-{number}, match: [app-{number}, '*x{number}*']}}\n" for number in range(1400))
    assert load(HEAD + "apps:\n" + entries).bundle is not None


def test_very_many_patterns_that_all_match(load):
    entries = "".join(
        f"  - {{name: app-{number}, match: [app-{number}, '*{number % 7}*']}}\n" for number in range(1400)
    )
    loaded = load(HEAD + "apps:\n" + entries)
    assert codes(loaded) == {"app-claimed-twice", "too-many-problems"}
    assert len(loaded.diagnostics) == MAX_PROBLEMS + 1


def test_very_many_documents_that_are_no_manifests(load):
    loaded = load("---\na\n" * 200_000)
    assert codes(loaded) == {"wrong-type", "too-many-problems"}
    assert len(loaded.diagnostics) == MAX_PROBLEMS + 1


@pytest.mark.parametrize("item", ["0", "{}", "[]", "{name: 1}", "x"])
def test_very_many_wrong_items_cost_little_memory(load, item):
    text = HEAD + "apps: [" + f"{item}," * 300_000 + "]\n"
    loaded = load(text)
    assert "too-many-problems" in codes(loaded)
    assert len(loaded.diagnostics) == MAX_PROBLEMS + 1


def test_of_very_many_errors_few_are_made(monkeypatch):
    made = []
    create = errors.jsonschema.ValidationError.__init__

    def counted(self, *args, **options):
        made.append(1)
        create(self, *args, **options)

    monkeypatch.setattr(errors.jsonschema.ValidationError, "__init__", counted)
    (document,), _ = parse_documents("f", (HEAD + "apps: [" + "0," * 200_000 + "]\n").encode())
    problems = check_document("Space", document)
    assert MAX_PROBLEMS < len(problems) <= len(made) < 20 * MAX_PROBLEMS


def test_one_error_at_the_end_of_very_many_apps(load):
    rest = "    ports: [{name: http, port: 8080, tls: none}]\n    ingress: [{from: b, ports: [http]}]\n"
    text = HEAD + "apps:\n" + "".join(f"  - name: app-{number}\n{rest}" for number in range(40_000)) + "  - 1\n"
    assert codes(load(text)) == {"wrong-type"}


@pytest.mark.parametrize("item", ["x{0}, {0}", "[{0}], x{0}", "{{a: {0}}}, {0}.5", "true, {0}"])
def test_very_many_items_of_different_types(load, item):
    items = ", ".join(item.format(number) for number in range(20_000))
    assert "too-many-problems" in codes(load(f"{HEAD}apps: [{{name: a, ingress: [{{from: b, ports: [{items}]}}]}}]\n"))


@pytest.mark.parametrize(
    ("items", "twice"),
    [
        ("1, 1.0", True), ("1, true", False), ("0, false", False), ("[1], [1.0]", True), ("[1], [true]", False),
        ("{a: 1, b: [0]}, {b: [0.0], a: 1}", True), ("{a: 1}, {a: true}", False), ("'1', 1", False), ("~, 0", False),
        ("[], {}", False), ("a, a", True), ("~, ~", True),
    ],
)  # fmt: skip
def test_the_same_twice_is_what_json_schema_says(load, items, twice):
    loaded = load(f"{HEAD}apps: [{{name: a, ingress: [{{from: b, ports: [{items}, 7]}}]}}]\n")
    assert ("duplicate-item" in codes(loaded)) == twice


def test_very_many_ports_and_unknown_ports_in_one_app(load):
    ports = ", ".join(f"{{name: p{number}, port: {number + 1}, tls: none}}" for number in range(8000))
    grants = ", ".join(f"q{number}" for number in range(8000))
    body = f"apps:\n  - name: a\n    ports: [{ports}]\n    ingress: [{{from: b, ports: [{grants}]}}]\n"
    assert "unknown-port" in codes(load(HEAD + body))


def test_very_many_apps_and_many_that_are_nearly_one_of_them(load):
    apps = "".join(f"  - {{name: application-{number % 7}-{number}}}\n" for number in range(100_000))
    grants = ", ".join(f"aplication-{number % 5}-x{number}" for number in range(1000))
    ports = "    ports: [{name: http, port: 8080, tls: none}]\n"
    body = f"apps:\n{apps}  - name: z\n{ports}    ingress: [{{from: [{grants}], ports: [http]}}]\n"
    assert load(HEAD + body).bundle is not None


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


def test_nesting_by_aliases_counts_too(load):
    text = HEAD + "apps: []\nx0: &a0 [1]\n"
    text += "".join(f"x{number}: &a{number} [[[[[[[*a{number - 1}]]]]]]]\n" for number in range(1, 40))
    assert "too-deep" in codes(load(text))
