"""Tokens from the UAA: one request per grant, and its refusals told apart."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from reconciler.cf.credentials import bare_token
from reconciler.cf.exchange import Answer, Request, Service
from reconciler.cf.fields import FieldError, entries, text, text_or_none
from reconciler.errors import AuthenticationError, PlatformError, RejectedError, UsageError
from reconciler.wire.attempts import Effect
from reconciler.wire.secrecy import Secrets

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from reconciler.cf.http import Http

_REFUSALS = (RejectedError, AuthenticationError)


@dataclass(frozen=True, slots=True)
class TokenRequest:
    """One grant to ask for. `who` names the holder in errors, for example `the user alice`."""

    who: str
    grant_type: str
    fields: Mapping[str, str] = field(repr=False)
    client_id: str = "cf"
    client_secret: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Grant:
    """Tokens as granted. `lifetime` is in seconds; None where the UAA does not say."""

    access_token: str = field(repr=False)
    refresh_token: str | None = field(default=None, repr=False)
    lifetime: float | None = None


class Uaa:
    """The token endpoint. `endpoint` gives its base address when the first token is needed."""

    def __init__(self, http: Http, endpoint: Callable[[], str], secrets: Secrets | None = None) -> None:
        self._http = http
        self._endpoint = endpoint
        self._secrets = secrets or Secrets()

    def grant(self, asked: TokenRequest) -> Grant:
        """Ask for tokens. Raise AuthenticationError with the cause when the UAA refuses."""
        try:
            return _granted(self._http.send(self._request(asked)))
        except _REFUSALS as error:
            summary, hint = _explain(asked, str(error))
            raise AuthenticationError(
                summary, hint=hint, method="POST", path=error.path, status=error.status, request_id=error.request_id
            ) from None
        except PlatformError as error:
            error.outcome_unknown = False
            raise

    def _request(self, asked: TokenRequest) -> Request:
        # Whether the UAA decodes what stands in a Basic header depends on its version, so a client of its own names
        # itself in the form; the cf CLI does both in the same way. Source: cli `api/uaa/auth.go`.
        self._secrets.add(asked.client_secret, *(value for name, value in asked.fields.items() if name != "username"))
        form = {"grant_type": asked.grant_type, **asked.fields}
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        if asked.grant_type == "client_credentials":
            form |= {"client_id": asked.client_id, "client_secret": asked.client_secret}
        else:
            pair = f"{asked.client_id}:{asked.client_secret}"
            headers["Authorization"] = f"Basic {base64.b64encode(pair.encode()).decode()}"
        return Request(
            "POST",
            f"{self._endpoint()}/oauth/token",
            service=Service.UAA,
            effect=Effect.ONCE if "passcode" in asked.fields else Effect.READ,
            headers=headers,
            content=urlencode(form).encode(),
            limit=2**20,
            read_seconds=60.0,
            secrets=self._secrets,
        )


def _granted(answer: Answer) -> Grant:
    try:
        body = entries(answer.json())
        lifetime = body.get("expires_in")
        return Grant(
            access_token=bare_token(text(body, "access_token"), "the UAA's answer"),
            refresh_token=text_or_none(body, "refresh_token"),
            lifetime=float(lifetime) if isinstance(lifetime, int) and not isinstance(lifetime, bool) else None,
        )
    except FieldError as error:
        raise answer.unexpected(f"is not a token: {error}") from None
    except UsageError:
        raise answer.unexpected("is not a token: access_token is malformed") from None


def _explain(asked: TokenRequest, said: str) -> tuple[str, str]:
    """Say in one sentence why no token came. The texts differ between UAA versions, so they only add to the status.

    Source: uaa `UaaExceptionTranslator.java`, `UaaTokenServices.java`.
    """
    low = said.lower()
    if "locked" in low:
        return f"{asked.who} is locked after too many failed attempts", "wait some minutes, or ask an administrator"
    if "grant type" in low or "unauthorized_client" in low:
        return (
            f"the UAA client {asked.client_id} may not use the grant {asked.grant_type}",
            "ask an administrator to add the grant to the client, or sign in another way",
        )
    if "scope" in low:
        return f"{asked.who} may not have the scopes asked for: {said}", "ask an administrator for network.admin"
    return _refused(asked)


def _refused(asked: TokenRequest) -> tuple[str, str]:
    if asked.grant_type == "refresh_token":
        return f"the session of {asked.who} has expired or was revoked", "sign in again with `cf login`"
    if asked.grant_type == "client_credentials":
        return f"the UAA does not accept the secret of {asked.who}", "check CF_CLIENT_ID and CF_CLIENT_SECRET"
    if "passcode" in asked.fields:
        return "the UAA does not accept the passcode", "a passcode works once and for minutes; fetch a new one"
    return f"the UAA does not accept the password of {asked.who}", "check CF_USERNAME and CF_PASSWORD"
