"""`c2c audit`: guardrails against the live world, whoever made it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import orjson

from reconciler.cli.clock import DayType, today_utc
from reconciler.cli.console import open_console
from reconciler.cli.files.kinds import FileKind
from reconciler.cli.files.replacing import require_same_kind
from reconciler.cli.options import format_option, paths_argument, target_options
from reconciler.cli.outputs import outputs_option
from reconciler.cli.plan_formats import REMARK_FORMATS, render_remarks
from reconciler.cli.requests import request_for_manifests
from reconciler.cli.session import sign_in
from reconciler.cli.showing import save_all, save_whole
from reconciler.errors import RefusedError, UsageError
from reconciler.flow.auditing import audit, audit_live
from reconciler.guardrails.baseline import decode_baseline, encode_baseline
from reconciler.report.audit_json import render_audit_json
from reconciler.report.audit_text import render_audit_text
from reconciler.report.json_text import render_json
from reconciler.report.style import PLAIN, Style
from reconciler.wire.files import read_regular

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from reconciler.cli.console import Console
    from reconciler.cli.outputs import Output
    from reconciler.flow.requests import PlanRequest
    from reconciler.guardrails.audit import Audit
    from reconciler.guardrails.baseline import Known

_MOST_BASELINE_BYTES = 256 * 1024 * 1024
"""The largest baseline that is read: a violation takes some hundred bytes."""

EPILOG = """\b
Example:
  c2c audit
  c2c audit --live live.yml --format json
  c2c audit --baseline audit-baseline.json
  c2c audit -o audit.json -o audit.sarif -o audit.xml
"""
AUDIT_FORMATS = ("text", "json", *REMARK_FORMATS)


@click.command("audit", epilog=EPILOG)
@paths_argument
@click.option("--live", metavar="FILE", help="Audit a Snapshot instead of a foundation; needs no account.")
@click.option("--baseline", metavar="FILE", help="What is known already: only findings that are not in it fail.")
@click.option("--write-baseline", is_flag=True, help="Write what is found now to the baseline, and pass.")
@click.option("--as-of", type=DayType(), default=None, help="Judge as of this day (UTC) instead of today.")
@outputs_option(*AUDIT_FORMATS)
@format_option(*AUDIT_FORMATS)
@target_options
def command(
    paths: tuple[str, ...],
    live: str | None,
    baseline: str | None,
    as_of: date | None,
    outputs: tuple[Output, ...],
    output_format: str,
    target: Mapping[str, Any],
    *,
    write_baseline: bool,
) -> int:
    """Judge every live policy by the guardrails of the manifests, managed or not. Changes nothing.

    PATH defaults to `policies`. Exit code 3 when a guardrail denies something that the baseline does not know.
    """
    if write_baseline:
        _require_place(baseline, outputs)
    console = open_console()
    request = request_for_manifests(paths, as_of or today_utc())
    known = _known(baseline, write=write_baseline)
    found = _audit(request, live, target, console, known)
    if write_baseline and baseline is not None:
        save_whole(baseline, render_json(encode_baseline(found.violations)), "the baseline")
    save_all(outputs, lambda name: _render(found, name), "the audit")
    console.result(_render(found, output_format, console.out_style, console.width))
    return RefusedError.exit_code if found.is_refused else 0


def _require_place(baseline: str | None, outputs: tuple[Output, ...]) -> None:
    """Raise an error where a baseline has no place, or would take that of something else."""
    if baseline is None:
        raise click.UsageError("--write-baseline needs --baseline FILE")
    if any(Path(output.path) == Path(baseline) for output in outputs):
        raise click.UsageError(f"{baseline!r} is named twice, for the baseline and for the audit")
    require_same_kind(baseline, FileKind.BASELINE)


def _render(found: Audit, output_format: str, style: Style = PLAIN, width: int | None = None) -> str:
    if output_format == "json":
        return render_audit_json(found)
    if output_format == "text":
        return render_audit_text(found, style=style, width=width)
    from reconciler.report.remarks import remarks_of_audit  # noqa: PLC0415 - only for these formats

    return render_remarks(remarks_of_audit(found), output_format)


def _audit(
    request: PlanRequest, live: str | None, target: Mapping[str, Any], console: Console, known: frozenset[Known] | None
) -> Audit:
    if live is None:
        with sign_in(target, request.api, console) as platform, console.waiting("reading the platform"):
            return audit(request, platform, baseline=known)
    from reconciler.cli.snapshots import read_live_state  # noqa: PLC0415 - only for this option

    return audit_live(request, read_live_state(live), baseline=known)


def _known(path: str | None, *, write: bool) -> frozenset[Known] | None:
    """Read the baseline; None when what is found now is to become it."""
    if path is None:
        return frozenset()
    if write:
        return None
    try:
        return decode_baseline(orjson.loads(read_regular(Path(path), _MOST_BASELINE_BYTES)))
    except OSError as problem:
        hint = "write it with --write-baseline"
        raise UsageError(f"the baseline {path} cannot be read: {problem.strerror}", hint=hint) from None
    except orjson.JSONDecodeError as problem:
        raise UsageError(f"the baseline {path} is not JSON: {problem}") from None
    except ValueError as problem:
        raise UsageError(f"the baseline {path} cannot be read: {problem}") from None
