"""One call to a forge and its answer, free of any HTTP library."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

from reconciler.errors import PlatformError, UnexpectedAnswerError
from reconciler.wire.attempts import Effect

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from reconciler.wire.secrecy import Secrets


_Error = TypeVar("_Error", bound=PlatformError)


@dataclass(frozen=True, slots=True)
class Access:
    """Where an API is and what opens it.

    `api` is its address without a slash at the end; every call goes below it or to the same host. `headers` carry the
    token, `secrets` know it so that no error repeats it. `hints` say what to do about a status.
    """

    service: str
    api: str
    headers: Mapping[str, str] = field(repr=False)
    secrets: Secrets = field(repr=False)
    hints: Mapping[int, str] = field(default_factory=dict)
    ca_file: Path | None = None


@dataclass(frozen=True, slots=True)
class Call:
    """One call. `path` begins with `/` and may carry an encoded query; `body` becomes JSON."""

    method: str
    path: str
    body: object = field(default=None, repr=False)
    effect: Effect = Effect.READ

    @property
    def place(self) -> str:
        """The path without the query: what errors name."""
        return self.path.partition("?")[0]


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer. Header names are in lower case."""

    access: Access
    call: Call
    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)

    def json(self) -> Any:  # noqa: ANN401 - any JSON value
        """Decode the body. Raise UnexpectedAnswerError when it is not JSON."""
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError):
            pass
        raise self.unexpected("is not JSON")

    def unexpected(self, problem: str) -> UnexpectedAnswerError:
        """Make the error for an answer that the API does not describe."""
        return self.error(
            UnexpectedAnswerError,
            f"the answer of {self.access.service} {problem}",
            f"check that {self.access.api} is the address of its API, and that no proxy rewrites its answers",
        )

    def error(self, kind: type[_Error], summary: str, hint: str | None) -> _Error:
        """Make an error that names this call."""
        unknown = self.call.effect is not Effect.READ and (self.status // 100 in {2, 5})
        return kind(
            summary,
            hint=hint,
            method=self.call.method,
            path=self.call.place,
            status=self.status,
            request_id=self.headers.get("x-github-request-id") or self.headers.get("x-request-id"),
            outcome_unknown=unknown,
        )
