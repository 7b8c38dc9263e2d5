"""Where text leaves the program: results to standard output, everything else to standard error."""

from __future__ import annotations

import contextlib
import io
import os
import sys
import threading
from typing import IO, TYPE_CHECKING, NamedTuple

from reconciler.errors import UsageError
from reconciler.report.escape import escape
from reconciler.report.style import Style
from reconciler.report.wrap import wrap_lines

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_PATIENCE = 1.0
"""Seconds before anybody is told that something takes its time."""

CLEAR_LINE = "\r\x1b[2K"
"""Takes a bar away, so that a line can stand in its place; it is drawn again below."""

_USUAL_WIDTH = 80
"""Columns of a terminal that does not tell."""


class Gauge(NamedTuple):
    """How far long work is. `show` takes the number of finished steps and what is being done now.

    While there is a gauge, lines about the run go to its `note`: it keeps them apart from the bar.
    """

    show: Callable[[int, str], None]
    note: Callable[[str], None]


class Console(NamedTuple):
    """The two streams and how each may look."""

    stdout: IO[str]
    stderr: IO[str]
    out_style: Style
    err_style: Style
    interactive: bool
    width: int | None = None
    """Columns of the terminal that shows results; None where there is none, and lines may be as long as they are."""
    err_width: int | None = None
    """The same of the one that shows everything else."""

    def result(self, text: str) -> None:
        """Write a result, whole and unchanged. A reader that has gone away is no reason to stop.

        Raise UsageError when the stream cannot be written for another reason, such as a full disk.
        """
        try:
            self.stdout.write(text)
            self.stdout.flush()
        except BrokenPipeError:
            silence(self.stdout)
        except OSError as problem:
            silence(self.stdout)
            raise UsageError(f"standard output cannot be written: {problem.strerror}") from None

    def text(self, text: str) -> None:
        """Write a result for people, fitted to the terminal if there is one. Raise as `result` does."""
        self.result(wrap_lines(text, self.width))

    def stdin_bytes(self, limit: int) -> bytes:
        """Read standard input, at most so many bytes."""
        return sys.stdin.buffer.read(limit)

    def note(self, text: str, *, to_copy: bool = False) -> None:
        """Write a line about the run: progress, a warning, an error. Nothing depends on its being read.

        It is fitted to the terminal, unless it is a command to copy, which stays whole.
        """
        fitted = text if to_copy else wrap_lines(text, self.err_width)
        try:
            self.stderr.write(fitted if fitted.endswith("\n") else fitted + "\n")
            self.stderr.flush()
        except OSError:
            silence(self.stderr)

    def warn(self, text: str, *, beside_bar: bool = False) -> None:
        """Write a warning, which may come while a bar is shown. The text may hold anything: it is escaped here."""
        clear = CLEAR_LINE if beside_bar and self.interactive else ""
        self.note(f"{clear}{self.err_style.paint('warning', 'yellow')}: {escape(text)}")

    @contextlib.contextmanager
    def progress(self, total: int) -> Iterator[Gauge]:
        """Show how far long work is: a bar on a terminal, a line a step elsewhere."""
        if not self.interactive:
            yield Gauge(lambda number, words: self.note(f"[{min(number + 1, total)}/{total}] {words}"), self.note)
            return
        from rich.console import Console as RichConsole  # noqa: PLC0415 - only where there is a terminal
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn  # noqa: PLC0415
        from rich.text import Text  # noqa: PLC0415 - as above

        def note(text: str) -> None:
            with contextlib.suppress(OSError):
                bar.console.print(Text(wrap_lines(text, self.err_width)), soft_wrap=True)

        columns = (TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn())
        with Progress(*columns, console=RichConsole(file=self.stderr), transient=True) as bar:
            task = bar.add_task("starting", total=total)
            yield Gauge(lambda number, words: bar.update(task, completed=number, description=words), note)

    @contextlib.contextmanager
    def waiting(self, words: str) -> Iterator[None]:
        """Show on a terminal that something takes its time, once it has taken a second. Elsewhere show nothing."""
        if not self.interactive:
            yield
            return
        done = threading.Event()
        watcher = threading.Thread(target=self._spin, args=(words, done), daemon=True)
        watcher.start()
        try:
            yield
        finally:
            done.set()
            watcher.join()

    def _spin(self, words: str, done: threading.Event) -> None:
        if done.wait(_PATIENCE):
            return
        from rich.console import Console as RichConsole  # noqa: PLC0415 - only for a wait on a terminal
        from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn  # noqa: PLC0415 - as above

        columns = (SpinnerColumn("line"), TextColumn("{task.description}", markup=False), TimeElapsedColumn())
        with Progress(*columns, console=RichConsole(file=self.stderr), transient=True) as spinner:
            spinner.add_task(words, total=None)
            done.wait()


def silence(stream: IO[str]) -> None:
    """Lead a stream that cannot be written to nowhere, so that nothing fails on it again, the interpreter included."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def prepare_streams() -> None:
    """Make all three streams usable, whatever the parent closed and however it spells text."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: PTH123, SIM115 - for the whole run
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding=_encoding_of(stream), errors="backslashreplace")


def _encoding_of(stream: IO[str]) -> str | None:
    """Give the encoding to change to, or None. A file or a program gets the same bytes whatever the locale says."""
    if stream is sys.stderr or stream.isatty() or os.environ.get("PYTHONIOENCODING"):
        return None
    return "utf-8"


def open_console() -> Console:
    """Look at the terminal and the environment (`NO_COLOR`, `CI`, `TERM`) once, at the start."""
    plain = bool(os.environ.get("NO_COLOR")) or os.environ.get("TERM") == "dumb"
    unattended = bool(os.environ.get("CI"))
    return Console(
        stdout=sys.stdout,
        stderr=sys.stderr,
        out_style=Style(sys.stdout.isatty() and not plain and not unattended),
        err_style=Style(sys.stderr.isatty() and not plain and not unattended),
        interactive=sys.stderr.isatty() and not plain and not unattended,
        width=columns_of(sys.stdout),
        err_width=columns_of(sys.stderr),
    )


def columns_of(stream: IO[str]) -> int | None:
    """Give the width of the terminal that a stream leads to, or what `COLUMNS` says; None for any other stream."""
    if not stream.isatty():
        return None
    said = os.environ.get("COLUMNS", "")
    if said.isdecimal() and int(said):
        return int(said)
    try:
        return os.get_terminal_size(stream.fileno()).columns or _USUAL_WIDTH
    except OSError:
        return _USUAL_WIDTH
