"""The one door through which HTTP enters: one request out, one bounded answer back, repeated where that is safe."""

from __future__ import annotations

import socket
import ssl
import time
import uuid
from dataclasses import dataclass, field
from functools import cache
from importlib import metadata
from typing import TYPE_CHECKING, Self, cast

import httpx
import stamina

from reconciler.cf.exchange import Answer, Request
from reconciler.cf.failures import BEFORE_SENDING, Trouble, failed_answer, no_answer
from reconciler.errors import UsageError
from reconciler.wire.attempts import Effect, FailedAttempt, backoff, retry_after, seconds_until
from reconciler.wire.bodies import BodyError, read_body
from reconciler.wire.files import check_regular
from reconciler.wire.lines import Deadline, Lines
from reconciler.wire.urls import origin_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

CONNECT_SECONDS = 15.0
READ_SECONDS = 130.0
"""The policy server waits up to 120 s for its database before it answers. Source: policy-server job `spec`."""

HEAD_SECONDS = 30.0
"""What sending a request and receiving the head of its answer may take, waiting for its first byte not counted."""

BODY_SECONDS = 60.0
"""The longest time for one body, so that a server that drips single bytes does not hold a run for ever.

One more second is given for each MiB that the answer may have: ten minutes for the list of all policies.
"""

CA_LIMIT = 64 * 2**20
"""Bytes that a file of authorities may have: the largest collections have less than 1 MiB."""

_CA_HINT = "--ca-file, or CF_CA_FILE, names a PEM file"

_SUCCESSES = frozenset({200, 201, 202, 204})
"""What the three services answer with when they did as asked; 206, for one, would be a part taken for the whole."""

_MAY_PASS = frozenset({429, 500, 502, 503, 504})
_TOO_MANY = 429

_TROUBLES: tuple[tuple[type[httpx.HTTPError], Trouble], ...] = (
    (httpx.ProxyError, Trouble.PROXY),
    (httpx.ConnectTimeout, Trouble.CONNECT_TIMEOUT),
    (httpx.PoolTimeout, Trouble.CONNECT_TIMEOUT),
    (httpx.TimeoutException, Trouble.READ_TIMEOUT),
    (httpx.ConnectError, Trouble.CONNECTION),
)
"""From the most special to the most general class; the first that fits names the trouble."""


@dataclass(frozen=True, slots=True)
class HttpSettings:
    """How to reach the platform.

    `attempts` and `retry_seconds` bound what is repeated: how often at most, and the seconds after which no further
    attempt starts; a wait that the server asks for counts too. `connect_seconds` and `read_seconds` bound each
    silence, together with `head_seconds` the time until a body begins, and `body_seconds` that of the body, however
    it drips. `now` is Unix time. `transport` replaces the network, and TLS with it.
    """

    ca_file: Path | None = None
    skip_ssl_validation: bool = False
    connect_seconds: float = CONNECT_SECONDS
    read_seconds: float = READ_SECONDS
    head_seconds: float = HEAD_SECONDS
    body_seconds: float = BODY_SECONDS
    attempts: int = 4
    retry_seconds: float = 60.0
    transport: httpx.BaseTransport | None = None
    now: Callable[[], float] = time.time
    new_request_id: Callable[[], str] = field(default=lambda: str(uuid.uuid4()))


class Http:
    """A client for all hosts of one foundation. It follows no redirects and is safe to share between threads."""

    def __init__(self, settings: HttpSettings) -> None:
        self._settings = settings
        self._lines = _lines(settings)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._lines.close()

    def send(self, request: Request) -> Answer:
        """Send a request until it is answered with a success. Raise a PlatformError when it is not.

        An error is marked `outcome_unknown` when any of the attempts may have done its work.
        """
        budget = _Budget(self._settings.retry_seconds)
        try:
            for attempt in stamina.retry_context(
                on=budget.backoff,
                attempts=self._settings.attempts,
                timeout=self._settings.retry_seconds,
                wait_initial=0.5,
                wait_max=8.0,
                wait_jitter=0.5,
            ):
                with attempt:
                    return self._once(request)
        except FailedAttempt as failure:
            failure.error.outcome_unknown = failure.error.outcome_unknown or budget.outcome_unknown
            raise failure.error from failure.__cause__
        raise AssertionError("a retry context ends with an answer or an exception")

    def _once(self, request: Request) -> Answer:
        try:
            answer = self._exchange(request)
        except httpx.HTTPError as error:
            trouble, detail = _diagnose(error)
            failure = no_answer(request, trouble, origin_of(request.url).host, detail)
            safe = request.effect is not Effect.ONCE or trouble in BEFORE_SENDING
            raise FailedAttempt(failure, again=safe and trouble is not Trouble.TLS) from error
        except (httpx.InvalidURL, UnicodeError):
            # The address came with an answer: those that people write are checked before. No chain: it repeats it.
            host = f"the address of {request.service.value}"
            raise FailedAttempt(no_answer(request, Trouble.ADDRESS, host, ""), again=False) from None
        if answer.status in _SUCCESSES:
            return answer
        if answer.status // 100 == 2:  # noqa: PLR2004 - the success family
            raise FailedAttempt(
                answer.unexpected(f"has the status {answer.status}, which means nothing here"), again=False
            )
        again = answer.status in _MAY_PASS and (request.effect is not Effect.ONCE or answer.status == _TOO_MANY)
        raise FailedAttempt(failed_answer(answer), again=again, wait=wait_seconds(answer, self._settings.now()))

    def _exchange(self, request: Request) -> Answer:
        settings = self._settings
        silence = request.read_seconds or settings.read_seconds
        timeout = httpx.Timeout(silence, connect=settings.connect_seconds)
        headers = {**request.headers, "X-Request-ID": settings.new_request_id()}
        with self._lines.one() as line, Deadline(line) as deadline:
            deadline.set(settings.connect_seconds + silence + settings.head_seconds)
            try:
                with line.client.stream(
                    request.method,
                    request.url,
                    headers=headers,
                    content=request.content,
                    timeout=timeout,
                    extensions={"trace": line.trace},
                ) as response:
                    seconds = settings.body_seconds + request.limit // 2**20
                    deadline.set(seconds)
                    end = time.monotonic() + seconds
                    lowered = {name.lower(): value for name, value in response.headers.items()}
                    # Not `iter_raw`: the transports of tests give answers that were read before.
                    chunks = cast("Iterable[bytes]", response.stream)
                    body = read_body(chunks, lowered.get("content-encoding", ""), request.limit, end)
            except BodyError as problem:
                raise Answer(request, response.status_code, lowered, b"").unexpected(str(problem)) from None
            except (httpx.HTTPError, TimeoutError) as error:
                if line.cut or isinstance(error, TimeoutError):
                    raise httpx.ReadTimeout("the time of the whole request is over") from None
                raise
            if line.cut:
                # A body without a length ends where its connection does, so a cut one looks whole.
                raise httpx.ReadTimeout("the time of the whole request is over")
        return Answer(request, response.status_code, lowered, body)


