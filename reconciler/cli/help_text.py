"""Help on a terminal. What click does not wrap, such as examples, is wrapped as reports are: at spaces only."""

from __future__ import annotations

import sys

import click

from reconciler.cli.console import columns_of
from reconciler.report.wrap import wrap_lines


class _FittedText(click.HelpFormatter):
    def getvalue(self) -> str:
        return wrap_lines(super().getvalue(), columns_of(sys.stdout))


class FittedContext(click.Context):
    """The context of every command: its help fits the terminal, if there is one."""

    formatter_class = _FittedText
