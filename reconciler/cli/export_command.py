"""`c2c export`: the live state as manifests."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from reconciler.cli.adopting.export_files import check_overwritten, write_app_manifests
from reconciler.cli.adopting.export_merge import Merged, merge_into
from reconciler.cli.clock import today_utc
from reconciler.cli.console import open_console
from reconciler.cli.files.folder import write_all
from reconciler.cli.live import fetch, read_set_for, warn_if_partial
from reconciler.cli.named_spaces import require_live
from reconciler.cli.options import DEFAULT_PATH, SpaceType, format_option, target_options
from reconciler.cli.showing import show_report
from reconciler.cli.snapshots import read_live_state
from reconciler.errors import C2CError, UsageError
from reconciler.flow.plans import plan_against
from reconciler.flow.requests import PlanRequest
from reconciler.manifests.export.app_manifest import app_manifests_of
from reconciler.manifests.export.entries import live_entries
from reconciler.manifests.export.layout import file_of, signed
from reconciler.manifests.export.render import render_space
from reconciler.manifests.export.staging import load_as_if_written, manifests_in
from reconciler.report.export_report import encode_export, named, render_app_manifests, render_export

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from reconciler.cli.console import Console
    from reconciler.model.live import LiveState
    from reconciler.model.names import SpaceRef
    from reconciler.model.scope import SpacePattern

MANIFESTS, RFC_0034 = "manifests", "rfc-0034"

EPILOG = """\b
Example:
  c2c export
  c2c export --space acme/web --space "acme/pay*" -o policies
  c2c export --live live.json -o policies
  c2c export --to rfc-0034 -o app-manifests
"""


@click.command("export", epilog=EPILOG)
@click.option(
    "-o",
    "--output",
    metavar="DIR",
    type=click.Path(path_type=Path),
    help=f"Where to write; `{DEFAULT_PATH}` by default, for manifests.",
)
@click.option(
    "--space", "spaces", type=SpaceType(), multiple=True, metavar="ORG/SPACE", help="Only this space; `*` allowed."
)
@click.option("--live", metavar="FILE", help="Export a Snapshot instead of a foundation; needs no account.")
@click.option(
    "--to",
    "written_as",
    type=click.Choice([MANIFESTS, RFC_0034]),
    default=MANIFESTS,
    show_default=True,
    help="What to write: manifests, or app manifests with `network_policies`.",
)
@click.option("--merge", is_flag=True, help="Keep the manifests in DIR as they are, and add what they lack.")
@format_option()
@target_options
def command(
    output: Path | None,
    spaces: tuple[SpacePattern, ...],
    live: str | None,
    written_as: str,
    output_format: str,
    target: Mapping[str, Any],
    *,
    merge: bool,
) -> int:
    """Write the live state as manifests, a file a space: DIR/ORG/SPACE.yml. Planning them right after is empty.

    A file that an export wrote and nobody edited is written anew; any other is never overwritten. What the manifest
    language cannot say, such as a policy to a reserved port, is left out with its app, and named in a comment.

    With --merge no line of a manifest in DIR changes: apps, grants and routes that are missing are added, so that a
    plan of DIR takes nothing away but what has expired.

    With --to rfc-0034 it writes what RFC-0034 sketches for app manifests, and names what the RFC cannot say.
    """
    if merge and written_as == RFC_0034:
        raise UsageError("--merge adds to manifests; it cannot add to app manifests")
    if output is None and written_as == RFC_0034:
        raise UsageError("app manifests do not go to `policies`: say where to write them", hint="add -o DIR")
    output = output or Path(DEFAULT_PATH)
    console = open_console()
    state = _read(live, spaces, target, console)
    chosen = _chosen(state, spaces)
    if written_as == RFC_0034:
        report = write_app_manifests(output, app_manifests_of(state, chosen))
        show_report(report, render_app_manifests, output_format, console)
    else:
        report = _write_manifests(output, state, chosen, console, merge=merge)
        show_report(report, render_export, output_format, console)
    return 0


def _read(live: str | None, spaces: tuple[SpacePattern, ...], target: Mapping[str, Any], console: Console) -> LiveState:
    if live is not None:
        state = read_live_state(live)
        warn_if_partial(state, console, live)
        return state
    return fetch(target, None, console, read_set_for(spaces, None, environments=True))


def _chosen(state: LiveState, patterns: tuple[SpacePattern, ...]) -> list[SpaceRef]:
    require_live(patterns, state)
    return [space for space in state.spaces if not patterns or any(one.matches(space) for one in patterns)]


def _write_manifests(
    output: Path, state: LiveState, spaces: list[SpaceRef], console: Console, *, merge: bool
) -> dict[str, Any]:
    """Write manifests of the spaces, and report what they hold and what they leave out."""
    today = today_utc()
    entries = live_entries(state, spaces)
    files = {Path(file_of(item.space)): signed(render_space(item)) for item in entries.spaces}
    _check_result(files, state, today=today)
    merged = Merged(files)
    if merge and manifests_in(output):
        merged = merge_into(output, entries, files, state, today=today)
    else:
        check_overwritten(output, files)
        if files:
            load_as_if_written(output, files, today=today)
    write_all(output, merged.files)
    for item in merged.removed:
        console.warn(f"a plan of {output} takes away what the manifests cannot say: {named(item)}")
    return encode_export(output, entries, merged.files, merged.removed, merged.governed)


def _check_result(files: Mapping[Path, bytes], state: LiveState, *, today: date) -> None:
    """Plan what is to be written, alone: it must change nothing. A mistake here would delete policies later."""
    if not files:
        return
    bundle = load_as_if_written(None, files, today=today)
    plan = plan_against(PlanRequest(bundle, today), state)
    if not plan.is_empty:
        first = plan.changes[0]
        raise C2CError(
            f"internal error: planning the export would {first.action} {first.item.address}; nothing was written",
            hint="please report it, with a snapshot of the space (`c2c snapshot --redact`)",
        )
