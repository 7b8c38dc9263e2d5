"""`c2c plan`: what would change, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import click

from reconciler.cli.clock import SYSTEM_CLOCK, DayType, DurationType, today_utc
from reconciler.cli.console import Console, open_console
from reconciler.cli.leaving import hold
from reconciler.cli.options import all_environments_option, format_option, paths_argument, target_options
from reconciler.cli.outputs import budget_option, outputs_option
from reconciler.cli.plan_formats import PLAN_FORMATS, Look
from reconciler.cli.requests import request_for_manifests
from reconciler.cli.session import sign_in
from reconciler.cli.showing import exit_code_of, show_plan
from reconciler.errors import UsageError
from reconciler.flow.plans import make_plan, plan_against

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from reconciler.cli.outputs import Output
    from reconciler.flow.requests import PlanRequest
    from reconciler.planning.plan import Plan

EPILOG = """\b
Example:
  c2c plan
  c2c plan policies --detailed-exitcode
  c2c plan --live live.yml --format json
  c2c plan -o plan.json -o plan.md -o plan.sarif
"""


@click.command("plan", epilog=EPILOG)
@paths_argument
@click.option("--live", metavar="FILE", help="Plan against a Snapshot instead of a foundation; needs no account.")
@click.option("--snapshot-key", metavar="FILE", help="Refuse a snapshot that no public key in this file has signed.")
@click.option("--max-age", type=DurationType(), metavar="DURATION", help="Refuse a snapshot older than this, like 24h.")
@outputs_option(*PLAN_FORMATS)
@click.option("--detailed-exitcode", is_flag=True, help="Exit with 2 when there are changes.")
@click.option("--max-revokes", type=click.IntRange(min=0), help="Allow the plan to revoke this many policies.")
@click.option("--as-of", type=DayType(), default=None, help="Plan as of this day (UTC) instead of today.")
@click.option("--show-foreign", is_flag=True, help="List the policies outside the scope, not only their number.")
@all_environments_option
@budget_option
@format_option(*PLAN_FORMATS)
@target_options
def command(
    paths: tuple[str, ...],
    live: str | None,
    outputs: tuple[Output, ...],
    max_revokes: int | None,
    as_of: date | None,
    budget: int,
    output_format: str,
    target: Mapping[str, Any],
    *,
    snapshot_key: str | None,
    max_age: int | None,
    detailed_exitcode: bool,
    show_foreign: bool,
    all_environments: bool,
) -> int:
    """Show what would change, and why. Changes nothing.

    PATH defaults to `policies`. The target and the credentials come from the options, the environment or the cf
    CLI's session, in this order. `-o plan.json` saves the plan for `c2c apply plan.json` and `c2c show`.
    """
    console = open_console()
    request = request_for_manifests(
        paths, as_of or today_utc(), max_revokes=max_revokes, all_environments=all_environments
    )
    plan = _plan(request, _Snapshot(live, snapshot_key, max_age), target, console)
    hold(request, plan)
    look = Look(console.out_style, console.width, show_foreign, budget)
    show_plan(plan, console, output_format, look, outputs=outputs)
    return exit_code_of(plan, detailed=detailed_exitcode)


class _Snapshot(NamedTuple):
    """A snapshot to plan against, the file with the keys for it, and how many seconds old it may be."""

    path: str | None
    key: str | None
    max_age: int | None


def _plan(request: PlanRequest, snapshot: _Snapshot, target: Mapping[str, Any], console: Console) -> Plan:
    if snapshot.path is None:
        if snapshot.key is not None or snapshot.max_age is not None:
            raise UsageError("--snapshot-key and --max-age are about a snapshot", hint="name one with --live FILE")
        with sign_in(target, request.api, console) as platform, console.waiting("reading the platform"):
            return make_plan(request, platform)
    from reconciler.cli.snapshots import read_live_state, require_recent  # noqa: PLC0415 - only for this option

    live = read_live_state(snapshot.path, key=snapshot.key)
    if snapshot.max_age is not None:
        require_recent(live, snapshot.path, seconds=snapshot.max_age, now=SYSTEM_CLOCK.now())
    return plan_against(request, live)
