"""Credentials as values. What is secret in them stays out of `repr`."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from reconciler.errors import UsageError

_TOKEN = re.compile(r"[!-~]+")


@dataclass(frozen=True, slots=True)
class PasswordCredentials:
    """A user with a password."""

    username: str
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class PasscodeCredentials:
    """A one-time code from `<login>/passcode`, for users who sign in elsewhere (SSO)."""

    passcode: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class ClientCredentials:
    """A UAA client: the usual identity of a machine."""

    client_id: str
    client_secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class TokenCredentials:
    """An access token as it is. It cannot be renewed."""

    access_token: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class SessionCredentials:
    """What the cf CLI keeps after `cf login`: a token, and usually what it takes to renew it."""

    access_token: str = field(repr=False)
    refresh_token: str = field(default="", repr=False)
    client_id: str = "cf"
    client_secret: str = field(default="", repr=False)


Credentials = PasswordCredentials | PasscodeCredentials | ClientCredentials | TokenCredentials | SessionCredentials


def bare_token(written: str, source: str) -> str:
    """Take a token out of `bearer <token>` or `<token>`. Raise UsageError when it cannot be one.

    A line break inside would end up in a header, and the library's complaint about it would show the token.
    """
    words = written.split()
    if len(words) == 2 and words[0].lower() == "bearer":  # noqa: PLR2004
        words = words[1:]
    if len(words) != 1 or not _TOKEN.fullmatch(words[0]):
        raise UsageError(f"{source} does not hold an access token", hint="it is what `cf oauth-token` prints")
    return words[0]
