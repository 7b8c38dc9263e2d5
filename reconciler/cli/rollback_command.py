"""`c2c rollback`: what would undo an apply."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from reconciler.cli.clock import today_utc
from reconciler.cli.console import open_console
from reconciler.cli.options import format_option, target_options
from reconciler.cli.outputs import budget_option, outputs_option
from reconciler.cli.plan_formats import PLAN_FORMATS, Look
from reconciler.cli.requests import request_for_rollback
from reconciler.cli.session import sign_in
from reconciler.cli.showing import exit_code_of, show_plan
from reconciler.flow.plans import plan_for

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reconciler.cli.outputs import Output

EPILOG = """\b
Example:
  c2c rollback plan.json.journal -o undo.json && c2c apply undo.json
"""


@click.command("rollback", epilog=EPILOG)
@click.argument("journal", type=click.Path())
@outputs_option(*PLAN_FORMATS)
@click.option("--detailed-exitcode", is_flag=True, help="Exit with 2 when there are changes.")
@click.option("--max-revokes", type=click.IntRange(min=0), help="Allow the plan to revoke this many policies.")
@budget_option
@format_option(*PLAN_FORMATS)
@target_options
def command(
    journal: str,
    outputs: tuple[Output, ...],
    max_revokes: int | None,
    budget: int,
    output_format: str,
    target: Mapping[str, Any],
    *,
    detailed_exitcode: bool,
) -> int:
    """Plan the exact inverse of what an apply did, by its JOURNAL. Changes nothing.

    Only what that apply did is undone, and only where it is still as that apply left it. Save the plan with `-o` and
    carry it out with `c2c apply`. The manifests are not asked: revert them too, or the next apply does it all again.
    """
    console = open_console()
    request = request_for_rollback(journal, today_utc(), max_revokes=max_revokes)
    signed_in = sign_in(target, request.api, console, strict=True, source=request.source)
    with signed_in as platform, console.waiting("reading the platform"):
        plan = plan_for(request, platform)
    look = Look(console.out_style, console.width, budget=budget)
    show_plan(plan, console, output_format, look, outputs=outputs)
    return exit_code_of(plan, detailed=detailed_exitcode)
