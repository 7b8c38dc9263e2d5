"""The access token: fetched when first needed, renewed before it expires, and once when it is not accepted."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

from reconciler.cf.claims import Claims, decode_claims
from reconciler.cf.credentials import (
    ClientCredentials,
    Credentials,
    PasscodeCredentials,
    PasswordCredentials,
    SessionCredentials,
    TokenCredentials,
)
from reconciler.cf.uaa import Grant, TokenRequest
from reconciler.errors import AuthenticationError
from reconciler.wire.secrecy import Secrets

if TYPE_CHECKING:
    from collections.abc import Callable

MARGIN_SECONDS = 60.0
"""A token with less than this left is renewed first. Source: cli `wrapper/uaa_authentication.go`."""

_TOKEN_HINT = "get a new one with `cf oauth-token`, or use credentials that can be renewed"  # noqa: S105 - a sentence
_SESSION_HINT = "sign in again with `cf login`"


class TokenSource:
    """The token of one caller, for all threads of a run. `now` is Unix time, as `exp` in tokens is.

    `secrets` learns every credential and every token that comes up.
    """

    def __init__(
        self,
        credentials: Credentials,
        grant: Callable[[TokenRequest], Grant],
        now: Callable[[], float] = time.time,
        secrets: Secrets | None = None,
    ) -> None:
        self.secrets = secrets or Secrets()
        self.secrets.add(*_secrets_of(credentials))
        self._credentials = credentials
        self._grant = grant
        self._now = now
        self._lock = threading.Lock()
        self._token: str | None = None
        self._refresh_token: str | None = None
        self._renew_at: float | None = None
        self._adopt_given()

    def token(self) -> str:
        """Give a token that lasts for the next request. Raise AuthenticationError when there is none to be had."""
        with self._lock:
            if self._token is None or (self._renew_at is not None and self._now() >= self._renew_at):
                self._renew()
            if self._token is None:
                raise AssertionError("a renewal leaves a token or raises")
            return self._token

    def renew(self, rejected: str) -> bool:
        """Replace a token that was not accepted. Return False when the credentials hold nothing to renew it with."""
        with self._lock:
            if self._token != rejected:
                return True
            if not self._renewable:
                return False
            self._renew()
            return True

    def claims(self) -> Claims:
        """Read what the current token says about the caller."""
        return decode_claims(self.token())

    @property
    def _renewable(self) -> bool:
        if isinstance(self._credentials, TokenCredentials):
            return False
        if isinstance(self._credentials, PasswordCredentials | ClientCredentials):
            return True
        return self._refresh_token is not None

    def _adopt_given(self) -> None:
        given = self._credentials
        if not isinstance(given, TokenCredentials | SessionCredentials):
            return
        self._token = given.access_token
        expiry = decode_claims(given.access_token).expires_at
        if isinstance(given, SessionCredentials) and given.refresh_token:
            self._refresh_token = given.refresh_token
            self._renew_at = None if expiry is None else expiry - MARGIN_SECONDS
        else:
            # Nothing can replace it, so its last minute is used too.
            self._renew_at = expiry

    def _renew(self) -> None:
        given = self._credentials
        if self._token is not None and not self._renewable:
            summary, hint = "the access token has expired", _TOKEN_HINT
            if isinstance(given, SessionCredentials):
                summary, hint = "the cf CLI's session has expired and cannot be renewed", _SESSION_HINT
            elif isinstance(given, PasscodeCredentials):
                summary, hint = "the session has expired", _SESSION_HINT
            raise AuthenticationError(summary, hint=hint)
        if self._refresh_token is not None and self._refreshed():
            return
        self._adopt(self._grant(_first_request(given)))

    def _refreshed(self) -> bool:
        """Use the refresh token. Return False when it is worth trying the credentials themselves instead."""
        try:
            self._adopt(self._grant(_refresh_request(self._credentials, self._refresh_token or "")))
        except AuthenticationError:
            self._refresh_token = None
            if isinstance(self._credentials, PasswordCredentials):
                return False
            raise
        return True

    def _adopt(self, grant: Grant) -> None:
        self.secrets.add(grant.access_token, grant.refresh_token or "")
        self._token = grant.access_token
        # A UAA that rotates refresh tokens has just spent the old one; others return none or the same.
        self._refresh_token = grant.refresh_token or self._refresh_token
        now = self._now()
        expiry = decode_claims(grant.access_token).expires_at
        # The UAA's own lifetime does not depend on how far the two clocks are apart.
        lifetime = grant.lifetime if grant.lifetime is not None else (None if expiry is None else expiry - now)
        self._renew_at = None if lifetime is None else now + lifetime - min(MARGIN_SECONDS, max(0.0, lifetime / 2))


def _secrets_of(credentials: Credentials) -> tuple[str, ...]:
    """Name what is secret in credentials. A pair is one more secret: in a Basic header its two halves are one text."""
    if isinstance(credentials, PasswordCredentials):
        return credentials.password, f"{credentials.username}:{credentials.password}"
    if isinstance(credentials, PasscodeCredentials):
        return (credentials.passcode,)
    if isinstance(credentials, TokenCredentials):
        return (credentials.access_token,)
    secret = credentials.client_secret
    pair = (secret, f"{credentials.client_id}:{secret}") if secret else ()
    if isinstance(credentials, SessionCredentials):
        return (credentials.access_token, credentials.refresh_token, *pair)
    return pair


def _first_request(credentials: Credentials) -> TokenRequest:
    if isinstance(credentials, PasswordCredentials):
        fields = {"username": credentials.username, "password": credentials.password}
        return TokenRequest(f"the user {credentials.username}", "password", fields)
    if isinstance(credentials, PasscodeCredentials):
        return TokenRequest("the user", "password", {"passcode": credentials.passcode})
    if isinstance(credentials, ClientCredentials):
        who = f"the client {credentials.client_id}"
        return TokenRequest(who, "client_credentials", {}, credentials.client_id, credentials.client_secret)
    raise AssertionError("a given token is adopted, not asked for")


def _refresh_request(credentials: Credentials, refresh_token: str) -> TokenRequest:
    fields = {"refresh_token": refresh_token}
    if isinstance(credentials, SessionCredentials):
        who, client, secret = "the cf CLI", credentials.client_id, credentials.client_secret
        return TokenRequest(who, "refresh_token", fields, client, secret)
    who = f"the user {credentials.username}" if isinstance(credentials, PasswordCredentials) else "the user"
    return TokenRequest(who, "refresh_token", fields)
