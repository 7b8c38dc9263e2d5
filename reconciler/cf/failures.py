"""Failing answers and missing answers, turned into the one exception tree with a cause and a hint."""

from __future__ import annotations

from enum import Enum
from typing import Any

from reconciler.cf.error_bodies import Cause, read_cause
from reconciler.cf.exchange import Answer, Request, Service
from reconciler.errors import (
    AuthenticationError,
    AuthorizationError,
    NotFoundError,
    PlatformError,
    QuotaError,
    RateLimitedError,
    RejectedError,
    UnavailableError,
    UnexpectedAnswerError,
    UnreachableError,
)
from reconciler.wire.attempts import Effect

SIGN_IN = "sign in again with `cf login`, or check CF_USERNAME and CF_PASSWORD, CF_CLIENT_ID and CF_CLIENT_SECRET"
_OPERATOR = "ask the operators of the foundation, and give them the request id"
_CC_401 = {
    # A token whose audience lacks Cloud Controller is as invalid as one that has expired.
    1000: f"{SIGN_IN}; a token that lacks a scope is refused in the same words: `c2c doctor` tells",
    10002: "the token did not arrive: a proxy on the way may be removing the Authorization header",
}
_CC_403 = {
    330002: "an operator can enable the feature flag that the message names",
    10017: "the organization is suspended; an operator has to resume it",
    10019: "the space is suspended; an operator has to resume it",
}
_CC_ROLE = "the caller needs the SpaceDeveloper role in the space, and the scopes cloud_controller.read and .write"
_NO_POLICY_SERVER = (
    "Cloud Controller answered in place of a policy server: container networking is not deployed on this foundation, "
    "or its policy server is down; ask the operators"
)
_UNKNOWN_AFTER_ANSWER = frozenset({502, 504})
"""A router's answer does not tell whether the service behind it did the work. Source: gorouter `proxy/fails`."""


class Trouble(Enum):
    """Why no answer came."""

    NAME = "name"
    CONNECTION = "connection"
    TLS = "tls"
    CONNECT_TIMEOUT = "connect time-out"
    READ_TIMEOUT = "read time-out"
    BROKEN = "broken"
    PROXY = "proxy"
    ADDRESS = "address"


BEFORE_SENDING = frozenset(
    {Trouble.NAME, Trouble.CONNECTION, Trouble.TLS, Trouble.CONNECT_TIMEOUT, Trouble.PROXY, Trouble.ADDRESS}
)
"""Troubles after which the request certainly did not run."""

_NO_ANSWER = {
    Trouble.NAME: ("the name {host} cannot be resolved", "check CF_API, the network and the DNS settings"),
    Trouble.CONNECTION: ("{host} cannot be reached", "check CF_API, the port and whether a proxy is needed"),
    Trouble.TLS: (
        "the TLS certificate of {host} is not trusted",
        "name the authority that signed it with CF_CA_FILE, or, knowing the risk, use --skip-ssl-validation",
    ),
    Trouble.CONNECT_TIMEOUT: ("no connection to {host} in time", "check the network and whether a proxy is needed"),
    Trouble.READ_TIMEOUT: (
        "{host} did not answer in time",
        "try again; if it stays so, the foundation is overloaded or its database is down",
    ),
    Trouble.BROKEN: ("the connection to {host} broke", "try again; a proxy or load balancer may have closed it"),
    Trouble.ADDRESS: ("{host} cannot be used", "check that CF_API names a Cloud Foundry API"),
    Trouble.PROXY: ("the proxy in front of {host} failed", "check HTTPS_PROXY, HTTP_PROXY and NO_PROXY"),
}


_NO_TLS = ("{host} does not speak TLS there", "check the port, or write http:// before the address if that is meant")


def no_answer(request: Request, trouble: Trouble, host: str, detail: str) -> UnreachableError:
    """Make the error for a request without an answer. `detail` is the library's own text, free of secrets."""
    sentence, hint = _NO_ANSWER[trouble]
    if trouble is Trouble.TLS and "WRONG_VERSION_NUMBER" in detail:
        sentence, hint = _NO_TLS
    return UnreachableError(
        sentence.format(host=host) + (f" ({detail})" if detail else ""),
        hint=hint,
        method=request.method,
        path=request.path,
        outcome_unknown=request.effect is not Effect.READ and trouble not in BEFORE_SENDING,
    )


def failed_answer(answer: Answer) -> PlatformError:
    """Make the error for an answer whose status is not a success (2xx)."""
    cause = read_cause(answer)
    return _kind(answer, cause)(_summary(answer, cause), hint=_hint(answer, cause), **_place(answer))


def _place(answer: Answer) -> dict[str, Any]:
    request = answer.request
    return {
        "method": request.method,
        "path": request.path,
        "status": answer.status,
        "request_id": answer.request_id,
        "outcome_unknown": request.effect is not Effect.READ and answer.status in _UNKNOWN_AFTER_ANSWER,
    }


