"""`c2c validate`: every problem in every manifest, with no network."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from reconciler.cli.clock import DayType, today_utc
from reconciler.cli.console import open_console
from reconciler.cli.options import DEFAULT_PATH, format_option, paths_argument
from reconciler.flow.loading import checked_bundle
from reconciler.model.names import SpaceRef
from reconciler.report.diagnostics_text import count_problems, render_diagnostics
from reconciler.report.json_text import encode_diagnostics, render_json
from reconciler.report.steps import count_of

if TYPE_CHECKING:
    from datetime import date

EPILOG = """\b
Example:
  c2c validate
  c2c validate policies/acme/payments.yml --format json
"""


@click.command("validate", epilog=EPILOG)
@paths_argument
@click.option("--as-of", type=DayType(), default=None, help="Judge `until` as of this day (UTC) instead of today.")
@format_option()
def command(paths: tuple[str, ...], as_of: date | None, output_format: str) -> int:
    """Check manifests: syntax, schema, references between them, dates. No network.

    PATH defaults to `policies`. Exit code 1 when there is an error; warnings alone are no error.
    """
    console = open_console()
    loaded = checked_bundle(paths or (DEFAULT_PATH,), today=as_of or today_utc())
    valid = loaded.bundle is not None
    if output_format == "json":
        console.result(render_json({"valid": valid, "diagnostics": encode_diagnostics(loaded.diagnostics)}))
        return 0 if valid else 1
    console.result(render_diagnostics(loaded.diagnostics, style=console.out_style))
    if loaded.bundle is None:
        console.result(f"{count_problems(loaded.diagnostics)}\n")
        return 1
    bundle = loaded.bundle
    spaces = len({SpaceRef(item.value.org, item.value.space).folded for item in bundle.spaces})
    apps = sum(len(item.value.apps) for item in bundle.spaces)
    counts = ((len(bundle.files), "file"), (spaces, "space"), (apps, "app"))
    found = ", ".join(count_of(number, word, f"{word}s") for number, word in counts)
    console.result(f"{console.out_style.paint('Valid', 'green')}: {found}; {count_problems(loaded.diagnostics)}\n")
    return 0
