"""`c2c init`: starter manifests for a team."""

from __future__ import annotations

import os
import shlex
from pathlib import Path
from typing import TYPE_CHECKING

import click

from reconciler.cli.console import open_console
from reconciler.cli.files.starter import Outcome, write_new_files
from reconciler.cli.options import DEFAULT_PATH, format_option
from reconciler.cli.session import home_folder
from reconciler.errors import UsageError
from reconciler.manifests.declared_spaces import declared_spaces
from reconciler.manifests.discovery import printable
from reconciler.manifests.starter import CI_FILES, EXPECTATIONS, GUARDRAILS, check_names, space_file, starter_files
from reconciler.model.names import SpaceRef, fold
from reconciler.report.escape import escape
from reconciler.report.json_text import render_json

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

PLACEHOLDER = SpaceRef("my-org", "my-space")

_LENIENT = """\
There are manifests of spaces already, so the new guardrails judge only what a plan adds: `baseline: introduced`.
What is live stays as it is, and nothing new gets worse. Take that line out of each guardrail once nothing breaks it.
"""

EPILOG = """\b
Example:
  c2c init --org acme --space web
  c2c init platform/network --ci gitlab
"""


@click.command("init", epilog=EPILOG)
@click.argument("folder", metavar="[DIR]", default=".", type=click.Path(path_type=Path))
@click.option("--org", metavar="NAME", help="The organization; by default that of the cf CLI's session.")
@click.option("--space", metavar="NAME", help="The space; by default that of the cf CLI's session.")
@click.option(
    "--ci", type=click.Choice([*CI_FILES, "none"]), default="github", show_default=True, help="Which CI to write for."
)
@format_option()
def command(folder: Path, org: str | None, space: str | None, ci: str, output_format: str) -> int:
    """Write starter manifests into DIR: one space, guardrails, an expectation, a CI job.

    DIR is the root of a repository, by default the current folder; the manifests go to `policies` in it. A file that
    exists is never changed, and a space that is declared in any of them gets no second document. Where `policies` has
    spaces already, as after an export, the guardrails judge only what a plan adds.

    No network: of the cf CLI's session only the names of organization and space are read.
    """
    console = open_console()
    ref = _space(org, space)
    declared = declared_spaces(str(folder / DEFAULT_PATH))
    new = ref if _is_new(ref, declared) else None
    outcome = write_new_files(folder, starter_files(new, None if ci == "none" else ci, introduced=bool(declared)))
    if new is None:
        outcome = _with_kept(folder, outcome, declared.get(ref.folded, ()))
    lenient = bool(declared) and any(path.startswith(f"{GUARDRAILS}/") for path in outcome.written)
    job = next((path for path in outcome.written if path in CI_FILES.values()), None)
    steps = _next_steps(folder, new, job, lenient=lenient)
    if output_format == "json":
        baseline = "introduced" if lenient else None
        console.result(render_json({**outcome._asdict(), "baseline": baseline, "next": steps}))
    else:
        console.text(_told(folder, outcome, steps, lenient=lenient))
    return 0


def _is_new(space: SpaceRef, declared: Collection[SpaceRef]) -> bool:
    """Say whether a space needs a document. Beside real ones, a placeholder would only be in the way of their plan."""
    return space.folded not in declared and not (declared and space == PLACEHOLDER)


def _with_kept(folder: Path, outcome: Outcome, declaring: Iterable[str]) -> Outcome:
    """Name the files that have what would have been written for the space, beside those that were left."""
    kept = [printable(Path(file).relative_to(folder).as_posix()) for file in declaring]
    expectations = [EXPECTATIONS] if os.path.lexists(folder / EXPECTATIONS) else []
    return outcome._replace(left=tuple(dict.fromkeys((*kept, *outcome.left, *expectations))))


def _space(org: str | None, space: str | None) -> SpaceRef:
    """Take what is given, then what the cf CLI works in, then placeholders."""
    session = _session_space() or PLACEHOLDER
    if org is None:
        return SpaceRef(session.org, session.space if space is None else space)
    same = fold(org) == fold(session.org)
    return SpaceRef(org, space if space is not None else session.space if same else PLACEHOLDER.space)


def _session_space() -> SpaceRef | None:
    from reconciler.cf.cf_session import session_file, targeted_space  # noqa: PLC0415 - not when both are given

    found = targeted_space(session_file(os.environ, home_folder()))
    try:
        return found and check_names(found)
    except UsageError:
        return None


def _next_steps(folder: Path, new: SpaceRef | None, job: str | None, *, lenient: bool) -> list[str]:
    policies = shlex.quote(str(folder / DEFAULT_PATH))
    return [
        *([f"list your apps in {folder / space_file(new)}"] if new else []),
        f"c2c validate {policies}",
        f"c2c plan {policies}    # after `cf login`; it changes nothing",
        *([f"c2c audit {policies}    # what breaks the guardrails today"] if lenient else []),
        *(_job_steps(folder, job) if job else []),
    ]


def _job_steps(folder: Path, job: str) -> list[str]:
    """Say what the job still needs. Below the top of a repository nobody looks for it, and its paths lead elsewhere."""
    installs = f"say in {folder / job} what it installs: `C2C_PACKAGE`, from an index or a server of yours"
    whole = folder.resolve()
    top = next((place for place in (whole, *whole.parents) if (place / ".git").exists()), whole)
    if top == whole:
        return [installs]
    policies = whole.relative_to(top) / DEFAULT_PATH
    return [
        installs,
        f"move {folder / job} to {top / job}, where it is looked for; write {policies} for policies in it",
    ]


def _told(folder: Path, outcome: Outcome, steps: Iterable[str], *, lenient: bool) -> str:
    parts = (("Written", outcome.written), ("Left as they are", outcome.left))
    lists = [(title, [str(folder / path) for path in paths]) for title, paths in parts if paths]
    numbered = [f"{number}. {step}" for number, step in enumerate(steps, 1)]
    blocks = [f"{title}:\n" + "".join(f"  {escape(item)}\n" for item in items) for title, items in lists]
    return "\n".join(
        [*blocks, *([_LENIENT] if lenient else []), "Next:\n" + "".join(f"  {escape(step)}\n" for step in numbered)]
    )
