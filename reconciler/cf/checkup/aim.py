"""Where to look and as whom. Without credentials the address alone is still looked at."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from reconciler.cf.credentials import (
    ClientCredentials,
    Credentials,
    PasscodeCredentials,
    PasswordCredentials,
    SessionCredentials,
    TokenCredentials,
)
from reconciler.cf.target import Options, Target, named_api, resolve_target
from reconciler.errors import UsageError
from reconciler.model.checkup import Check, Status
from reconciler.wire.urls import api_url

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_NOBODY = "nobody"
"""Stands where a token has to be for an address to be looked up. It is never sent: nothing is asked with it."""

_SECRETS = ("password", "client_secret", "access_token")


@dataclass(frozen=True, slots=True)
class Aim:
    """What was found out without asking anybody.

    `target` is None where no address was found; where the check of the credentials failed it holds none of use.
    """

    target: Target | None
    checks: tuple[Check, ...]


def take_aim(options: Options, environ: Mapping[str, str], home: Path, declared: str | None = None) -> Aim:
    """Find the target and the credentials as every command does; what is missing is a failed check."""
    try:
        target = resolve_target(options, environ, home, declared)
    except UsageError as problem:
        return _without_credentials(options, environ, home, declared, problem)
    return Aim(target, checks=(_target_check(target, declared), _credentials_check(target, options)))


def _without_credentials(
    options: Options, environ: Mapping[str, str], home: Path, declared: str | None, problem: UsageError
) -> Aim:
    try:
        target = _address_alone(options, environ, home, declared)
    except UsageError as missing:
        unknown = Check("credentials", Status.UNKNOWN, "not looked for, because target failed")
        return Aim(None, checks=(_failed("target", missing), unknown))
    return Aim(target, checks=(_target_check(target, declared), _failed("credentials", problem)))


def _address_alone(options: Options, environ: Mapping[str, str], home: Path, declared: str | None) -> Target:
    value, source = named_api(options, environ, declared) or (None, None)
    anybody = Options(
        api=value, access_token=_NOBODY, ca_file=options.ca_file, skip_ssl_validation=options.skip_ssl_validation
    )
    target = resolve_target(anybody, environ, home)
    return replace(target, api_source=source or target.api_source)


def _failed(name: str, problem: UsageError) -> Check:
    return Check(name, Status.FAILED, problem.summary, problem.hint or "see `c2c doctor --help` for the ways to say it")


def _target_check(target: Target, declared: str | None) -> Check:
    message = f"{target.api_url}, from {target.api_source}"
    if declared is None or _same(declared, target.api_url):
        return Check("target", Status.OK, message)
    return Check(
        "target",
        Status.WARNING,
        f"{message}; the manifests are for {declared}",
        f"`c2c apply` refuses this unless it is told so with --api {target.api_url}",
    )


def _same(declared: str, url: str) -> bool:
    try:
        return api_url(declared, "the manifests") == url
    except UsageError:
        return False


def _credentials_check(target: Target, options: Options) -> Check:
    message = f"{_type_of(target.credentials)}, from {target.credentials_source}"
    shown = next((name for name in _SECRETS if options.given(name)), None)
    if shown is None:
        return Check("credentials", Status.OK, message)
    hint = f"set CF_{shown.upper()} instead"
    return Check("credentials", Status.WARNING, f"{message}, where other users of this machine can read it", hint)


def _type_of(credentials: Credentials) -> str:
    """Name the kind of credentials, and whose they are where they say so. Never a secret."""
    match credentials:
        case PasswordCredentials(username=name):
            return f"the user {name} with a password"
        case ClientCredentials(client_id=name):
            return f"the UAA client {name} with its secret"
        case TokenCredentials():
            return "an access token as it is"
        case PasscodeCredentials():
            return "a one-time passcode"
        case SessionCredentials():
            return "the session of `cf login`"