class _Budget:
    """What one call may still spend on waiting, and what its failed attempts left behind."""

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds
        self.outcome_unknown = False

    def backoff(self, error: Exception) -> bool | float:
        """Tell stamina whether to try again: no, yes, or yes after so many seconds."""
        if isinstance(error, FailedAttempt):
            self.outcome_unknown = self.outcome_unknown or error.error.outcome_unknown
        return backoff(error, self._end)


def wait_seconds(answer: Answer, now: float) -> float | None:
    """Read how long the server asks to wait: `Retry-After`, or for a 429 `X-RateLimit-Reset` in Unix time.

    Source: cloud_controller_ng `middleware/base_rate_limiter.rb`.
    """
    asked = answer.headers.get("retry-after", "").strip()
    if asked:
        return retry_after(asked, now)
    if answer.status != _TOO_MANY:
        return None
    return seconds_until(answer.headers.get("x-ratelimit-reset", "").strip(), now)


def _diagnose(error: httpx.HTTPError) -> tuple[Trouble, str]:
    """Find out what kept the answer away. The detail comes from the operating system or from OpenSSL."""
    for cause in _chain(error):
        if isinstance(cause, ssl.SSLError) and isinstance(error, httpx.ConnectError):
            verdict = cause.verify_message if isinstance(cause, ssl.SSLCertVerificationError) else cause.reason
            return Trouble.TLS, str(verdict or "no TLS spoken there")
        if isinstance(cause, socket.gaierror):
            return Trouble.NAME, cause.strerror or ""
    system = next((cause.strerror for cause in _chain(error) if isinstance(cause, OSError) and cause.strerror), "")
    for kind, trouble in _TROUBLES:
        if isinstance(error, kind):
            return trouble, system
    return Trouble.BROKEN, system or type(error).__name__


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or error.__context__


def _lines(settings: HttpSettings) -> Lines[httpx.Client]:
    verify = httpx.create_ssl_context(verify=_tls(settings), trust_env=False)
    # Cloud Controller's nginx compresses its lists to about a tenth.
    headers = {"User-Agent": user_agent(), "Accept": "application/json", "Accept-Encoding": "gzip"}

    def make() -> httpx.Client:
        return httpx.Client(verify=verify, transport=settings.transport, follow_redirects=False, headers=headers)

    try:
        return Lines(make)
    except (ValueError, TypeError, ImportError, httpx.InvalidURL):
        # httpx reads the proxies here; its message may repeat a proxy's password.
        raise UsageError(
            "a proxy variable cannot be used", hint="check HTTPS_PROXY, HTTP_PROXY, ALL_PROXY and NO_PROXY"
        ) from None


def _tls(settings: HttpSettings) -> ssl.SSLContext | bool:
    if settings.skip_ssl_validation:
        return False
    if settings.ca_file is None:
        if settings.transport is not None:
            return False
        # OpenSSL reads SSL_CERT_FILE and SSL_CERT_DIR by itself, else the system's own store.
        paths = ssl.get_default_verify_paths()
        return ssl.create_default_context() if paths.cafile or paths.capath else True
    try:
        check_regular(settings.ca_file, CA_LIMIT)
        return ssl.create_default_context(cafile=str(settings.ca_file))
    except FileNotFoundError:
        raise UsageError(f"there is no CA file {settings.ca_file}", hint=_CA_HINT) from None
    except (OSError, ValueError, ssl.SSLError):
        raise UsageError(f"the CA file {settings.ca_file} cannot be read as certificates", hint=_CA_HINT) from None


@cache
def user_agent() -> str:
    """Name this client. Cloud Controller compares agents that begin with `cf` to its minimum version of the cf CLI.

    Source: cloud_controller_ng `middleware/below_min_cli_warning.rb`.
    """
    try:
        return f"c2c/{metadata.version('c2c-reconciler')}"
    except metadata.PackageNotFoundError:
        return "c2c/0"
