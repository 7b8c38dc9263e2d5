"""`c2c show`: a saved plan once more, in any format."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from reconciler.cli.console import open_console
from reconciler.cli.options import format_option
from reconciler.cli.outputs import budget_option, outputs_option
from reconciler.cli.plan_formats import PLAN_FORMATS, Look
from reconciler.cli.requests import read_plan
from reconciler.cli.showing import show_plan

if TYPE_CHECKING:
    from reconciler.cli.outputs import Output

EPILOG = """\b
Example:
  c2c show plan.json
  c2c show plan.json --format markdown --budget 20000
  c2c show plan.json -o plan.md -o plan.sarif
"""


@click.command("show", epilog=EPILOG)
@click.argument("plan", type=click.Path(), metavar="PLAN.json")
@outputs_option(*PLAN_FORMATS)
@budget_option
@format_option(*PLAN_FORMATS)
def command(plan: str, outputs: tuple[Output, ...], budget: int, output_format: str) -> int:
    """Show a plan that was saved with `c2c plan -o PLAN.json`, as it was when it was made.

    Nothing is read but the file. Exit code 0 whatever the plan says, 4 when the file was changed after it was made.
    """
    console = open_console()
    look = Look(console.out_style, console.width, budget=budget)
    show_plan(read_plan(plan), console, output_format, look, outputs=outputs)
    return 0
