"""`c2c doctor`: can I reach it, who am I, what may I see and change, what is the quota."""

from __future__ import annotations

import os
import shlex
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from reconciler.cli.clock import today_utc
from reconciler.cli.console import Console, open_console
from reconciler.cli.options import DEFAULT_PATH, SpaceType, format_option, paths_argument, target_options
from reconciler.cli.retries import tell_retries
from reconciler.cli.session import home_folder, warn_of_unverified_tls
from reconciler.flow.loading import checked_bundle
from reconciler.manifests.resolving.read_set import read_set_of
from reconciler.model.checkup import Check, Checkup, Concern, Status
from reconciler.report.counts import count_of
from reconciler.report.diagnostics_text import count_problems
from reconciler.report.doctor_json import render_checkup_json
from reconciler.report.doctor_text import render_check, render_summary

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from reconciler.manifests.loaded import Bundle
    from reconciler.model.scope import SpacePattern

EPILOG = """\b
Example:
  c2c doctor
  c2c doctor --space acme/web --format json
"""


@click.command("doctor", epilog=EPILOG)
@paths_argument
@click.option("--space", "spaces", type=SpaceType(), multiple=True, metavar="ORG/SPACE", help="Look at this space too.")
@format_option()
@target_options
def command(
    paths: tuple[str, ...], spaces: tuple[SpacePattern, ...], output_format: str, target: Mapping[str, Any]
) -> int:
    """Look at the way to the foundation, the caller, the servers, and the spaces of the manifests. Changes nothing.

    PATH defaults to `policies` if it is there; without manifests --space names the spaces to look at. Exit code 1 when
    a check fails; warnings, and what could not be asked, are no failure.
    """
    console = open_console()
    if target["skip_ssl_validation"]:
        warn_of_unverified_tls(console)
    bundle, manifests = _manifests(paths, spaces)
    tell_retries(console)
    checkup = _look(bundle, manifests, spaces, target, console if output_format == "text" else None)
    if output_format == "json":
        console.result(render_checkup_json(checkup))
    else:
        console.text(render_summary(checkup, style=console.out_style))
    return 0 if checkup.healthy else 1


def _look(
    bundle: Bundle | None,
    manifests: Check,
    spaces: tuple[SpacePattern, ...],
    target: Mapping[str, Any],
    console: Console | None,
) -> Checkup:
    """Make all checks, showing each on the console as it comes."""
    from reconciler.cf.checkup.aim import take_aim  # noqa: PLC0415 - only commands that go on line pay for it
    from reconciler.cf.checkup.walk import checks  # noqa: PLC0415 - as above
    from reconciler.cf.target import Options  # noqa: PLC0415 - as above

    declared = bundle.foundation.value.api if bundle and bundle.foundation else None
    aim = take_aim(Options(**target), os.environ, home_folder(), declared)

    def seen() -> Iterator[Check]:
        yield manifests
        yield from checks(aim, concern_of(bundle, spaces))

    found = []
    for check in seen():
        found.append(check)
        if console is not None:
            console.text(render_check(check, style=console.out_style))
    return Checkup(aim.target.api_url if aim.target else None, tuple(found))


def concern_of(bundle: Bundle | None, spaces: tuple[SpacePattern, ...]) -> Concern:
    """Say what the manifests and the command line are about."""
    named = Concern(governed=frozenset(spaces))
    if bundle is None:
        return named
    read_set = read_set_of(bundle)
    return replace(
        named,
        governed=named.governed | read_set.managed,
        sources=read_set.sources,
        routes=frozenset(route.domain for route in read_set.hosts),
        domains=frozenset(bundle.foundation.value.internal_domains if bundle.foundation else ()),
    )


def _manifests(paths: tuple[str, ...], spaces: tuple[SpacePattern, ...]) -> tuple[Bundle | None, Check]:
    if not paths and not Path(DEFAULT_PATH).exists():
        message = f"none are named, and there is no {DEFAULT_PATH!r} here"
        status = Status.OK if spaces else Status.UNKNOWN
        return None, Check("manifests", status, message)
    named = paths or (DEFAULT_PATH,)
    loaded = checked_bundle(named, today=today_utc())
    problems = count_problems(loaded.diagnostics)
    if loaded.bundle is None:
        hint = f"`c2c validate {shlex.join(named)}` shows them; until then the spaces are not known"
        return None, Check("manifests", Status.FAILED, f"{', '.join(named)}: {problems}", hint)
    bundle = loaded.bundle
    counts = f"{count_of(len(bundle.files), 'file', 'files')}, {count_of(len(bundle.spaces), 'Space', 'Spaces')}"
    return bundle, Check("manifests", Status.OK, f"{', '.join(named)}: {counts}; {problems}")