def _kind(answer: Answer, cause: Cause) -> type[PlatformError]:
    if cause.router:
        # Whatever its status: the service said nothing, least of all that something is gone or refused.
        return UnavailableError
    return QuotaError if _is_quota(answer, cause) else _kind_of(answer.status)


def _kind_of(status: int) -> type[PlatformError]:
    exact: dict[int, type[PlatformError]] = {
        401: AuthenticationError,
        403: AuthorizationError,
        404: NotFoundError,
        429: RateLimitedError,
    }
    if status in exact:
        return exact[status]
    family = {4: RejectedError, 5: UnavailableError}
    return family.get(status // 100, UnexpectedAnswerError)


def _summary(answer: Answer, cause: Cause) -> str:
    service = answer.request.service
    if answer.status // 100 == 3:  # noqa: PLR2004 - the redirect family
        return f"{service.value} answered with a redirect, and redirects are not followed"
    if cause.router:
        return f"the router in front of {service.value} says: {cause.text}"
    return f"{service.value} says: {cause.text}"


def _hint(answer: Answer, cause: Cause) -> str | None:
    if cause.router:
        return _router_hint(answer.status)
    by_service = {
        Service.CLOUD_CONTROLLER: _controller_hint,
        Service.POLICY_SERVER: _policy_server_hint,
        Service.UAA: _uaa_hint,
    }
    return by_service[answer.request.service](answer, cause) or _general_hint(answer)


def _general_hint(answer: Answer) -> str | None:
    status = answer.status
    if status == 429:  # noqa: PLR2004
        wait = answer.headers.get("retry-after")
        named = wait is not None and wait.isascii() and wait.isdigit()
        return f"try again in {wait[:9]} seconds" if wait and named else "try again later"
    if status // 100 == 5:  # noqa: PLR2004
        return f"try again; if it stays so, {_OPERATOR}"
    if status // 100 == 3:  # noqa: PLR2004
        return "check that CF_API names the API itself, with https://"
    return None


def _router_hint(status: int) -> str:
    if status == 404:  # noqa: PLR2004
        return f"the router knows no such host: check CF_API; if it is right, the service is down: {_OPERATOR}"
    return f"the service behind the router is down or unreachable; try again, or {_OPERATOR}"


def _controller_hint(answer: Answer, cause: Cause) -> str | None:
    if answer.status == 401:  # noqa: PLR2004
        return _CC_401.get(cause.code or 0, SIGN_IN)
    if answer.status == 403:  # noqa: PLR2004
        return _CC_403.get(cause.code or 0, _CC_ROLE)
    if answer.status == 404 and cause.code == 10000:  # noqa: PLR2004
        return "Cloud Controller does not know this URL: its API v3 may be too old"
    if answer.status == 404 and answer.request.path == "/":  # noqa: PLR2004
        return "check CF_API: no Cloud Foundry API answers there"
    if answer.status == 404:  # noqa: PLR2004
        return "it is gone, or the caller has no role in its space"
    return None


def _policy_server_hint(answer: Answer, cause: Cause) -> str | None:
    if answer.status == 401:  # noqa: PLR2004
        # The policy server gives this answer whenever it cannot ask the UAA, whatever the token is worth.
        # Source: policy-server `handlers/auth_middleware.go`.
        return f"{SIGN_IN}; if a fresh token fails too, the policy server cannot reach the UAA: {_OPERATOR}"
    if answer.status == 403:  # noqa: PLR2004
        return _policy_403(cause.text)
    if answer.status == 404:  # noqa: PLR2004
        return _NO_POLICY_SERVER
    if answer.status == 406:  # noqa: PLR2004
        return "this foundation does not speak version 1 of the policy API"
    if "check access failed" in cause.text or "filter policies failed" in cause.text:
        return (
            "the policy server could not ask Cloud Controller about the caller's roles; use a token with "
            f"network.admin, or {_OPERATOR}"
        )
    return None


def _is_quota(answer: Answer, cause: Cause) -> bool:
    """Tell a full quota from a missing right: only the text does. Source: policy-server `handlers/`."""
    request = answer.request
    return answer.status == 403 and request.service is Service.POLICY_SERVER and "quota" in cause.text  # noqa: PLR2004


def _policy_403(message: str) -> str:
    """Tell the three meanings of 403 apart: only the text does. Source: policy-server `handlers/`."""
    if "allowed scopes" in message:
        return "the token needs the scope network.admin or network.write; ask the operators to grant it"
    if "quota" in message:
        return (
            "a source app would have more policies than its limit, existing ones counted; merge ports into ranges, "
            "remove policies first, or use a token with network.admin"
        )
    return (
        "the caller needs the SpaceDeveloper role in the space of every app named, source and destination, or the "
        "scope network.admin"
    )


def _uaa_hint(answer: Answer, _cause: Cause) -> str | None:
    return SIGN_IN if answer.status in {400, 401, 403} else None
