"""`c2c validate`: every problem in every manifest, with no network."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from reconciler.cli.clock import DayType, today_utc
from reconciler.cli.console import open_console
from reconciler.cli.options import format_option, paths_argument
from reconciler.cli.outputs import outputs_option
from reconciler.cli.plan_formats import PLAIN_LOOK, REMARK_FORMATS, Look, render_remarks
from reconciler.cli.session import read_manifests
from reconciler.cli.showing import save_all
from reconciler.errors import ManifestError, RefusedError
from reconciler.flow.offline import validated
from reconciler.report.validation_text import render_validation_text

if TYPE_CHECKING:
    from datetime import date

    from reconciler.cli.outputs import Output
    from reconciler.model.validation import Validation

EPILOG = """\b
Example:
  c2c validate
  c2c validate policies/acme/payments.yml --format json
  c2c validate --format github
"""
VALIDATE_FORMATS = ("text", "json", *REMARK_FORMATS)


@click.command("validate", epilog=EPILOG)
@paths_argument
@click.option("--as-of", type=DayType(), default=None, help="Judge `until` as of this day (UTC) instead of today.")
@outputs_option(*VALIDATE_FORMATS)
@format_option(*VALIDATE_FORMATS)
def command(paths: tuple[str, ...], as_of: date | None, outputs: tuple[Output, ...], output_format: str) -> int:
    """Check manifests: syntax, schema, references, dates; guardrails and expectations as far as they go. No network.

    PATH defaults to `policies`. Exit code 1 when there is an error; warnings alone are no error. Exit code 3 when a
    guardrail or an expectation forbids what the manifests describe.
    """
    console = open_console()
    today = as_of or today_utc()
    found = validated(read_manifests(paths, today=today), today)
    save_all(outputs, lambda name: _render(found, name), "what was found")
    console.result(_render(found, output_format, Look(console.out_style, console.width)))
    if not found.is_valid:
        return ManifestError.exit_code
    return RefusedError.exit_code if found.is_refused else 0


def _render(found: Validation, output_format: str, look: Look = PLAIN_LOOK) -> str:
    # Each format is a module of its own: a run pays for those that it uses.
    # ruff: noqa: PLC0415
    if output_format == "text":
        return render_validation_text(found, style=look.style, width=look.width)
    if output_format == "json":
        from reconciler.report.validation_json import render_validation_json

        return render_validation_json(found)
    from reconciler.report.remarks import remarks_of_validation

    return render_remarks(remarks_of_validation(found), output_format)
