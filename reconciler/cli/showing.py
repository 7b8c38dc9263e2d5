"""Showing and saving reports, and the exit code that a plan stands for."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from reconciler.cli.files.output import put_file
from reconciler.cli.plan_formats import Look, render_plan
from reconciler.errors import RefusedError, UsageError
from reconciler.report.json_text import render_json

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from reconciler.cli.console import Console
    from reconciler.cli.outputs import Output
    from reconciler.planning.plan import Plan

CHANGES = 2
"""The exit code of `--detailed-exitcode` for a plan that is not empty."""


def show_plan(plan: Plan, console: Console, output_format: str, look: Look, *, outputs: Iterable[Output]) -> None:
    """Save the plan in every format that is wanted, and show it in one more.

    `look` is for both; only what is shown has colour and is fitted to the terminal.
    """
    plain = Look(show_foreign=look.show_foreign, budget=look.budget)
    save_all(outputs, lambda name: render_plan(plan, name, plain), "the plan")
    console.result(render_plan(plan, output_format, look))


def exit_code_of(plan: Plan, *, detailed: bool) -> int:
    """Give the exit code of a plan; with `detailed`, changes have one of their own."""
    if plan.is_refused:
        return RefusedError.exit_code
    return CHANGES if detailed and not plan.is_empty else 0


def show_report(
    report: Mapping[str, Any], render: Callable[[Mapping[str, Any]], str], output_format: str, console: Console
) -> None:
    """Show a report that is data: as JSON, or in words."""
    if output_format == "json":
        console.result(render_json(report))
    else:
        console.text(render(report))


def save_all(outputs: Iterable[Output], render: Callable[[str], str], what: str) -> None:
    """Write every file, but none before all of them are rendered. `render` takes the name of a format."""
    for output, text in [(output, render(output.format)) for output in outputs]:
        save_whole(output.path, text, what)


def save_whole(path: str, text: str, what: str) -> None:
    """Write a file so that it has all of the text or is what it was before. Raise UsageError when that fails."""
    try:
        put_file(Path(path), text.encode())
    except OSError as problem:
        raise UsageError(f"{what} could not be saved to {path}: {problem.strerror}") from problem
