"""Turning what stopped a run into words and an exit code."""

from __future__ import annotations

from reconciler.cli.console import open_console
from reconciler.errors import C2CError, ManifestError, PlatformError
from reconciler.report.diagnostics_text import count_problems, render_diagnostics
from reconciler.report.escape import escape
from reconciler.report.json_text import encode_error, render_json

INTERNAL_ERROR = 1


def report_failure(problem: Exception, *, as_json: bool = False) -> int:
    """Write the problem to standard error and return the exit code it stands for.

    Where JSON was asked for, standard output gets it as an object, so that a pipeline has something to read.
    """
    console = open_console()
    if as_json and isinstance(problem, C2CError):
        console.result(render_json({"error": encode_error(problem)}))
    style = console.err_style
    if isinstance(problem, ManifestError):
        console.note(render_diagnostics(problem.diagnostics, style=style))
        console.note(count_problems(problem.diagnostics))
        return problem.exit_code
    if isinstance(problem, C2CError):
        console.note(f"{style.paint('error', 'red')}: {escape(problem.summary)}")
        if isinstance(problem, PlatformError) and problem.request_line:
            console.note(f"    request: {escape(problem.request_line)}")
        for detail in problem.details:
            console.note(f"    {escape(detail)}")
        if problem.hint:
            console.note(f"    hint: {escape(problem.hint)}")
        return problem.exit_code
    console.note(f"{style.paint('internal error', 'red')}: {type(problem).__name__}: {escape(str(problem))}")
    console.note("    hint: this is a defect of c2c; set C2C_DEBUG=1 to see where it happened, and report it")
    return INTERNAL_ERROR
