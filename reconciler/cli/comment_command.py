"""`c2c comment`: a saved plan as the one comment on its pull request."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

import click

from reconciler.cli.console import open_console
from reconciler.cli.options import format_option
from reconciler.cli.requests import read_plan
from reconciler.cli.retries import tell_retries
from reconciler.errors import UsageError
from reconciler.forge.comment import Marker, publish
from reconciler.forge.github import GitHub, github_access, pull_request_of
from reconciler.forge.gitlab import GitLab, gitlab_access
from reconciler.forge.http import Http
from reconciler.forge.job import github_job, gitlab_job
from reconciler.report.budget import LEAST_BUDGET
from reconciler.report.escape import escape
from reconciler.report.json_text import render_json
from reconciler.report.markdown import render_plan_markdown
from reconciler.wire.urls import origin_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from reconciler.cli.console import Console
    from reconciler.forge.comment import Published
    from reconciler.planning.plan import Plan

EPILOG = """\b
Example:
  c2c comment --github plan.json
  c2c comment --gitlab plan.json --marker prod-eu

The token comes from the environment: GITHUB_TOKEN, or GITLAB_TOKEN; so does everything else that a CI job knows.
"""


@click.command("comment", epilog=EPILOG)
@click.argument("path", type=click.Path(), metavar="PLAN.json")
@click.option("--github", "service", flag_value="github", help="Comment on a pull request of GitHub.")
@click.option("--gitlab", "service", flag_value="gitlab", help="Comment on a merge request of GitLab.")
@click.option(
    "--marker", metavar="NAME", help="Tells several plans on one pull request apart; by default the foundation's name."
)
@click.option("--number", type=click.IntRange(min=1), help="The pull request; by default that of the CI job.")
@format_option()
def command(path: str, service: str | None, marker: str | None, number: int | None, output_format: str) -> int:
    """Make the comment about this plan on the pull request say what the plan says.

    The first run writes a comment, later ones change it, and one that would say the same leaves it alone. Only a
    comment of the same account counts as this one. The exit code tells of the comment, not of the plan.
    """
    console = open_console()
    plan = read_plan(path)
    mark = Marker(marker if marker is not None else _name_of(plan.foundation))
    if service is None:
        service = _service()
    tell_retries(console)
    published = (_on_github if service == "github" else _on_gitlab)(mark, plan, number, console)
    if output_format == "json":
        comment = published.comment
        shown = {"action": published.action.value, "marker": mark.name, "id": comment.id, "url": comment.url or None}
        console.result(render_json(shown))
    else:
        console.text(f"{published.action.value}: {escape(published.comment.url or f'note {published.comment.id}')}\n")
    return 0


def _on_github(mark: Marker, plan: Plan, number: int | None, console: Console) -> Published:
    job = github_job(os.environ, number=number)
    _warn_of_clear_text(job.api, console)
    access = github_access(job.api, job.token)
    with Http(access) as http:
        found = job.number
        if found is None:
            assert job.head is not None  # noqa: S101 - a job has one or the other
            found = pull_request_of(http, job.repository, *job.head)
        return publish(GitHub(http, access.api, job.repository, found), mark, _rendered(plan))


def _on_gitlab(mark: Marker, plan: Plan, number: int | None, console: Console) -> Published:
    job = gitlab_job(os.environ, number=number)
    _warn_of_clear_text(job.api, console)
    with Http(gitlab_access(job.api, job.token, ca_file=job.ca_file)) as http:
        return publish(GitLab(http, job.project, job.number, job.page), mark, _rendered(plan))


def _rendered(plan: Plan) -> Callable[[int], str]:
    return lambda room: render_plan_markdown(plan, budget=max(room, LEAST_BUDGET))


def _service() -> str:
    for name, service in (("GITHUB_ACTIONS", "github"), ("GITLAB_CI", "gitlab")):
        if os.environ.get(name) == "true":
            return service
    raise UsageError("neither GitHub nor GitLab was named", hint="say which with --github or --gitlab")


def _name_of(foundation: str) -> str:
    """Make a marker of a foundation's address, so that the plans of two foundations never share a comment."""
    words = re.findall("[A-Za-z0-9]+", foundation.partition("://")[2] or foundation)
    return "-".join(words)[:80].rstrip("-") or "plan"


def _warn_of_clear_text(api: str, console: Console) -> None:
    origin = origin_of(api)
    if origin.scheme == "http" and not origin.is_loopback:
        console.warn(f"{origin} is spoken to without TLS: anybody on the way can read the token")
