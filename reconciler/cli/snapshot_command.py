"""`c2c snapshot`: the live state in one file."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from reconciler.cli.clock import today_utc
from reconciler.cli.console import open_console
from reconciler.cli.files.kinds import FileKind
from reconciler.cli.files.output import write_file
from reconciler.cli.files.replacing import require_same_kind
from reconciler.cli.live import fetch, read_set_for
from reconciler.cli.named_spaces import require_live
from reconciler.cli.options import SpaceType, format_option, paths_argument, target_options
from reconciler.cli.session import load_manifests
from reconciler.cli.showing import show_report
from reconciler.cli.snapshots import PRIVATE_KEY_VARIABLE, signature_file
from reconciler.errors import UsageError
from reconciler.manifests.parsing.reading import MAX_MANIFEST_BYTES
from reconciler.manifests.snapshots.file import MAX_SNAPSHOT_BYTES
from reconciler.manifests.snapshots.write import snapshot_of
from reconciler.report.snapshot_report import encode_snapshot, render_snapshot

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reconciler.manifests.snapshots.write import SnapshotText
    from reconciler.model.scope import SpacePattern
    from reconciler.signatures import Signer

EPILOG = """\b
Example:
  c2c snapshot -o live.json
  c2c snapshot --space acme/web --space "acme/pay*" -o live.yml
  c2c snapshot policies --redact --format json > shared.json
  c2c snapshot policies --redact --sign -o live.json
"""


@click.command("snapshot", epilog=EPILOG)
@paths_argument
@click.option("-o", "--output", metavar="FILE", help="Where to write; JSON if it ends with .json, else YAML.")
@click.option(
    "--space", "spaces", type=SpaceType(), multiple=True, metavar="ORG/SPACE", help="Only this space; `*` allowed."
)
@click.option("--sign", is_flag=True, help="Sign with the key in C2C_SNAPSHOT_KEY, into FILE.sig, or write nothing.")
@click.option("--redact", is_flag=True, help="Leave environment variables out; they are not even read.")
@format_option()
@target_options
def command(
    paths: tuple[str, ...],
    output: str | None,
    spaces: tuple[SpacePattern, ...],
    output_format: str,
    target: Mapping[str, Any],
    *,
    sign: bool,
    redact: bool,
) -> int:
    """Write the live state to one file, for `plan --live`, `simulate --seed`, bug reports and evidence.

    Without PATH and --space it is everything that the caller may see; with manifests, what a plan of them looks at.
    Without -o, or with `-o -`, it goes to standard output, as YAML or, with --format json, as JSON. When
    C2C_SNAPSHOT_KEY holds a key, a file is signed.
    """
    console = open_console()
    output = None if output == "-" else output
    signer = _signer(output, insist=sign)
    if output is not None:
        require_same_kind(output, FileKind.SNAPSHOT)
        if signer is not None:
            require_same_kind(str(signature_file(output)), FileKind.SIGNATURE)
    bundle = load_manifests(paths, today=today_utc())[0] if paths else None
    live = fetch(target, bundle.api if bundle else None, console, read_set_for(spaces, bundle, environments=not redact))
    require_live(spaces, live)
    snapshot = snapshot_of(live, redact=redact)
    for sentence in snapshot.omitted:
        console.warn(f"left out: {sentence}")
    if output is None:
        console.result(_content(snapshot, as_json=output_format == "json").decode())
        return 0
    content = _content(snapshot, as_json=output.endswith(".json"))
    write_file(Path(output), content)
    if signer is not None:
        write_file(signature_file(output), signer.sign(content))
    show_report(encode_snapshot(output, snapshot), render_snapshot, output_format, console)
    return 0


def _signer(output: str | None, *, insist: bool) -> Signer | None:
    """Read the key, before anything is fetched. Raise UsageError when it has to be there and is not."""
    written = os.environ.get(PRIVATE_KEY_VARIABLE, "")
    if insist and output is None:
        raise UsageError("a signature stands in a file beside the snapshot", hint="name a file: -o live.json")
    if insist and not written:
        raise UsageError(f"{PRIVATE_KEY_VARIABLE} is not set, so nothing can be signed", hint="see docs/forks.md")
    if not written or output is None:
        return None
    from reconciler.signatures import Signer  # noqa: PLC0415 - only for signed snapshots

    return Signer(written)


def _content(snapshot: SnapshotText, *, as_json: bool) -> bytes:
    """Write the snapshot. Raise UsageError for one that would be too large to be read again."""
    content = snapshot.as_json() if as_json else snapshot.as_yaml()
    limit = MAX_SNAPSHOT_BYTES if as_json else MAX_MANIFEST_BYTES
    if len(content) > limit:
        hint = "take fewer spaces with --space" if as_json else "write JSON: -o live.json, or --format json"
        size = f"{len(content) // 2**20} MiB; `c2c plan --live` reads {limit // 2**20} MiB of it at most"
        raise UsageError(f"as {'JSON' if as_json else 'YAML'} the snapshot has {size}", hint=hint)
    return content
