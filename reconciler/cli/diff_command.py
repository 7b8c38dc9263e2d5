"""`c2c diff`: any two states, compared."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from reconciler.cli.clock import DayType, today_utc
from reconciler.cli.console import open_console
from reconciler.cli.named_spaces import require_in_either
from reconciler.cli.options import SpaceType, format_option, target_options
from reconciler.cli.states import StateReader
from reconciler.planning.comparison import compare
from reconciler.report.diff_report import encode_comparison, render_comparison
from reconciler.report.json_text import render_json

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from reconciler.model.names import SpaceRef
    from reconciler.model.scope import SpacePattern

DIFFERENT = 2

EPILOG = """\b
Example:
  c2c diff git:main:policies policies
  c2c diff yesterday.json live: --detailed-exitcode
  c2c diff blue.json live:https://api.green.example.com --space acme/web
"""


@click.command("diff", epilog=EPILOG)
@click.argument("before", metavar="A")
@click.argument("after", metavar="B")
@click.option(
    "--space", "spaces", type=SpaceType(), multiple=True, metavar="ORG/SPACE", help="Only calls to apps in this space."
)
@click.option("--detailed-exitcode", is_flag=True, help="Exit with 2 when the two differ.")
@click.option("--as-of", type=DayType(), default=None, help="Read manifests as of this day (UTC) instead of today.")
@format_option()
@target_options
def command(
    before: str,
    after: str,
    spaces: tuple[SpacePattern, ...],
    as_of: date | None,
    output_format: str,
    target: Mapping[str, Any],
    *,
    detailed_exitcode: bool,
) -> int:
    """Show what is in B and not in A, and the other way round: policies, and apps behind internal routes.

    A and B are each a Snapshot file, a file or folder of manifests, git:REVISION:PATH for manifests of another
    revision, live: for the foundation that is signed in to, or live:URL for another one with the same credentials.
    """
    console = open_console()
    reader = StateReader(target, console, today=as_of or today_utc(), spaces=spaces)
    first, second = reader.read(before), reader.read(after)
    require_in_either(spaces, first.spaces, second.spaces)

    def about(space: SpaceRef) -> bool:
        return not spaces or any(pattern.matches(space) for pattern in spaces)

    comparison = compare(first.network, second.network, about=about)
    if output_format == "json":
        console.result(render_json(encode_comparison(comparison, first.name, second.name)))
    else:
        console.text(render_comparison(comparison, first.name, second.name, style=console.out_style))
    return DIFFERENT if detailed_exitcode and comparison.differences else 0
