"""One request and one answer as values, free of any HTTP library."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

import orjson

from reconciler.errors import UnexpectedAnswerError
from reconciler.wire.attempts import Effect
from reconciler.wire.secrecy import Secrets

if TYPE_CHECKING:
    from collections.abc import Mapping

ANSWER_LIMIT = 64 * 2**20
"""Bytes that an answer may have: a page of 5,000 routes with their destinations stays far below."""

POLICY_LIST_LIMIT = 512 * 2**20
"""Bytes that the list of all policies may have: it is one answer, about 166 bytes for each policy."""


class Service(StrEnum):
    """Who is asked. The three speak different error formats and mean different things by one status."""

    CLOUD_CONTROLLER = "Cloud Controller"
    POLICY_SERVER = "the policy server"
    UAA = "the UAA"


@dataclass(frozen=True, slots=True)
class Request:
    """One request.

    `url` is absolute, its query already encoded. `read_seconds` is how long the server may stay silent; None takes
    the client's own value. `secrets` are texts that no error may repeat, whatever the server echoes.
    """

    method: str
    url: str
    service: Service = Service.CLOUD_CONTROLLER
    effect: Effect = Effect.READ
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    content: bytes | None = field(default=None, repr=False)
    limit: int = ANSWER_LIMIT
    read_seconds: float | None = None
    secrets: Secrets = field(default_factory=Secrets, repr=False)

    @property
    def path(self) -> str:
        """The path without the query: what errors name."""
        _, _, rest = self.url.partition("://")
        _, slash, path = rest.partition("/")
        return (slash + path).partition("?")[0] or "/"


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer. Header names are in lower case. The body stays out of `repr`: environments travel in it."""

    request: Request
    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)

    @property
    def request_id(self) -> str | None:
        """What the platform's logs call this request. Source: cloud_controller_ng `vcap_request_context_setter.rb`."""
        return self.headers.get("x-vcap-request-id")

    def json(self) -> object:
        """Decode the body, whatever its Content-Type says: the policy server labels JSON as text/plain."""
        try:
            return orjson.loads(self.body)
        except orjson.JSONDecodeError as error:
            # The decoder keeps the document on its exception; the chain would carry it along.
            problem = f"is not JSON ({error.msg}, at character {error.pos})"
        raise self.unexpected(problem)

    def unexpected(self, problem: str) -> UnexpectedAnswerError:
        """Make the error for an answer that the API does not describe."""
        return UnexpectedAnswerError(
            f"the answer of {self.request.service.value} to {self.request.method} {self.request.path} {problem}",
            hint="check that CF_API names a Cloud Foundry API and that no proxy rewrites its answers",
            method=self.request.method,
            path=self.request.path,
            status=self.status,
            request_id=self.request_id,
            outcome_unknown=self.request.effect is not Effect.READ,
        )
