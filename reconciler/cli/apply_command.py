"""`c2c apply`: make the changes, additions first, and look again."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from reconciler.cli.applying.carrying_out import Choices, carry_out
from reconciler.cli.applying.jobs import new_job, rest_of_job
from reconciler.cli.clock import DurationType, today_utc
from reconciler.cli.console import open_console
from reconciler.cli.options import all_environments_option, format_option, paths_argument, target_options
from reconciler.cli.session import sign_in
from reconciler.errors import UsageError
from reconciler.planning.ordering import BATCH_SIZE

if TYPE_CHECKING:
    from collections.abc import Mapping

EPILOG = """\b
Example:
  c2c apply
  c2c plan -o plan.json && c2c apply plan.json --yes
  c2c apply plan.json --resume
"""


@click.command("apply", epilog=EPILOG)
@paths_argument
@click.option("--yes", is_flag=True, help="Do not ask. Needed where there is no terminal to ask on.")
@click.option("--digest", metavar="sha256:...", help="Apply only if the plan has this digest.")
@click.option("--max-revokes", type=click.IntRange(min=0), help="Allow this many policies to be revoked.")
@click.option(
    "--batch-size",
    type=click.IntRange(1, 50_000),
    default=BATCH_SIZE,
    show_default=True,
    help="Policies in one call. The server lets nobody else write for about a millisecond per policy.",
)
@click.option("--journal", metavar="FILE", help="Where to keep the journal: beside the plan, or in .c2c/journals.")
@click.option("--resume", is_flag=True, help="Finish an apply that was cut off; PATH is its journal or its saved plan.")
@click.option("--wait", type=DurationType(), default=0, metavar="10m", help="Wait this long for what is pending.")
@click.option("--settle", is_flag=True, help="At the end wait until the cells have asked for their policies.")
@click.option("--cleanup", is_flag=True, help="Have the server remove the policies of deleted apps; network.admin.")
@all_environments_option
@format_option()
@target_options
def command(
    paths: tuple[str, ...],
    target: Mapping[str, Any],
    output_format: str,
    max_revokes: int | None,
    digest: str | None,
    batch_size: int,
    journal: str | None,
    wait: int,
    *,
    yes: bool,
    resume: bool,
    settle: bool,
    cleanup: bool,
    all_environments: bool,
) -> int:
    """Make the live state what the manifests say: every addition first, then the removals.

    PATH defaults to `policies`. A plan saved with `c2c plan -o plan.json` may be given instead: then exactly that plan
    is applied, or none. Afterwards the live state is read again, and the result says whether it matches.

    What is done is written to a journal step by step. `--resume` finishes an apply that was cut off, and
    `c2c rollback` plans what undoes it.
    """
    console = open_console()
    if not yes and not _can_ask():
        hint = "review it with `c2c plan`, then add --yes"
        raise UsageError("there is no terminal to ask on, so nothing was applied", hint=hint)
    if resume and (journal or digest):
        raise UsageError("--resume goes on with its own plan and journal; leave out --digest and --journal")
    if resume:
        job = rest_of_job(paths, today_utc())
    else:
        job = new_job(
            paths,
            journal,
            today_utc(),
            digest=digest,
            max_revokes=max_revokes,
            all_environments=all_environments,
        )
    choices = Choices(output_format, batch_size, wait, yes=yes, settle=settle, clean_up=cleanup)
    with sign_in(target, job.request.api, console, strict=True, source=job.request.source) as platform:
        return carry_out(job, platform, console, choices)


def _can_ask() -> bool:
    return sys.stdin.isatty() and sys.stderr.isatty()
