"""`c2c demo`: the whole main job on the embedded foundation."""

from __future__ import annotations

import os
import shlex
import shutil
import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from reconciler.cli.applying.run import Applying
from reconciler.cli.console import open_console
from reconciler.cli.options import format_option
from reconciler.cli.session import load_manifests
from reconciler.cli.snapshots import read_snapshot
from reconciler.errors import PartialApplyError
from reconciler.flow.plans import make_plan
from reconciler.flow.requests import PlanRequest
from reconciler.report.apply_json import render_result_json
from reconciler.report.apply_text import render_result_text
from reconciler.report.plan_text import render_plan_text
from reconciler.report.verdict import render_verdict
from reconciler.resources import demo_path, policies_path

if TYPE_CHECKING:
    from reconciler.cf.foundation import CloudFoundry

EPILOG = """\b
Example:
  c2c demo
"""


@click.command("demo", epilog=EPILOG)
@format_option()
def command(output_format: str) -> int:
    """Plan and apply an example organization on a foundation that has drifted. No account, no network, no traces.

    The manifests are those in `policies/`, the live state is `demo/foundation.yml`, and the day is the one on which
    that state was taken.
    """
    console = open_console()
    seed_file, policies = demo_path() / "foundation.yml", policies_path()
    seed = read_snapshot(str(seed_file))
    taken_at = datetime.fromisoformat(seed["taken_at"])
    bundle, warnings = load_manifests((_shown(policies),), today=taken_at.date())

    def say(text: str, *, fitted: bool = False) -> None:
        if output_format == "text":
            (console.result if fitted else console.text)(text)

    request = PlanRequest(bundle, taken_at.date(), warnings)
    with _embedded(seed, bundle.api, taken_at) as platform:
        say(f"1. c2c plan: the manifests in {_shown(policies)} against the live state of {_shown(seed_file)}\n\n")
        plan = make_plan(request, platform)
        say(render_plan_text(plan, style=console.out_style, show_foreign=True, width=console.width), fitted=True)
        say("\n2. c2c apply: additions first, then removals\n\n")
        result = Applying(platform, lambda: make_plan(request, platform), console).run(plan)
        say(render_result_text(result, style=console.out_style))
        again = make_plan(request, platform)
        say(f"\n3. c2c plan, once more\n\n{render_verdict(again, console.out_style)}")
    if output_format == "json":
        console.result(render_result_json(plan, result))
    if not (result.succeeded and again.is_empty):
        return PartialApplyError.exit_code
    say(_what_next(policies, seed_file, taken_at), fitted=True)
    return 0


def _embedded(seed: dict[str, Any], api: str | None, now: datetime) -> CloudFoundry:
    from reconciler.cf.credentials import PasswordCredentials  # noqa: PLC0415 - after --help has been served
    from reconciler.cf.foundation import CloudFoundry, FoundationSettings  # noqa: PLC0415 - as above
    from reconciler.cf.http import HttpSettings  # noqa: PLC0415 - as above
    from reconciler.simulator.foundation import Foundation  # noqa: PLC0415 - as above
    from reconciler.simulator.seed import build_world  # noqa: PLC0415 - as above
    from reconciler.simulator.transport import EmbeddedTransport  # noqa: PLC0415 - as above

    url = api or "https://api.sys.example.com"
    world = build_world(seed, now=lambda: now)
    http = HttpSettings(transport=EmbeddedTransport(Foundation(world, url)), now=now.timestamp)
    return CloudFoundry(url, PasswordCredentials("admin", "admin"), FoundationSettings(http, pause=lambda _: None))


def _what_next(policies: Path, seed_file: Path, taken_at: datetime) -> str:
    """Give commands to try next, as they can be copied. They need no account either."""
    program, manifests, live = (shlex.quote(_shown(path)) for path in (_program(), policies, seed_file))
    day = f"--live {live} --as-of {taken_at:%Y-%m-%d}"
    return f"""
Next, with no account either:
  {program} plan {manifests} {day} -o plan.html   # a page to open in a browser
  {program} explain web/frontend payments/ledger --path {manifests} {day}
  {program} init my-policies   # manifests and guardrails to begin with
"""


def _program() -> Path:
    """Name the command as this user can type it: `make demo` installs it into a folder that no shell searches."""
    return Path("c2c") if shutil.which("c2c") else Path(sys.executable).with_name("c2c")


def _shown(path: Path) -> str:
    """Name a path from here when it lies below here, so that the output is the same on every machine."""
    relative = os.path.relpath(path)
    return str(path) if relative.startswith("..") else relative
