"""What forges answer when they refuse: why, in their words, and how long to wait if it was too often."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from reconciler.errors import (
    AuthenticationError,
    AuthorizationError,
    NotFoundError,
    PlatformError,
    RateLimitedError,
    RejectedError,
    UnavailableError,
    UnexpectedAnswerError,
)
from reconciler.wire.attempts import retry_after, seconds_until

if TYPE_CHECKING:
    from reconciler.forge.exchange import Answer

SECONDARY_SECONDS = 60.0
"""What GitHub asks for when it names no time: at least a minute. Source: GitHub, "Rate limits for the REST API"."""

_CAUSE_LIMIT = 400
_LOOKED_AT = 2**16
_TOO_MANY = 429
_FORBIDDEN = 403
_REFUSES_A_TEXT = frozenset({400, 413, 422})
_KINDS: dict[int, type[PlatformError]] = {
    401: AuthenticationError,
    403: AuthorizationError,
    404: NotFoundError,
    410: NotFoundError,
}
_FAMILIES: dict[int, type[PlatformError]] = {4: RejectedError, 5: UnavailableError}


class TooLongError(RejectedError):
    """The forge takes no text as long as this one."""


def failed(answer: Answer, now: float) -> PlatformError:
    """Make the error for an answer that is no success. `now` is Unix time."""
    service = answer.access.service
    cause = _cause(answer)
    if answer.status // 100 == 3:  # noqa: PLR2004 - the redirect family
        summary = f"{service} answered with a redirect; the token is not taken anywhere else, so it is not followed"
        return answer.error(UnexpectedAnswerError, summary, "if the repository was renamed, use its new name")
    if is_limited(answer):
        wait = asked_wait(answer, now)
        return answer.error(RateLimitedError, f"{service} limits the rate: {cause}", f"try again in {wait:.0f} seconds")
    if answer.status in _REFUSES_A_TEXT and "too long" in cause.lower():
        return answer.error(TooLongError, f"{service} refused the comment: {cause}", None)
    kind = _KINDS.get(answer.status) or _FAMILIES.get(answer.status // 100, UnexpectedAnswerError)
    return answer.error(kind, f"{service} refused: {cause}", answer.access.hints.get(answer.status))


def is_limited(answer: Answer) -> bool:
    """Say whether the answer is about too many requests. GitHub says so with 403 too."""
    if answer.status == _TOO_MANY:
        return True
    if answer.status != _FORBIDDEN:
        return False
    spent = answer.headers.get("x-ratelimit-remaining") == "0"
    return spent or "retry-after" in answer.headers or "rate limit" in _cause(answer).lower()


def asked_wait(answer: Answer, now: float) -> float:
    """Read how many seconds to wait before the next call."""
    asked = answer.headers.get("retry-after", "").strip()
    if asked:
        return _or_a_minute(retry_after(asked, now))
    for prefix in ("x-ratelimit", "ratelimit"):
        left = seconds_until(answer.headers.get(f"{prefix}-reset", "").strip(), now)
        if answer.headers.get(f"{prefix}-remaining") == "0" and left is not None:
            return left
    return SECONDARY_SECONDS


def _or_a_minute(wait: float | None) -> float:
    return SECONDARY_SECONDS if wait is None else wait


def _cause(answer: Answer) -> str:
    return answer.access.secrets.brief(_said(answer.body[:_LOOKED_AT]), _CAUSE_LIMIT)


def _said(body: bytes) -> str:
    try:
        decoded = json.loads(body)
    except (ValueError, RecursionError):
        return "no further detail"
    if not isinstance(decoded, dict):
        return "no further detail"
    said = [_words(decoded.get(key)) for key in ("message", "error", "error_description", "errors")]
    return ": ".join(filter(None, said)) or "no further detail"


def _words(value: object) -> str:
    """Flatten what may be a text, a list, or texts by field: GitLab writes `{"note": ["is too long"]}`."""
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return ", ".join(filter(None, map(_words, value)))
    if not isinstance(value, dict):
        return ""
    if isinstance(value.get("message"), str):
        return str(value["message"])
    return ", ".join(f"{key} {_words(item)}" for key, item in value.items() if _words(item))
