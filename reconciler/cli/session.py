"""What commands do before the flow starts: read the clock, load manifests, sign in."""

from __future__ import annotations

import os
import re
import subprocess
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import orjson

from reconciler.cli.options import DEFAULT_PATH
from reconciler.errors import ManifestError, UsageError
from reconciler.manifests.bundle import load_bundle
from reconciler.planning.saved import read_saved_plan

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reconciler.cf.foundation import CloudFoundry
    from reconciler.cli.console import Console
    from reconciler.diagnostics import Diagnostic
    from reconciler.manifests.loaded import Bundle
    from reconciler.planning.saved import SavedPlan


_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)


class DayType(click.ParamType[Any]):
    """A calendar day, written YYYY-MM-DD."""

    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:  # noqa: ANN401
        """Read the day, or say how to write one."""
        if isinstance(value, date):
            return value
        try:
            if _DAY.fullmatch(value):
                return date.fromisoformat(value)
        except ValueError:
            pass
        return self.fail(f"{value!r} is not a date; write it like 2027-01-31", param, ctx)


def today_utc() -> date:
    """Give the day on which `until` is judged: the current one in UTC."""
    return datetime.now(UTC).date()


def load_manifests(paths: tuple[str, ...], *, today: date) -> tuple[Bundle, tuple[Diagnostic, ...]]:
    """Load what the command line names. Give the manifests and the warnings; raise ManifestError on any error."""
    loaded = load_bundle(paths or (DEFAULT_PATH,), today=today)
    if loaded.bundle is None:
        raise ManifestError(loaded.diagnostics)
    return loaded.bundle, loaded.diagnostics


def saved_plan(paths: tuple[str, ...]) -> SavedPlan | None:
    """Read the saved plan that the command line names instead of manifests; None if it names none.

    Raise UsageError for a `.json` file that cannot be read or is no plan, or beside other paths.
    """
    plans = [path for path in paths if path.endswith(".json")]
    if not plans:
        return None
    if len(paths) > 1:
        raise UsageError("a saved plan is applied alone", hint=f"c2c apply {plans[0]}")
    if not Path(plans[0]).is_file():
        raise UsageError(f"{plans[0]} cannot be read: there is no such file")
    try:
        return read_saved_plan(orjson.loads(Path(plans[0]).read_bytes()))
    except OSError as problem:
        raise UsageError(f"{plans[0]} cannot be read: {problem.strerror}") from None
    except orjson.JSONDecodeError as problem:
        raise UsageError(
            f"{plans[0]} is not JSON: {problem}", hint="save a plan with `c2c plan -o plan.json`"
        ) from None


def revision_of(paths: tuple[str, ...]) -> str | None:
    """Name the git commit that is checked out where the manifests are, or None when there is none to name."""
    first = Path((paths or (DEFAULT_PATH,))[0])
    folder = first if first.is_dir() else first.parent
    try:
        answer = subprocess.run(  # noqa: S603 - a fixed command; the folder is an argument, not a shell word
            # Without this option a folder that looks like a repository inside would be taken for one, config and all.
            ["git", "-c", "safe.bareRepository=explicit", "-C", str(folder), "rev-parse", "--verify", "HEAD"],  # noqa: S607 - git is found on PATH
            capture_output=True,
            check=True,
            timeout=5,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return answer.stdout.decode("ascii", "replace").strip() or None


def sign_in(
    target: Mapping[str, Any], bundle: Bundle | None, console: Console, *, writes: bool = False
) -> CloudFoundry:
    """Find out which foundation to speak to and as whom. Nothing is sent before it is needed.

    Raise UsageError when something is to be written and the manifests are for another foundation than the one that
    was found; only a `--api` on the command line overrules them.
    """
    from reconciler.cf.foundation import connect  # noqa: PLC0415 - only commands that go on line pay for it
    from reconciler.cf.target import Options, resolve_target  # noqa: PLC0415 - as above
    from reconciler.cf.urls import api_url  # noqa: PLC0415 - as above

    declared = bundle.foundation.value.api if bundle and bundle.foundation else None
    resolved = resolve_target(Options(**target), os.environ, home_folder(), declared)
    if declared is not None and api_url(declared, "the manifests") != resolved.api_url:
        mismatch = f"the manifests are for {declared}, but {resolved.api_source} says {resolved.api_url}"
        if writes and target["api"] is None:
            raise UsageError(mismatch, hint=f"if that is meant, say so with --api {resolved.api_url}")
        console.warn(mismatch)
    if resolved.skip_ssl_validation:
        warn_of_unverified_tls(console)
    return connect(resolved)


def warn_of_unverified_tls(console: Console) -> None:
    """Say, every time, what `--skip-ssl-validation` means."""
    console.warn("TLS certificates are not verified: anybody on the way can read and change what is sent")


def home_folder() -> Path:
    """Find the home folder; an account without one, as in many containers, simply has no cf session there."""
    try:
        return Path.home()
    except RuntimeError:
        return Path(os.devnull)
