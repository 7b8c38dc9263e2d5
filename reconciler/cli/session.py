"""What commands do before the flow starts: load manifests, sign in."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reconciler.cli.files.own import require_manifests
from reconciler.cli.named_manifests import named_manifests
from reconciler.cli.options import DEFAULT_PATH
from reconciler.cli.retries import tell_retries
from reconciler.errors import ManifestError, UsageError
from reconciler.flow.loading import checked_bundle

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from reconciler.cf.foundation import CloudFoundry
    from reconciler.cli.console import Console
    from reconciler.diagnostics import Diagnostic
    from reconciler.manifests.loaded import Bundle, Loaded
    from reconciler.manifests.parsing.cache import ParsedFiles


def read_manifests(paths: tuple[str, ...], *, today: date) -> Loaded:
    """Load what the command line names, right or wrong. Raise UsageError for the path of a saved plan or a journal."""
    for path in paths:
        require_manifests(path)
    return checked_bundle(named_manifests(paths), today=today, cache=user_cache())


def load_manifests(paths: tuple[str, ...], *, today: date) -> tuple[Bundle, tuple[Diagnostic, ...]]:
    """Load what the command line names. Give the manifests and the warnings.

    Raise ManifestError on any error in them, and otherwise as `read_manifests` does.
    """
    loaded = read_manifests(paths, today=today)
    if loaded.bundle is None:
        raise ManifestError(loaded.diagnostics)
    return loaded.bundle, loaded.diagnostics


def revision_of(paths: tuple[str, ...]) -> str | None:
    """Name the git commit that is checked out where the manifests are, or None when there is none to name."""
    import subprocess  # noqa: PLC0415 - for plans only

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
    target: Mapping[str, Any],
    declared: str | None,
    console: Console,
    *,
    strict: bool = False,
    source: str = "the manifests",
) -> CloudFoundry:
    """Find out which foundation to speak to and as whom. Nothing is sent before it is needed.

    `declared` is the foundation that the manifests, or a journal, are for; `source` names which. Raise UsageError when
    it is `strict` and another one was found; only a `--api` on the command line overrules them.
    """
    from reconciler.cf.foundation import connect  # noqa: PLC0415 - only commands that go on line pay for it
    from reconciler.cf.target import Options, resolve_target  # noqa: PLC0415 - as above
    from reconciler.wire.urls import api_url  # noqa: PLC0415 - as above

    resolved = resolve_target(Options(**target), os.environ, home_folder(), declared)
    if declared is not None and api_url(declared, source) != resolved.api_url:
        mismatch = f"{resolved.api_source} says {resolved.api_url}, but {declared} is named by {source}"
        if strict and target["api"] is None:
            raise UsageError(mismatch, hint=f"if that is meant, say so with --api {resolved.api_url}")
        console.warn(mismatch)
    if resolved.skip_ssl_validation:
        warn_of_unverified_tls(console)
    tell_retries(console)
    return connect(resolved)


def warn_of_unverified_tls(console: Console) -> None:
    """Say, every time, what `--skip-ssl-validation` means."""
    console.warn("TLS certificates are not verified: anybody on the way can read and change what is sent")


def user_cache() -> ParsedFiles | None:
    """Open the user's cache of parsed manifests; None where `C2C_NO_CACHE` is set or there is no place for it.

    Its place is `c2c` in `XDG_CACHE_HOME`, or in `.cache` of the home folder.
    """
    from reconciler.manifests.parsing.cache import ParsedFiles  # noqa: PLC0415 - only commands that load manifests

    if os.environ.get("C2C_NO_CACHE"):
        return None
    given = os.environ.get("XDG_CACHE_HOME", "")
    # A relative path there is to be passed over, says the XDG Base Directory Specification.
    caches = Path(given) if Path(given).is_absolute() else home_folder() / ".cache"
    return ParsedFiles.open(caches / "c2c")


def home_folder() -> Path:
    """Find the home folder; an account without one, as in many containers, simply has no cf session there."""
    try:
        return Path.home()
    except RuntimeError:
        return Path(os.devnull)
