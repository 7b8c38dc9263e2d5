"""`c2c plan`: what would change, and why."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from reconciler.cli.console import Console, open_console
from reconciler.cli.options import DEFAULT_PATH, all_environments_option, format_option, paths_argument, target_options
from reconciler.cli.session import DayType, load_manifests, revision_of, sign_in, today_utc
from reconciler.errors import RefusedError, UsageError
from reconciler.flow import PlanRequest, make_plan, plan_against
from reconciler.report.plan_json import render_plan_json
from reconciler.report.plan_text import render_plan_text

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from reconciler.planning.plan import Plan

CHANGES = 2

EPILOG = """\b
Example:
  c2c plan
  c2c plan policies/acme --detailed-exitcode
  c2c plan --live live.yml --format json
"""


@click.command("plan", epilog=EPILOG)
@paths_argument
@click.option("--live", metavar="FILE", help="Plan against a Snapshot instead of a foundation; needs no account.")
@click.option("-o", "--output", metavar="FILE", help="Also save the plan as JSON.")
@click.option("--detailed-exitcode", is_flag=True, help="Exit with 2 when there are changes.")
@click.option("--max-revokes", type=click.IntRange(min=0), help="Allow the plan to revoke this many policies.")
@click.option("--as-of", type=DayType(), default=None, help="Plan as of this day (UTC) instead of today.")
@click.option("--show-foreign", is_flag=True, help="List the policies outside the scope, not only their number.")
@all_environments_option
@format_option()
@target_options
def command(
    paths: tuple[str, ...],
    live: str | None,
    output: str | None,
    max_revokes: int | None,
    as_of: date | None,
    output_format: str,
    target: Mapping[str, Any],
    *,
    detailed_exitcode: bool,
    show_foreign: bool,
    all_environments: bool,
) -> int:
    """Show what would change, and why. Changes nothing.

    PATH defaults to `policies`. The target and the credentials come from the options, the environment or the cf
    CLI's session, in this order.
    """
    console = open_console()
    today = as_of or today_utc()
    bundle, warnings = load_manifests(paths, today=today)
    places = paths or (DEFAULT_PATH,)
    request = PlanRequest(bundle, today, warnings, max_revokes, revision_of(paths), all_environments, places)
    plan = _plan(request, live, target, console)
    if output:
        _save(plan, output)
    if output_format == "json":
        console.result(render_plan_json(plan))
    else:
        console.result(render_plan_text(plan, style=console.out_style, show_foreign=show_foreign))
    if plan.is_refused:
        return RefusedError.exit_code
    return CHANGES if detailed_exitcode and not plan.is_empty else 0


def _plan(request: PlanRequest, live: str | None, target: Mapping[str, Any], console: Console) -> Plan:
    if live is None:
        with sign_in(target, request.bundle, console) as platform:
            return make_plan(request, platform)
    from reconciler.cli.snapshots import read_live_state  # noqa: PLC0415 - only for this option

    return plan_against(request, read_live_state(live))


def _save(plan: Plan, output: str) -> None:
    try:
        Path(output).write_text(render_plan_json(plan), encoding="utf-8")
    except OSError as problem:
        raise UsageError(f"the plan could not be saved to {output}: {problem.strerror}") from problem
