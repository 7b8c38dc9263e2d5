"""Where to look and as whom; the address also where there is nobody to sign in as."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from reconciler.cf.target import Options, Target, resolve_target
from reconciler.cf.urls import api_url
from reconciler.errors import UsageError
from reconciler.model.checkup import Check, Status

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_NOBODY = "nobody"
"""Stands where a token has to be for an address to be looked up. It is never sent: nothing is asked with it."""

_CREDENTIALS = ("username", "password", "client_id", "client_secret", "passcode")


@dataclass(frozen=True, slots=True)
class Aim:
    """What was found out without asking anybody.

    `target` is None where no address was found, and without credentials of use where `signed_in` is false.
    """

    target: Target | None
    signed_in: bool
    checks: tuple[Check, ...]


def take_aim(options: Options, environ: Mapping[str, str], home: Path, declared: str | None = None) -> Aim:
    """Find the target and the credentials as every command does; what is missing is a failed check."""
    try:
        target = resolve_target(options, environ, home, declared)
    except UsageError as problem:
        return _without_credentials(options, environ, home, declared, problem)
    credentials = Check(
        "credentials", Status.OK, f"{type_of(target)}, from {_source(target.credentials_source, options)}"
    )
    return Aim(target, signed_in=True, checks=(_target_check(target, declared), credentials))


def _without_credentials(
    options: Options, environ: Mapping[str, str], home: Path, declared: str | None, problem: UsageError
) -> Aim:
    try:
        target = _address_alone(options, environ, home, declared)
    except UsageError as missing:
        return Aim(None, signed_in=False, checks=(_failed("target", missing),))
    return Aim(target, signed_in=False, checks=(_target_check(target, declared), _failed("credentials", problem)))


def _address_alone(options: Options, environ: Mapping[str, str], home: Path, declared: str | None) -> Target:
    named = ((options.api, "--api"), (environ.get("CF_API"), "CF_API"), (declared, "the manifests"))
    value, source = next(((value, source) for value, source in named if value), (None, None))
    anybody = replace(options, api=value, access_token=_NOBODY, **dict.fromkeys(_CREDENTIALS))
    if value and source:
        api_url(value, source)
    target = resolve_target(anybody, environ, home)
    return replace(target, api_source=source or target.api_source)


def _failed(name: str, problem: UsageError) -> Check:
    return Check(name, Status.FAILED, problem.summary, problem.hint or "see `c2c doctor --help` for the ways to say it")


def _target_check(target: Target, declared: str | None) -> Check:
    message = f"{target.api_url}, from {target.api_source}"
    if declared is not None and api_url(declared, "the manifests") != target.api_url:
        return Check(
            "target",
            Status.WARNING,
            f"{message}; the manifests are for {declared}",
            f"`c2c apply` refuses this unless it is told so with --api {target.api_url}",
        )
    return Check("target", Status.OK, message)


def type_of(target: Target) -> str:
    """Name the kind of credentials, and whose they are where they say so. Never a secret."""
    given = target.credentials
    kind = type(given).__name__.removesuffix("Credentials").lower()
    named = {
        "password": f"the user {getattr(given, 'username', '')} with a password",
        "client": f"the UAA client {getattr(given, 'client_id', '')} with its secret",
        "token": "an access token as it is",
        "passcode": "a one-time passcode",
        "session": "the session of `cf login`",
    }
    return named[kind]


def _source(source: str, options: Options) -> str:
    on_command_line = [name for name in ("password", "client_secret", "access_token") if options.given(name)]
    if not on_command_line:
        return source
    return f"{source} (other users of this machine can read it there; CF_{on_command_line[0].upper()} is safer)"
