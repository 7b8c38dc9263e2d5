"""`c2c explain`: may this app call that one, by what, and what is missing."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import click

from reconciler.analysis.naming import CallQuestion
from reconciler.analysis.reachability import Asked
from reconciler.cli.clock import DayType, today_utc
from reconciler.cli.console import Console, open_console
from reconciler.cli.options import format_option, target_options
from reconciler.cli.requests import request_for_manifests
from reconciler.cli.session import sign_in
from reconciler.errors import UsageError
from reconciler.flow.explaining import explain_call, explain_call_against, explain_declared_call
from reconciler.model.ports import Protocol, parse_port_range
from reconciler.report.explain_json import render_explanation_json
from reconciler.report.explain_text import render_explanation

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from reconciler.flow.requests import PlanRequest
    from reconciler.model.explanation import Explanation

_PROTOCOL = re.compile(rf"(?:({'|'.join(Protocol)})/)?(.+)", re.IGNORECASE)

EPILOG = """\b
Example:
  c2c explain acme/web/frontend acme/payments/ledger 61443
  c2c explain frontend ledger --declared
  c2c explain checkout card-vault tcp/8443 --live live.yml --format json
"""


class AskedType(click.ParamType[Any]):
    """A port or a range of ports, with or without a protocol: `61443`, `tcp/8080`, `udp/7000-7010`."""

    name = "port"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Asked:  # noqa: ANN401
        """Read the ports, or say how to write them. Without a protocol they are TCP ports."""
        if isinstance(value, Asked):
            return value
        found = _PROTOCOL.fullmatch(value)
        try:
            if found is not None:
                return Asked(parse_port_range(found[2]), Protocol((found[1] or Protocol.TCP).lower()))
        except ValueError as problem:
            return self.fail(f"{problem}; write it like 61443, tcp/8080 or udp/7000-7010", param, ctx)
        return self.fail("write the port like 61443, tcp/8080 or udp/7000-7010", param, ctx)


@click.command("explain", epilog=EPILOG)
@click.argument("source")
@click.argument("destination")
@click.argument("port", type=AskedType(), default=None, required=False, metavar="[PORT]")
@click.option("--path", "paths", multiple=True, metavar="PATH", help="Manifests to read; `policies` by default.")
@click.option("--live", metavar="FILE", help="Look at a Snapshot instead of a foundation; needs no account.")
@click.option("--declared", is_flag=True, help="Look at the manifests alone; needs no account.")
@click.option("--as-of", type=DayType(), default=None, help="Explain as of this day (UTC) instead of today.")
@format_option()
@target_options
def command(
    source: str,
    destination: str,
    port: Asked | None,
    paths: tuple[str, ...],
    live: str | None,
    as_of: date | None,
    output_format: str,
    target: Mapping[str, Any],
    *,
    declared: bool,
) -> int:
    """Say whether SOURCE may open connections to DESTINATION, by what, and what is missing. Changes nothing.

    Apps are written org/space/app, or shorter where that is clear: space/app, app. PORT is a port or a range, with a
    protocol where it is not TCP: 61443, udp/7000-7010. Without it, any port counts.
    """
    console = open_console()
    if live is not None and declared:
        raise UsageError("--live looks at a snapshot, --declared at no platform at all", hint="give one of the two")
    request = request_for_manifests(paths, as_of or today_utc())
    question = CallQuestion(source, destination, port or Asked())
    if declared:
        answer = explain_declared_call(question, request.bundle, request.today)
    else:
        answer = _explain(question, request, live, target, console)
    if output_format == "json":
        console.result(render_explanation_json(answer))
    else:
        console.result(render_explanation(answer, style=console.out_style, width=console.width))
    return 0


def _explain(
    question: CallQuestion, request: PlanRequest, live: str | None, target: Mapping[str, Any], console: Console
) -> Explanation:
    if live is None:
        with sign_in(target, request.api, console) as platform:
            return explain_call(question, request, platform)
    from reconciler.cli.snapshots import read_live_state  # noqa: PLC0415 - only for this option

    return explain_call_against(question, request, read_live_state(live))
