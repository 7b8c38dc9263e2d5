"""`c2c validate`: every problem in every manifest, with no network."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from reconciler.cli.clock import DayType, today_utc
from reconciler.cli.console import open_console
from reconciler.cli.options import DEFAULT_PATH, format_option, paths_argument
from reconciler.cli.session import user_cache
from reconciler.errors import RefusedError
from reconciler.flow.judging import judged_offline
from reconciler.flow.loading import checked_bundle
from reconciler.model.names import SpaceRef
from reconciler.planning.encoding import encode_finding, encode_waiver
from reconciler.report.diagnostics_text import count_problems, render_diagnostics
from reconciler.report.findings_text import render_findings, render_waivers
from reconciler.report.json_text import encode_diagnostics, render_json
from reconciler.report.steps import count_of

if TYPE_CHECKING:
    from datetime import date

    from reconciler.flow.judging import OfflineJudgement
    from reconciler.manifests.loaded import Bundle, Loaded
    from reconciler.report.style import Style

EPILOG = """\b
Example:
  c2c validate
  c2c validate policies/acme/payments.yml --format json
"""


@click.command("validate", epilog=EPILOG)
@paths_argument
@click.option("--as-of", type=DayType(), default=None, help="Judge `until` as of this day (UTC) instead of today.")
@format_option()
def command(paths: tuple[str, ...], as_of: date | None, output_format: str) -> int:
    """Check manifests: syntax, schema, references, dates; guardrails and expectations as far as they go. No network.

    PATH defaults to `policies`. Exit code 1 when there is an error; warnings alone are no error. Exit code 3 when a
    guardrail or an expectation forbids what the manifests describe.
    """
    console = open_console()
    today = as_of or today_utc()
    loaded = checked_bundle(paths or (DEFAULT_PATH,), today=today, cache=user_cache())
    judgement = None if loaded.bundle is None else judged_offline(loaded.bundle, today)
    if output_format == "json":
        console.result(_json(loaded, judgement))
    else:
        console.result(_text(loaded, judgement, console.out_style))
    if judgement is None:
        return 1
    return RefusedError.exit_code if judgement.is_refused else 0


def _json(loaded: Loaded, judgement: OfflineJudgement | None) -> str:
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
    problems = count_problems(loaded.diagnostics)
    if loaded.bundle is None or judgement is None:
        return f"{told}{problems}\n"
    told += render_findings(judgement.findings, style=style)
    told += render_waivers(judgement.waivers, style=style)
    verdict = style.paint("Refused", "red") if judgement.is_refused else style.paint("Valid", "green")
    return f"{told}{verdict}: {_counts(loaded.bundle)}; {problems}\n"


def _counts(bundle: Bundle) -> str:
    spaces = len({SpaceRef(item.value.org, item.value.space).folded for item in bundle.spaces})
    apps = sum(len(item.value.apps) for item in bundle.spaces)
    counts = ((len(bundle.files), "file"), (spaces, "space"), (apps, "app"))
    return ", ".join(count_of(number, word, f"{word}s") for number, word in counts)
