"""The one exception tree. Every exception knows its summary, its hint and its exit code.

Wrong input is data (`reconciler.diagnostics`); exceptions are for what stops a run. The exit codes are the
contract of the command line: 1 error, 3 refused, 4 no longer what was reviewed, 5 applied in part.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from reconciler.diagnostics import Diagnostic


class C2CError(Exception):
    """A run that cannot go on.

    `summary` is one sentence, `details` are its parts, a line each; `hint` says what to do next, if that is known.
    """

    exit_code: ClassVar[int] = 1

    def __init__(self, summary: str, *, hint: str | None = None, details: tuple[str, ...] = ()) -> None:
        super().__init__(summary)
        self.summary = summary
        self.hint = hint
        self.details = details


class UsageError(C2CError):
    """The command line, the environment or a file named there is not usable."""


class ManifestError(C2CError):
    """The manifests hold errors; `diagnostics` are all of them, warnings included."""

    def __init__(self, diagnostics: tuple[Diagnostic, ...], *, hint: str | None = None) -> None:
        count = sum(item.severity == "error" for item in diagnostics)
        super().__init__(f"{count} error{'s' if count != 1 else ''} in the manifests", hint=hint)
        self.diagnostics = diagnostics


class PlatformError(C2CError):
    """Cloud Foundry, or the way to it, failed.

    `outcome_unknown` is true when a write may have happened although no answer said so, for example when the
    connection broke after the request was sent; only a new read can tell.
    """

    def __init__(
        self,
        summary: str,
        *,
        hint: str | None = None,
        method: str | None = None,
        path: str | None = None,
        status: int | None = None,
        request_id: str | None = None,
        outcome_unknown: bool = False,
    ) -> None:
        super().__init__(summary, hint=hint)
        self.method = method
        self.path = path
        self.status = status
        self.request_id = request_id
        self.outcome_unknown = outcome_unknown

    @property
    def request_line(self) -> str | None:
        """Name the request that failed, for example `POST /v3/routes -> 422 (request id 1f3c)`."""
        if self.method is None:
            return None
        line = f"{self.method} {self.path}"
        if self.status is not None:
            line += f" -> {self.status}"
        if self.request_id:
            line += f" (request id {self.request_id})"
        return line


class UnreachableError(PlatformError):
    """No answer: name resolution, connection, time-out or TLS."""


class AuthenticationError(PlatformError):
    """Nobody is signed in, or the platform does not accept the credentials (401)."""


class AuthorizationError(PlatformError):
    """Signed in, but without the scope, role or quota for this request (403)."""


class QuotaError(AuthorizationError):
    """A source app would have more policies than the policy server allows it (403): the same again fails again."""


class NotFoundError(PlatformError):
    """The platform does not know the resource, or hides it from this caller (404)."""


class RejectedError(PlatformError):
    """The platform understood the request and refused it (other 4xx)."""


class RateLimitedError(PlatformError):
    """Too many requests (429), and waiting did not help within the time allowed."""


class UnavailableError(PlatformError):
    """The platform is failing (5xx), or the router before it answered in its place (any status)."""


class UnexpectedAnswerError(PlatformError):
    """An answer that the API does not describe: not JSON, a missing field, a wrong type, too large."""


class RefusedError(C2CError):
    """A guardrail, an expectation or a removal limit forbids this plan."""

    exit_code = 3


class StaleError(C2CError):
    """The world or the manifests are no longer what was reviewed."""

    exit_code = 4


class PartialApplyError(C2CError):
    """Some changes are in, some are not; the report says which and what to run."""

    exit_code = 5
