"""Where text leaves the program: results to standard output, everything else to standard error."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING

from reconciler.report.style import Style

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@dataclass(frozen=True, slots=True)
class Console:
    """The two streams and how each may look."""

    stdout: IO[str]
    stderr: IO[str]
    out_style: Style
    err_style: Style
    interactive: bool

    def result(self, text: str) -> None:
        """Write a result, whole and unchanged."""
        self.stdout.write(text)
        self.stdout.flush()

    def note(self, text: str) -> None:
        """Write a line about the run: progress, a warning, an error."""
        self.stderr.write(text if text.endswith("\n") else text + "\n")
        self.stderr.flush()

    @contextmanager
    def progress(self, total: int) -> Iterator[Callable[[int, str], None]]:
        """Show how far long work is: a bar on a terminal, a line a step elsewhere.

        The block gets a function to call with the number of finished steps and what is being done now.
        """
        if not self.interactive:
            yield lambda number, words: self.note(f"[{min(number + 1, total)}/{total}] {words}")
            return
        from rich.console import Console as RichConsole  # noqa: PLC0415 - only where there is a terminal
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn  # noqa: PLC0415

        columns = (TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn())
        with Progress(*columns, console=RichConsole(file=self.stderr), transient=True) as bar:
            task = bar.add_task("starting", total=total)
            yield lambda number, words: bar.update(task, completed=number, description=words)


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
    )
