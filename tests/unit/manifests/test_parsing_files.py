"""Parsing many files with the help of other processes gives what parsing them alone gives."""

import sys
import threading
from datetime import date

import pytest

from reconciler.manifests.bundle import load_bundle
from reconciler.manifests.parsing import cache as parsed_files
from reconciler.manifests.parsing import files as parsing
from reconciler.manifests.parsing.cache import ParsedFiles
from reconciler.manifests.parsing.process import ParseProcess

TODAY = date(2026, 11, 20)
SPACE = """\
apiVersion: c2c/v1
kind: Space
org: acme
space: space-{0}
apps:
  - name: app-{0}
    ports: [{{name: api, tls: auto}}]
    ingress:
      - from: [app-{0}x, other/app]
        ports: [api]
        until: 2026-11-2{0}
"""


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "policies"
    folder.mkdir()
    for number in range(9):
        (folder / f"{number}.yml").write_text(SPACE.format(number) + "---\n" * number)
    return folder


@pytest.fixture
def helped(monkeypatch):
    """Have two processes help with all but the first file, on any machine."""
    monkeypatch.setattr(parsing, "ALONE", 300)
    monkeypatch.setattr(parsing, "processors", lambda: 2)


def load(folder, cache=None):
    return load_bundle((str(folder),), today=TODAY, cache=cache)


def said(loaded):
    spaces = [(item.value, item.document.data, item.document.mark) for item in loaded.bundle.spaces]
    return spaces, loaded.bundle.digest, loaded.diagnostics


@pytest.fixture
def started(monkeypatch):
    """Remember the processes that are started."""
    processes = []
    start = ParseProcess.__init__

    def remember(self):
        start(self)
        processes.append(self._process)

    monkeypatch.setattr(ParseProcess, "__init__", remember)
    return processes


def have_ended(processes) -> bool:
    return bool(processes) and all(process.returncode is not None for process in processes)


def test_help_changes_nothing(folder, started, monkeypatch):
    alone = said(load(folder))
    assert len(alone[2]) == 27
    monkeypatch.setattr(parsing, "ALONE", 300)
    monkeypatch.setattr(parsing, "processors", lambda: 2)
    asked = []
    monkeypatch.setattr(ParseProcess, "parse", lambda self, content: asked.append(content) or parse(self, content))
    assert said(load(folder)) == alone
    assert len(asked) == 8
    assert have_ended(started)


parse = ParseProcess.parse


@pytest.mark.usefixtures("helped")
def test_what_is_wrong_is_told_with_the_name_of_its_file(folder):
    (folder / "7.yml").write_text("a: [")
    (folder / "8.yml").write_text(SPACE.format(8) + "    x: .inf\n")
    found = load(folder)
    assert found.bundle is None
    assert {item.span.file for item in found.diagnostics if item.severity == "error"} == {
        str(folder / "7.yml"),
        str(folder / "8.yml"),
    }


@pytest.mark.usefixtures("helped")
def test_what_others_parsed_is_kept(folder, tmp_path, monkeypatch):
    monkeypatch.setattr(parsed_files, "SMALLEST", 1)
    cache = ParsedFiles.open(tmp_path / "cache")
    first = said(load(folder, cache))
    monkeypatch.setattr(ParseProcess, "parse", lambda *_: pytest.fail("it was parsed again"))
    assert said(load(folder, cache)) == first


@pytest.mark.usefixtures("helped")
@pytest.mark.parametrize("program", ["/nowhere/python", "/bin/false", "/bin/cat", "", None])
def test_without_processes_everything_is_parsed_here(folder, monkeypatch, program):
    monkeypatch.setattr(sys, "executable", program)
    assert len(load(folder).bundle.spaces) == 9


@pytest.mark.usefixtures("helped")
@pytest.mark.parametrize("words", ["hi", "a Python of this house, set up with care: 0123456789"])
def test_a_python_that_prints_words_of_its_own_is_done_without(folder, started, tmp_path, monkeypatch, words):
    program = tmp_path / "python"
    program.write_text(f'#!/bin/sh\necho "{words}"\nexec "{sys.executable}" "$@"\n')
    program.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(program))
    assert len(load(folder).bundle.spaces) == 9
    assert have_ended(started)


@pytest.mark.usefixtures("helped")
@pytest.mark.parametrize("most", [0, 1])
def test_where_no_more_threads_may_start_everything_is_parsed_here(folder, started, monkeypatch, most):
    start, threads = threading.Thread.start, []

    def start_some(self):
        if len(threads) == most:
            raise RuntimeError("can't start new thread")
        threads.append(self)
        start(self)

    monkeypatch.setattr(threading.Thread, "start", start_some)
    assert len(load(folder).bundle.spaces) == 9
    assert have_ended(started) == bool(most)


@pytest.mark.usefixtures("helped")
def test_a_process_that_dies_is_done_without(folder, started, monkeypatch):
    def die_after(self, content):
        if b"space-4" in content:
            self.kill()
        return parse(self, content)

    monkeypatch.setattr(ParseProcess, "parse", die_after)
    assert len(load(folder).bundle.spaces) == 9
    assert have_ended(started)


def test_a_module_in_the_current_folder_is_not_run(tmp_path, monkeypatch):
    (tmp_path / "yaml.py").write_text("raise SystemExit('run')")
    monkeypatch.chdir(tmp_path)
    process = ParseProcess()
    try:
        assert process.parse(b"a: 1") is not None
    finally:
        process.end()


@pytest.mark.parametrize("content", [b"", b"a: [", b"a: 1", b"a: 1\n---\nb: [2, 3]\n", b"\xff"])
def test_a_process_answers_for_any_content(content):
    process = ParseProcess()
    try:
        once, again = process.parse(content), process.parse(content)
    finally:
        process.end()
    assert once == again
    assert (once is None) == (content in (b"", b"a: [", b"\xff"))
