"""Turning what stopped a run into words and an exit code."""

from __future__ import annotations

from reconciler.cli.console import open_console
from reconciler.cli.plan_formats import REMARK_FORMATS, render_remarks
from reconciler.errors import C2CError, ManifestError, PlatformError
from reconciler.report.diagnostics_text import count_problems, render_diagnostics
from reconciler.report.escape import escape
from reconciler.report.json_text import encode_error, render_json

INTERNAL_ERROR = 1


def _for_programs(problem: C2CError, output_format: str) -> str:
    if output_format == "json":
        return render_json({"error": encode_error(problem)})
    if output_format not in REMARK_FORMATS:
        return ""
    from reconciler.report.remarks import remarks_of_failure  # noqa: PLC0415 - only where it is asked for

    return render_remarks(remarks_of_failure(problem), output_format)


def report_failure(problem: Exception, *, output_format: str = "text") -> int:
    """Write the problem to standard error and return the exit code it stands for.

    Where a format for programs was asked for, standard output gets it too, so that a pipeline has something to read.
    """
    console = open_console()
    if isinstance(problem, C2CError):
        console.result(_for_programs(problem, output_format))
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
