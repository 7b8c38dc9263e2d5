"""`c2c demo`: the whole main job on the embedded foundation."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import click

from reconciler.cli.apply_command import run_with_progress
from reconciler.cli.console import Console, open_console
from reconciler.cli.options import format_option
from reconciler.cli.session import load_manifests
from reconciler.cli.snapshots import read_snapshot
from reconciler.flow import make_plan
from reconciler.report.apply_json import render_result_json
from reconciler.report.apply_text import render_result_text
from reconciler.report.plan_text import render_plan_text
from reconciler.resources import demo_path, policies_path

if TYPE_CHECKING:
    from reconciler.cf.foundation import CloudFoundry

EPILOG = """\b
Example:
  c2c demo
"""

API = "https://api.sys.example.com"


@click.command("demo", epilog=EPILOG)
@format_option()
def command(output_format: str) -> int:
    """Plan and apply an example organisation on a foundation that has drifted. No account, no network, no traces.

    The manifests are those in `policies/`, the live state is `demo/foundation.yml`, and the day is the one on which
    that state was taken.
    """
    console = open_console()
    seed = read_snapshot(str(demo_path() / "foundation.yml"))
    today = datetime.fromisoformat(seed["taken_at"]).date()
    bundle, warnings = load_manifests((str(policies_path()),), today=today)
    talk = _Talk(console, quiet=output_format == "json")
    with _embedded(seed) as platform:

        def plan_now() -> Plan:
            return make_plan(bundle, platform, today=today, warnings=warnings)
        ...
    return 0
