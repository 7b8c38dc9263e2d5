"""Showing and saving a plan, and the exit code that it stands for."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from reconciler.errors import RefusedError, UsageError
from reconciler.report.plan_json import render_plan_json
from reconciler.report.plan_text import render_plan_text

if TYPE_CHECKING:
    from reconciler.cli.console import Console
    from reconciler.planning.plan import Plan

CHANGES = 2
"""The exit code of `--detailed-exitcode` for a plan that is not empty."""


def show_plan(
    plan: Plan,
    console: Console,
    output_format: str,
    *,
    output: str | None,
    detailed_exitcode: bool,
    show_foreign: bool = False,
) -> int:
    """Save the plan if that is wanted, show it, and give the exit code."""
    if output:
        save_whole(output, render_plan_json(plan), "the plan")
    if output_format == "json":
        console.result(render_plan_json(plan))
    else:
        console.result(render_plan_text(plan, style=console.out_style, show_foreign=show_foreign))
    if plan.is_refused:
        return RefusedError.exit_code
    return CHANGES if detailed_exitcode and not plan.is_empty else 0


def save_whole(path: str, text: str, what: str) -> None:
    """Write a file so that it has all of the text or is what it was before. Raise UsageError when that fails."""
    target = Path(path)
    if target.exists() and not target.is_file():
        _save_in_place(target, text, what)
        return
    draft = target.with_name(f".{target.name}.{os.getpid()}.draft")
    try:
        with draft.open("w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(target)
    except OSError as problem:
        with suppress(OSError):
            draft.unlink()
        raise UsageError(f"{what} could not be saved to {path}: {problem.strerror}") from problem


def _save_in_place(target: Path, text: str, what: str) -> None:
    """Write to a pipe or a device, which cannot be replaced."""
    try:
        target.write_text(text, encoding="utf-8")
    except OSError as problem:
        raise UsageError(f"{what} could not be saved to {target}: {problem.strerror}") from problem
