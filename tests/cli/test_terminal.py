"""What people see on a terminal: colour, its width, and that something takes its time. None of it in a pipe."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import shutil
import signal
import struct
import subprocess
import sys
import termios
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import chain, repeat

import pytest
from support.command import C2C, c2c, copy_example, environment
from support.site import site_at

from reconciler.cli.applying.interrupts import noticed_interrupts
from reconciler.cli.console import Console
from reconciler.report.style import PLAIN

PLAN = ("plan", "--live", "demo/foundation.yml", "--as-of", "2026-11-20")
LOOK = re.compile(r"\x1b\[[0-9;]*m")


@pytest.fixture
def workplace(tmp_path):
    copy_example(tmp_path)
    return tmp_path


def on_terminal(*arguments, cwd, columns=80, **more):
    """Run `c2c` on a terminal of so many columns, and give what it shows."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 50, columns, 0, 0))
    env = {**environment(cwd, TERM="xterm"), **more}
    process = subprocess.Popen([C2C, *arguments], cwd=cwd, env=env, stdin=theirs, stdout=theirs, stderr=theirs)
    os.close(theirs)
    shown = b""
    while True:
        try:
            read = os.read(ours, 65536)
        except OSError:  # how Linux says that nobody holds the other end any more
            break
        if not read:
            break
        shown += read
    os.close(ours)
    process.wait(60)
    return shown.decode().replace("\r\n", "\n")


@contextmanager
def slow_server(seconds, failures=0):
    """Serve nothing, after a while; before that be out of order for so many requests."""
    statuses = chain(repeat(503, failures), repeat(404))

    class Slow(BaseHTTPRequestHandler):
        def do_GET(self):
            time.sleep(seconds)
            self.send_error(next(statuses))

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Slow)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.mark.parametrize("columns", [60, 80, 100])
def test_a_plan_fits_a_narrow_terminal(workplace, columns):
    shown = on_terminal(*PLAN, cwd=workplace, columns=columns)
    lines = [LOOK.sub("", line) for line in shown.splitlines()]
    # A digest, an address and a command to copy stay in one piece.
    whole = re.compile(r"Digest: \S+|  cf restart .*| *\S+")
    assert [line for line in lines if len(line) > columns and not whole.fullmatch(line)] == []
    assert "\x1b[32m+\x1b[0m" in shown


def test_a_wide_terminal_shows_what_a_pipe_gets(workplace):
    piped = c2c(*PLAN, cwd=workplace).out
    assert "\x1b" not in piped
    assert LOOK.sub("", on_terminal(*PLAN, cwd=workplace, columns=300)) == piped


def test_without_colour_the_words_are_the_same(workplace):
    coloured = on_terminal(*PLAN, cwd=workplace)
    plain = on_terminal(*PLAN, cwd=workplace, NO_COLOR="1")
    assert "\x1b" not in plain
    assert LOOK.sub("", coloured) == plain


LIVE = ("--live", "demo/foundation.yml")
TEXTS = {
    "doctor": ("doctor", "--space", "acme/web"),
    "explain": ("explain", "prometheus", "card-vault", *LIVE, "--as-of", "2026-11-20"),
    "explain-allowed": ("explain", "frontend", "ledger", "61443", *LIVE, "--as-of", "2026-11-20"),
    "diff": ("diff", "demo/foundation.yml", "policies", "--as-of", "2026-11-20"),
    "rules": ("rules",),
    "schema": ("schema",),
    "export": ("export", *LIVE, "-o", "out"),
    "rfc-0034": ("export", *LIVE, "--to", "rfc-0034", "-o", "out"),
    "import": ("import", *LIVE, "list.txt", "-o", "out"),
    "init": ("init", "out/a-name/that-takes-its-room/on-a-terminal/as-many-do"),
    "validate": ("validate", "--as-of", "2026-11-20"),
    "help": ("--help",),
    "help-of-a-command": ("import", "--help"),
    "an-error": ("diff", "demo/foundation.yml", "policies", "--space", "acme/nothing-of-this-name"),
    "no-such-option": ("plan", "--an-option-that-nobody-has-ever-heard-of", "--and-another-one-of-that-kind"),
}
LISTED = """\
Listing network policies in org acme / space web as admin...

source     destination   protocol   ports   destination space   destination org
frontend   ledger        tcp        61443   payments            acme
frontend   ledger        tcp        2222    payments            acme
"""


