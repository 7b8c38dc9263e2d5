"""A list of policies that another process reads is the list that is read here, and what is wrong is told as here."""

import sys
import threading

import httpx
import pytest

from reconciler.cf import policy_process
from reconciler.cf.api import Api
from reconciler.cf.auth import TokenSource
from reconciler.cf.credentials import TokenCredentials
from reconciler.cf.policy_process import PolicyProcess
from reconciler.cf.policy_server import PolicyServer
from reconciler.cf.root import Root
from reconciler.errors import NotFoundError, UnexpectedAnswerError

POLICIES = [
    {"source": {"id": source}, "destination": {"id": "b", "protocol": "tcp", "ports": {"start": 1, "end": end}}}
    for source in ("a", "b", "é")
    for end in (1, 65535)
]
WHOLE = {"total_policies": len(POLICIES), "policies": POLICIES}
WRONG = {"total_policies": 2, "policies": [POLICIES[0], {}]}


@pytest.fixture
def server_of(make_http):
    """A policy server that answers with a list."""

    def make(body) -> PolicyServer:
        tokens = TokenSource(TokenCredentials("t0ken"), lambda _: pytest.fail("no grant is asked for"))
        root = Root("https://uaa.test", "/networking/v1/external", None)
        http = make_http(lambda _: httpx.Response(200, json=body))
        return PolicyServer(Api(http, "https://api.example.test", lambda: root, tokens))

    return make


@pytest.fixture(autouse=True)
def started(monkeypatch):
    """Have every list read by another process, on any machine, and remember the processes."""
    monkeypatch.setattr(policy_process, "LONG", 1)
    monkeypatch.setattr(policy_process, "processors", lambda: 2)
    processes = []
    start = policy_process.start

    def remember(module):
        processes.append(start(module))
        return processes[-1]

    monkeypatch.setattr(policy_process, "start", remember)
    return processes


@pytest.fixture
def not_here(monkeypatch):
    """Nothing is read in this process."""
    monkeypatch.setattr(policy_process, "read_policies", lambda _: pytest.fail("it was read here"))


def read(server):
    with server.policies_meanwhile(busy=True) as policies:
        return policies()


def have_ended(processes) -> bool:
    return bool(processes) and all(process.returncode is not None for process in processes)


@pytest.mark.usefixtures("not_here")
def test_help_changes_nothing(server_of, started):
    server = server_of(WHOLE)
    assert read(server) == server.policies()
    assert have_ended(started)


@pytest.mark.parametrize("body", [WRONG, {"total_policies": 7, "policies": POLICIES}, [], {"policies": None}])
def test_what_is_wrong_is_told_as_if_it_was_read_here(server_of, started, body):
    server = server_of(body)
    with pytest.raises(UnexpectedAnswerError) as here:
        server.policies()
    with pytest.raises(UnexpectedAnswerError) as there:
        read(server)
    assert str(there.value) == str(here.value)
    assert have_ended(started)


def test_what_is_wrong_with_the_list_counts_before_what_goes_wrong_meanwhile(server_of, started):
    with pytest.raises(UnexpectedAnswerError), server_of(WRONG).policies_meanwhile(busy=True):
        raise NotFoundError("gone")
    with pytest.raises(NotFoundError), server_of(WHOLE).policies_meanwhile(busy=True):
        raise NotFoundError("gone")
    assert have_ended(started)


def test_nobody_waits_for_the_list_after_an_interrupt(server_of, started, monkeypatch):
    monkeypatch.setattr(PolicyProcess, "wait", lambda _: pytest.fail("it was waited for"))
    with pytest.raises(KeyboardInterrupt), server_of(WHOLE).policies_meanwhile(busy=True):
        raise KeyboardInterrupt
    assert have_ended(started)


@pytest.mark.parametrize("missing", ["something else to do", "a long list", "a second processor"])
def test_help_is_asked_for_only_where_it_is_worth_it(server_of, started, monkeypatch, missing):
    if missing == "a long list":
        monkeypatch.setattr(policy_process, "LONG", 2**24)
    if missing == "a second processor":
        monkeypatch.setattr(policy_process, "processors", lambda: 1)
    monkeypatch.setattr(PolicyProcess, "ask", lambda *_: pytest.fail("it was asked for"))
    with server_of(WHOLE).policies_meanwhile(busy=missing != "something else to do") as policies:
        assert len(policies()) == len(POLICIES)
    assert len(started) == (missing == "a long list")
    assert have_ended(started) or missing != "a long list"


@pytest.mark.parametrize("program", ["/nowhere/python", "/bin/false", "/bin/cat", "", None])
def test_without_a_process_the_list_is_read_here(server_of, monkeypatch, program):
    monkeypatch.setattr(sys, "executable", program)
    assert len(read(server_of(WHOLE))) == len(POLICIES)


def test_a_python_that_prints_words_of_its_own_is_done_without(server_of, started, tmp_path, monkeypatch):
    program = tmp_path / "python"
    program.write_text(f'#!/bin/sh\necho "hi"\nexec "{sys.executable}" "$@"\n')
    program.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(program))
    assert len(read(server_of(WHOLE))) == len(POLICIES)
    assert have_ended(started)


def test_where_no_more_threads_may_start_the_list_is_read_here(server_of, started, monkeypatch):
    def refuse(_):
        raise RuntimeError("can't start new thread")

    ask = PolicyProcess.ask

    def ask_without_threads(self, body):
        with monkeypatch.context() as patched:
            patched.setattr(threading.Thread, "start", refuse)
            ask(self, body)

    monkeypatch.setattr(PolicyProcess, "ask", ask_without_threads)
    assert len(read(server_of(WHOLE))) == len(POLICIES)
    assert have_ended(started)


def test_a_process_that_dies_is_done_without(server_of, started, monkeypatch):
    ask = PolicyProcess.ask

    def die(self, body):
        self._process.kill()
        ask(self, body)

    monkeypatch.setattr(PolicyProcess, "ask", die)
    # More than a pipe takes, so that writing fails as well as reading.
    body = {"total_policies": 3000, "policies": [POLICIES[0]] * 3000}
    assert len(read(server_of(body))) == 3000
    assert have_ended(started)


@pytest.mark.usefixtures("not_here")
def test_a_module_in_the_current_folder_is_not_run(server_of, tmp_path, monkeypatch):
    (tmp_path / "msgspec.py").write_text("raise SystemExit('run')")
    monkeypatch.chdir(tmp_path)
    assert len(read(server_of(WHOLE))) == len(POLICIES)
