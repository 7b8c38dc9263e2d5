"""Requests to the API host with the caller's token: the only place where a token is put on a request."""

from __future__ import annotations

from typing import TYPE_CHECKING

import orjson

from reconciler.cf.exchange import ANSWER_LIMIT, Answer, Request, Service
from reconciler.errors import AuthenticationError, PlatformError
from reconciler.wire.attempts import Effect

if TYPE_CHECKING:
    from collections.abc import Callable

    from reconciler.cf.auth import TokenSource
    from reconciler.cf.http import Http
    from reconciler.cf.root import Root
    from reconciler.wire.secrecy import Secrets

_REJECTED = 401


class Api:
    """The API of one foundation, as one caller. Paths begin with `/` and may carry an encoded query."""

    def __init__(self, http: Http, api_url: str, root: Callable[[], Root], tokens: TokenSource) -> None:
        self._http = http
        self._url = api_url
        self._root = root
        self._tokens = tokens

    @property
    def root(self) -> Root:
        """Where the parts of the foundation are."""
        return self._root()

    def get(self, path: str, *, service: Service = Service.CLOUD_CONTROLLER, limit: int = ANSWER_LIMIT) -> Answer:
        """Read something."""
        return self._authorized(Request("GET", f"{self._url}{path}", service, limit=limit))

    def write(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        service: Service = Service.CLOUD_CONTROLLER,
        effect: Effect = Effect.REPEATABLE,
        read_seconds: float | None = None,
    ) -> Answer:
        """Change something. A REPEATABLE write is sent again when nobody knows whether it arrived."""
        content = None if body is None else orjson.dumps(body)
        headers = {} if body is None else {"Content-Type": "application/json"}
        url = f"{self._url}{path}"
        return self._authorized(Request(method, url, service, effect, headers, content, read_seconds=read_seconds))

    def _authorized(self, request: Request) -> Answer:
        token = self._tokens.token()
        try:
            return self._http.send(_with_token(request, token, self._tokens.secrets))
        except AuthenticationError as error:
            if error.status != _REJECTED:
                raise
            refusal = error
        try:
            if not self._tokens.renew(token):
                raise refusal
            return self._http.send(_with_token(request, self._tokens.token(), self._tokens.secrets))
        except PlatformError as error:
            # An attempt before the 401 may have run, whatever became of the token or of the last attempt.
            error.outcome_unknown = error.outcome_unknown or refusal.outcome_unknown
            raise


def _with_token(request: Request, token: str, secrets: Secrets) -> Request:
    return Request(
        request.method,
        request.url,
        request.service,
        request.effect,
        # Lower case: the policy server strips `Bearer ` and `bearer ` only. Source: policy-server `auth_middleware.go`.
        {**request.headers, "Authorization": f"bearer {token}"},
        request.content,
        request.limit,
        request.read_seconds,
        secrets,
    )