@pytest.mark.parametrize("columns", [60, 80])
@pytest.mark.parametrize("name", TEXTS)
def test_every_text_fits_a_narrow_terminal_and_loses_no_word(workplace, name, columns):
    (workplace / "list.txt").write_text(LISTED, encoding="utf-8")
    shown = on_terminal(*TEXTS[name], cwd=workplace, columns=columns, NO_COLOR="1")
    # An address, a path, a command that takes more than the whole width stands alone.
    assert [line for line in shown.splitlines() if len(line) > columns and len(line.split()) > 1] == []
    if not name.startswith("help"):  # which click wraps in pipes, too
        shutil.rmtree(workplace / "out", ignore_errors=True)
        piped = c2c(*TEXTS[name], cwd=workplace)
        assert sorted(shown.split()) == sorted((piped.out + piped.err).split())
        assert piped.out or piped.code == 1


def test_the_examples_of_a_page_stay_whole(workplace):
    shown = on_terminal("rules", "plaintext-beside-tls", cwd=workplace, columns=60)
    page = c2c("rules", "plaintext-beside-tls", cwd=workplace).out
    assert shown.split() == page.split()
    assert page.partition("```yaml")[2].partition("```")[0] in shown
    assert max(map(len, shown.partition("```yaml")[0].splitlines())) <= 60


@pytest.mark.parametrize("output_format", ["json", "markdown", "sarif", "dot"])
def test_formats_for_programs_stay_whole_on_a_terminal(workplace, output_format):
    command = (*PLAN, "--format", output_format)
    assert on_terminal(*command, cwd=workplace, columns=60) == c2c(*command, cwd=workplace).out


def test_a_slow_platform_is_said_to_be_read_on_a_terminal_only(workplace):
    target = ("plan", "--access-token", "x.x.x")
    with slow_server(1.6) as url:
        assert "reading the platform" in on_terminal(*target, "--api", url, cwd=workplace)
        assert "reading the platform" not in c2c(*target, "--api", url, cwd=workplace).err
    with slow_server(0) as url:
        assert "reading the platform" not in on_terminal(*target, "--api", url, cwd=workplace)


def test_calls_that_are_made_again_are_told_once_for_each_trouble(workplace):
    target = ("plan", "--access-token", "x.x.x")
    said = "warning: Cloud Controller says: a web page titled 'Error response'; trying again"
    with slow_server(0, failures=2) as url:
        assert c2c(*target, "--api", url, cwd=workplace).err.splitlines().count(said) == 1
    with slow_server(1.2, failures=1) as url:
        rows = rows_of(on_terminal(*target, "--api", url, cwd=workplace, columns=100))
    assert rows.count(said) == 1
    assert [row for row in rows if "reading the platform" in row] == []


def rows_of(shown):
    """Draw what a terminal is sent, and give its rows: only what moves between them counts."""
    rows, row, column = [""], 0, 0
    for command, text in re.findall(r"(\x1b\[[0-9;?]*[A-Za-z]|\r|\n)|([^\x1b\r\n]+)", shown):
        if command == "\n":
            row, column = row + 1, 0
            rows += [""] * (row + 1 - len(rows))
        elif command == "\r":
            column = 0
        elif command.endswith("K"):
            rows[row] = "" if command == "\x1b[2K" else rows[row][:column]
        elif command.endswith("A"):
            row -= int(command[2:-1] or 1)
        else:
            rows[row] = rows[row][:column].ljust(column) + text + rows[row][column + len(text) :]
            column += len(text)
    return rows


def test_what_is_said_beside_a_bar_stands_on_lines_of_its_own(tmp_path):
    with site_at(tmp_path) as site:
        shown = on_terminal("apply", "--yes", cwd=tmp_path, **site.env)
    rows = rows_of(shown)
    assert "reading again before anything is removed" in rows
    assert "━" in shown
    assert [row for row in rows if "━" in row] == []


@pytest.mark.parametrize(("interactive", "begin"), [(True, "\r\x1b[2Kstopping"), (False, "stopping")])
def test_a_request_to_stop_is_answered_in_the_place_of_a_bar(tmp_path, interactive, begin):
    with (tmp_path / "errors").open("w", encoding="utf-8") as errors:
        console = Console(sys.stdout, errors, PLAIN, PLAIN, interactive=interactive, err_width=60)
        with noticed_interrupts(console) as interruption:
            os.kill(os.getpid(), signal.SIGINT)
            assert interruption.requested
    said = (tmp_path / "errors").read_bytes().decode()
    assert said.startswith(begin)
    assert all(len(line) <= 60 for line in said.removeprefix(begin).split("\n"))
