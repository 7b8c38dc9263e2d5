"""`c2c apply`: make the changes, additions first, and look again."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from reconciler.apply.events import Finished, Result, StepDone, StepStarted
from reconciler.apply.executor import apply_plan
from reconciler.cli.console import Console, open_console
from reconciler.cli.interrupts import noticed_interrupts
from reconciler.cli.options import all_environments_option, format_option, paths_argument, target_options
from reconciler.cli.session import load_manifests, revision_of, saved_plan, sign_in, today_utc
from reconciler.errors import PartialApplyError, RefusedError, StaleError, UsageError
from reconciler.flow import PlanRequest, make_plan
from reconciler.planning.digest import plan_digest
from reconciler.planning.ordering import steps
from reconciler.planning.saved import require_digest, require_same
from reconciler.report.apply_json import render_result_json
from reconciler.report.apply_text import render_result_text
from reconciler.report.plan_text import render_plan_text
from reconciler.report.steps import describe_step

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from reconciler.model.platform import Platform
    from reconciler.planning.plan import Plan

EPILOG = """\b
Example:
  c2c apply
  c2c plan -o plan.json && c2c apply plan.json --yes
"""


@click.command("apply", epilog=EPILOG)
@paths_argument
@click.option("--yes", is_flag=True, help="Do not ask. Needed where there is no terminal to ask on.")
@click.option("--digest", metavar="sha256:...", help="Apply only if the plan has this digest.")
@click.option("--max-revokes", type=click.IntRange(min=0), help="Allow this many policies to be revoked.")
@all_environments_option
@format_option()
@target_options
def command(
    paths: tuple[str, ...],
    target: Mapping[str, Any],
    output_format: str,
    max_revokes: int | None,
    digest: str | None,
    *,
    yes: bool,
    all_environments: bool,
) -> int:
    """Make the live state what the manifests say: every addition first, then the removals.

    PATH defaults to `policies`. A plan saved with `c2c plan -o plan.json` may be given instead: then exactly that plan
    is applied, or none. Afterwards the live state is read again, and the result says whether it matches.
    """
    console = open_console()
    if not yes and not _can_ask():
        raise UsageError("there is no terminal to ask on, so nothing was applied", hint="review the plan, then --yes")
    today = today_utc()
    saved = saved_plan(paths)
    places = saved.paths if saved else paths
    bundle, warnings = load_manifests(places, today=today)
    everything = all_environments or (saved is not None and saved.all_environments)
    request = PlanRequest(bundle, today, warnings, max_revokes, revision_of(places), everything, places)
    with sign_in(target, bundle, console, writes=True) as platform:

        def plan_now() -> Plan:
            return make_plan(request, platform)

        plan = plan_now()
        if output_format == "text":
            console.result(render_plan_text(plan, style=console.out_style))
        if saved:
            require_same(saved, plan)
        if digest:
            require_digest(digest, plan)
        if plan.is_refused:
            return _refuse(plan, console, output_format)
        if not (plan.is_empty or yes):
            _confirm(plan, plan_now, console, output_format)
        with noticed_interrupts() as interruption:
            result = run_with_progress(plan, platform, plan_now, console, lambda: interruption.requested)
        code = finish(plan, result, console, output_format)
        return interruption.exit_code if result.interrupted else code


def run_with_progress(
    plan: Plan, platform: Platform, replan: Callable[[], Plan], console: Console, stop: Callable[[], bool]
) -> Result:
    """Apply the plan, showing each step on standard error, and give the result."""
    with console.progress(len(steps(plan.changes))) as show:
        for event in apply_plan(plan, platform, replan=replan, stop=stop):
            if isinstance(event, StepStarted):
                show(event.number - 1, describe_step(event.step))
            elif isinstance(event, StepDone) and event.note:
                console.note(f"    {describe_step(event.step)}: {event.note}")
            elif isinstance(event, Finished):
                return event.result
    raise AssertionError("an apply ends with its result")


def finish(plan: Plan, result: Result, console: Console, output_format: str) -> int:
    """Show the result and say which exit code it stands for."""
    try:
        if output_format == "json":
            console.result(render_result_json(plan, result))
        else:
            console.result(render_result_text(result, style=console.out_style))
    except UsageError as problem:
        # What was done is done: the exit code has to tell of that, not of the unwritable report.
        console.note(f"{problem.summary}\n{render_result_text(result)}")
    if result.succeeded:
        return 0
    if result.error is not None and result.nothing_changed:
        return result.error.exit_code
    console.note("hint: run the same command again; what is done stays, and the rest is planned anew")
    return PartialApplyError.exit_code


def _refuse(plan: Plan, console: Console, output_format: str) -> int:
    if output_format == "json":
        console.result(render_result_json(plan, None))
    console.note("nothing was applied: the plan is refused")
    return RefusedError.exit_code


def _confirm(plan: Plan, replan: Callable[[], Plan], console: Console, output_format: str) -> None:
    """Ask, and after the answer make sure that the world is still the one that was shown."""
    if output_format == "json":
        console.note(render_plan_text(plan, style=console.err_style))
    console.note("Make these changes? Only `yes` makes them.")
    if input().strip() != "yes":
        raise UsageError("nothing was applied")
    if plan_digest(replan()) != plan_digest(plan):
        raise StaleError(
            "the world has changed since the plan was shown, so nothing was applied", hint="look at the new plan first"
        )


def _can_ask() -> bool:
    return sys.stdin.isatty() and sys.stderr.isatty()
