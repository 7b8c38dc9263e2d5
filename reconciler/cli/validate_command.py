"""`c2c validate`: every problem in every manifest, with no network."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import click

from reconciler.cli.clock import DayType, today_utc
from reconciler.cli.console import open_console
from reconciler.cli.named_manifests import named_manifests
from reconciler.cli.options import format_option, paths_argument
from reconciler.cli.outputs import outputs_option
from reconciler.cli.own_files import require_manifests
from reconciler.cli.plan_formats import PLAIN_LOOK, REMARK_FORMATS, Look, render_remarks
from reconciler.cli.session import user_cache
from reconciler.cli.showing import save_all
from reconciler.errors import ManifestError, RefusedError
from reconciler.flow.loading import checked_bundle
from reconciler.flow.offline import judged_offline
from reconciler.manifests.loaded import Loaded
from reconciler.model.finding import Severity
from reconciler.model.names import SpaceRef
from reconciler.report.counts import count_of, waivers_used
from reconciler.report.diagnostics_text import count_problems, render_diagnostics
from reconciler.report.findings_text import render_findings, render_waivers
from reconciler.report.wrap import wrap_lines

if TYPE_CHECKING:
    from datetime import date

    from reconciler.cli.outputs import Output
    from reconciler.flow.offline import OfflineJudgement
    from reconciler.manifests.loaded import Bundle
    from reconciler.report.style import Style

EPILOG = """\b
Example:
  c2c validate
  c2c validate policies/acme/payments.yml --format json
  c2c validate --format github
"""
VALIDATE_FORMATS = ("text", "json", *REMARK_FORMATS)


@click.command("validate", epilog=EPILOG)
@paths_argument
@click.option("--as-of", type=DayType(), default=None, help="Judge `until` as of this day (UTC) instead of today.")
@outputs_option(*VALIDATE_FORMATS)
@format_option(*VALIDATE_FORMATS)
def command(paths: tuple[str, ...], as_of: date | None, outputs: tuple[Output, ...], output_format: str) -> int:
    """Check manifests: syntax, schema, references, dates; guardrails and expectations as far as they go. No network.

    PATH defaults to `policies`. Exit code 1 when there is an error; warnings alone are no error. Exit code 3 when a
    guardrail or an expectation forbids what the manifests describe.
    """
    console = open_console()
    today = as_of or today_utc()
    for path in paths:
        require_manifests(path)
    loaded = checked_bundle(named_manifests(paths), today=today, cache=user_cache())
    loaded, judgement = _judged(loaded, today)
    save_all(outputs, lambda name: _render(loaded, judgement, name), "what was found")
    console.result(_render(loaded, judgement, output_format, Look(console.out_style, console.width)))
    if judgement is None:
        return 1
    return RefusedError.exit_code if judgement.is_refused else 0


def _judged(loaded: Loaded, today: date) -> tuple[Loaded, OfflineJudgement | None]:
    """Judge what was loaded, if it can be. What shows only then that it is wrong is told with the rest."""
    if loaded.bundle is None:
        return loaded, None
    try:
        return loaded, judged_offline(loaded.bundle, today)
    except ManifestError as problem:
        return Loaded(None, (*loaded.diagnostics, *problem.diagnostics)), None


def _render(loaded: Loaded, judgement: OfflineJudgement | None, output_format: str, look: Look = PLAIN_LOOK) -> str:
    if output_format == "json":
        return _json(loaded, judgement)
    if output_format == "text":
        return wrap_lines(_text(loaded, judgement, look.style), look.width)
    from reconciler.report.remarks import Remarks, remarks_of_diagnostics, remarks_of_findings  # noqa: PLC0415 - as used

    found = remarks_of_findings(judgement.findings) if judgement else ()
    summary = _verdict(loaded, judgement, PLAIN_LOOK.style)
    items = (*remarks_of_diagnostics(loaded.diagnostics), *found)
    waivers = judgement.waivers if judgement else ()
    return render_remarks(Remarks("validate", summary, ".", items, waivers=waivers), output_format)


def _json(loaded: Loaded, judgement: OfflineJudgement | None) -> str:
    from reconciler.planning.encoding import encode_finding, encode_waiver  # noqa: PLC0415 - for this format only
    from reconciler.report.json_text import encode_diagnostics, render_json  # noqa: PLC0415 - as above

    return render_json(
        {
            "valid": judgement is not None,
            "diagnostics": encode_diagnostics(loaded.diagnostics),
            "findings": [encode_finding(item) for item in judgement.findings] if judgement else [],
            "waivers": [encode_waiver(use) for use in judgement.waivers] if judgement else [],
        }
    )


def _text(loaded: Loaded, judgement: OfflineJudgement | None, style: Style) -> str:
    told = render_diagnostics(loaded.diagnostics, style=style)
    if judgement is None:
        return f"{told}{_verdict(loaded, judgement, style)}\n"
    told += render_findings(judgement.findings, style=style)
    told += render_waivers(judgement.waivers, style=style)
    return f"{told}{_verdict(loaded, judgement, style)}\n"


def _verdict(loaded: Loaded, judgement: OfflineJudgement | None, style: Style) -> str:
    if loaded.bundle is None or judgement is None:
        return count_problems(loaded.diagnostics)
    verdict = style.paint("Refused", "red") if judgement.is_refused else style.paint("Valid", "green")
    return f"{verdict}: {_counts(loaded.bundle)}; {_found(loaded, judgement)}"


def _found(loaded: Loaded, judgement: OfflineJudgement) -> str:
    """Count what is shown, in the words of an audit. Where there is a judgement, no diagnostic is an error."""
    severities = Counter(finding.severity for finding in judgement.findings)
    warnings = len(loaded.diagnostics) + severities[Severity.WARN]
    return ", ".join(
        (
            f"{severities[Severity.DENY]} denied",
            count_of(warnings, "warning", "warnings"),
            count_of(severities[Severity.AUDIT], "note", "notes"),
            *waivers_used(len(judgement.waivers)),
        )
    )


def _counts(bundle: Bundle) -> str:
    spaces = len({SpaceRef(item.value.org, item.value.space).folded for item in bundle.spaces})
    apps = sum(len(item.value.apps) for item in bundle.spaces)
    counts = ((len(bundle.files), "file"), (spaces, "space"), (apps, "app"))
    return ", ".join(count_of(number, word, f"{word}s") for number, word in counts)
