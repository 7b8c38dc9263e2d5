"""`c2c fmt`: canonical manifests."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click

from reconciler.cli.console import Console, open_console
from reconciler.cli.files.output import put_file
from reconciler.cli.named_manifests import named_manifests
from reconciler.cli.options import format_option, paths_argument
from reconciler.diagnostics import Diagnostic, has_errors
from reconciler.errors import UsageError
from reconciler.manifests.discovery import find_manifests, printable
from reconciler.manifests.editing.writer import canonical
from reconciler.manifests.parsing.reading import read_file
from reconciler.report.diagnostics_text import render_diagnostics
from reconciler.report.escape import escape
from reconciler.report.json_text import encode_diagnostics, render_json
from reconciler.report.line_diff import render_line_diff

if TYPE_CHECKING:
    from collections.abc import Sequence

EPILOG = """\b
Example:
  c2c fmt
  c2c fmt policies --check --diff
"""


class _Formatted(NamedTuple):
    """A file, by its name to show and where it really is, and its text before and after."""

    file: str
    target: Path
    before: bytes
    after: bytes


@click.command("fmt", epilog=EPILOG)
@paths_argument
@click.option("--check", is_flag=True, help="Write nothing; exit with 1 when a file is not in canonical form.")
@click.option(
    "--diff",
    "show_diff",
    is_flag=True,
    help="Show the changes as a diff, too; only --check writes nothing.",
)
@format_option()
def command(paths: tuple[str, ...], output_format: str, *, check: bool, show_diff: bool) -> int:
    """Bring manifests into canonical form: one indentation, every comment kept, keys in one order.

    In a mapping that holds a comment the keys stay where they are: a comment belongs to the lines around it.

    PATH defaults to `policies`. A file that cannot be read as YAML is reported and left as it is.
    """
    console = open_console()
    changed, problems = _format_all(named_manifests(paths))
    if not check:
        for item in changed:
            _write(item)
    if output_format == "json":
        files = [item.file for item in changed]
        console.result(render_json({"changed": files, "diagnostics": encode_diagnostics(problems)}))
    else:
        _tell(console, changed, problems, show_diff=show_diff, verb="would be changed" if check else "changed")
    return 1 if has_errors(problems) or (check and changed) else 0


def _format_all(paths: Sequence[str]) -> tuple[list[_Formatted], list[Diagnostic]]:
    files, problems = find_manifests(paths)
    changed = []
    for file in files:
        before = read_file(file)
        if isinstance(before, Diagnostic):
            problems.append(before)
            continue
        after = canonical(file, before)
        if isinstance(after, list):
            problems += after
        elif after != before:
            changed.append(_Formatted(printable(file), Path(file).resolve(), before, after))
    return changed, sorted(problems, key=lambda item: item.sort_key)


def _tell(
    console: Console, changed: list[_Formatted], problems: list[Diagnostic], *, show_diff: bool, verb: str
) -> None:
    for item in changed:
        if show_diff:
            console.result(render_line_diff(item.file, item.before, item.after))
        else:
            console.text(f"{escape(item.file)}\n")
    console.note(render_diagnostics(problems, style=console.err_style) + f"{len(changed)} {verb}")


def _write(item: _Formatted) -> None:
    try:
        put_file(item.target, item.after)
    except OSError as problem:
        raise UsageError(f"{item.file} could not be written: {problem.strerror}") from problem
