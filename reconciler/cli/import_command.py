"""`c2c import`: manifests from lists of the cf CLI, Terraform's files, and app manifests."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from reconciler.cli.adopting.import_files import check_result, check_unwritten, merge_import
from reconciler.cli.clock import today_utc
from reconciler.cli.console import open_console
from reconciler.cli.files.folder import write_all
from reconciler.cli.live import fetch, read_set_for
from reconciler.cli.options import SpaceType, format_option, target_options
from reconciler.cli.showing import show_report
from reconciler.cli.snapshots import read_live_state
from reconciler.errors import ManifestError, UsageError
from reconciler.manifests.export.layout import file_of
from reconciler.manifests.export.staging import load_as_if_written, manifests_in
from reconciler.manifests.importing.formats import Format
from reconciler.manifests.importing.render import render_import
from reconciler.manifests.importing.resolution import nothing_imported, resolve_import, unnamed_guids
from reconciler.manifests.importing.sources import read_sources
from reconciler.model.names import SpaceRef
from reconciler.report.diagnostics_text import render_diagnostics
from reconciler.report.import_report import encode_import, render_import_report

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from reconciler.cli.console import Console
    from reconciler.manifests.importing.declared import Reading
    from reconciler.manifests.importing.resolution import Imported
    from reconciler.model.live import LiveState
    from reconciler.model.scope import SpacePattern

EPILOG = """\b
Example:
  cf network-policies | c2c import - -o policies
  c2c import network-policies.txt terraform.tfstate --live live.json -o policies
  c2c import infra/ -o policies
  c2c import --space acme/payments app-manifest.yml -o policies
"""


@click.command("import", epilog=EPILOG)
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@click.option("-o", "--output", required=True, metavar="DIR", type=click.Path(path_type=Path), help="Where to write.")
@click.option(
    "--from",
    "from_format",
    type=click.Choice([str(item) for item in Format]),
    help="What the files are, where neither name nor content says so.",
)
@click.option(
    "--space", type=SpaceType(), metavar="ORG/SPACE", help="The space of lists and app manifests that do not say it."
)
@click.option("--live", metavar="FILE", help="A Snapshot that names apps by GUID; else the foundation is asked.")
@click.option("--merge", is_flag=True, help="Keep the manifests in DIR as they are, and add what they lack.")
@format_option()
@target_options
def command(
    files: tuple[str, ...],
    output: Path,
    from_format: str | None,
    space: SpacePattern | None,
    live: str | None,
    output_format: str,
    target: Mapping[str, Any],
    *,
    merge: bool,
) -> int:
    """Write manifests from what declares network policies today, a file a space: DIR/ORG/SPACE.yml.

    Reads what `cf network-policies` prints, Terraform's state, its *.tf files (a folder is a module), and app manifests
    with `network_policies` (RFC-0034); `-` is standard input. What cannot be named is listed with its place, in the
    manifests and in the report. No file that is there is overwritten; --merge adds to them.
    """
    console = open_console()
    state = None if live is None else read_live_state(live)
    readings = read_sources(
        files, None if from_format is None else Format(from_format), _home(space), state, console.stdin_bytes
    )
    problems = sorted((item for reading in readings for item in reading.diagnostics), key=lambda item: item.sort_key)
    if any(item.severity == "error" for item in problems):
        raise ManifestError(tuple(problems), hint="nothing was written")
    imported = resolve_import(readings, state or _ask(readings, target, console))
    nothing = nothing_imported(imported)
    problems += [] if nothing is None else [nothing]
    if problems:
        console.note(render_diagnostics(problems, style=console.err_style))
    written = _write_manifests(output, imported, console, merge=merge)
    show_report(encode_import(output, imported, written, problems), render_import_report, output_format, console)
    return 0


def _home(space: SpacePattern | None) -> SpaceRef | None:
    if space is not None and "*" in "".join(space):
        raise UsageError("--space names one space here; `*` is no part of its name")
    return None if space is None else SpaceRef(*space)


def _ask(readings: list[Reading], target: Mapping[str, Any], console: Console) -> LiveState | None:
    """Ask the foundation for names, if there are GUIDs that the files do not name, and if there is a foundation."""
    unnamed = unnamed_guids(readings)
    if not unnamed:
        return None
    try:
        return fetch(target, None, console, read_set_for((), None, environments=False))
    except UsageError as problem:
        console.warn(
            f"{len(unnamed)} apps are known by their GUID alone, and there is no one to ask: {problem.summary}"
        )
        console.note("    hint: name a snapshot with --live, or sign in as for `c2c plan`")
        return None


def _write_manifests(output: Path, imported: Imported, console: Console, *, merge: bool) -> Iterable[Path]:
    """Write manifests of what was imported, and say which files."""
    today = today_utc()
    contents = {Path(file_of(item.space)): render_import(item) for item in imported.spaces}
    missing: list[str] = []
    check_result(contents, imported.state, today=today)
    if merge and manifests_in(output):
        contents, missing = merge_import(output, imported, contents, today=today)
    else:
        contents = check_unwritten(output, contents)
        if contents:
            load_as_if_written(output, contents, today=today)
    write_all(output, contents)
    for address in missing:
        console.warn(f"the manifests in {output} could not be given {address}")
    return contents
