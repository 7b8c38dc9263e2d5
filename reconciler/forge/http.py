"""The door to forges: one call to one host with its token, repeated where that is safe, never led anywhere else."""

from __future__ import annotations

import json
import ssl
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import httpx
import stamina

from reconciler import __version__
from reconciler.errors import UnreachableError, UsageError
from reconciler.forge.exchange import Access, Answer, Call
from reconciler.forge.failures import asked_wait, failed, is_limited
from reconciler.wire.attempts import Effect, FailedAttempt, backoff
from reconciler.wire.bodies import BodyError, read_body
from reconciler.wire.files import check_regular
from reconciler.wire.lines import Deadline, Lines
from reconciler.wire.urls import origin_of

if TYPE_CHECKING:
    from collections.abc import Callable

ANSWER_LIMIT = 128 * 2**20
"""Bytes that an answer may have: fifty of GitLab's longest notes, each character escaped."""

CALL_SECONDS = 120.0
"""The longest time for one call, however its answer drips."""

CA_LIMIT = 64 * 2**20

_MAY_PASS = frozenset({500, 502, 503, 504})


@dataclass(frozen=True, slots=True)
class HttpSettings:
    """How patient to be: how often to try, how many seconds to wait in all, and for how long a call may be silent.

    A wait that the forge asks for counts; one that does not fit any more ends the attempts. `now` is Unix time.
    """

    attempts: int = 6
    retry_seconds: float = 300.0
    connect_seconds: float = 15.0
    read_seconds: float = 60.0
    call_seconds: float = CALL_SECONDS
    now: Callable[[], float] = time.time


class Http:
    """A client for one API. It follows no redirects."""

    def __init__(self, access: Access, settings: HttpSettings | None = None) -> None:
        self._access = access
        self._settings = settings or HttpSettings()
        self._origin = origin_of(access.api)
        self._lines = _lines(access)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._lines.close()

    def send(self, call: Call, *, api: str | None = None) -> Answer:
        """Send a call until it is answered with a success. Raise a PlatformError when it is not.

        `api` is another address on the same host. No error shows the token.
        """
        address = api or self._access.api
        assert origin_of(address) == self._origin  # noqa: S101 - a mistake of ours that would give the token away
        end = time.monotonic() + self._settings.retry_seconds
        try:
            for attempt in stamina.retry_context(
                on=lambda error: backoff(error, end),
                attempts=self._settings.attempts,
                timeout=self._settings.retry_seconds,
                wait_initial=1.0,
                wait_max=30.0,
            ):
                with attempt:
                    return self._once(call, address)
        except FailedAttempt as failure:
            self._access.secrets.clean(failure.error)
            raise failure.error from None
        raise AssertionError("a retry context ends with an answer or an exception")

    def _once(self, call: Call, address: str) -> Answer:
        try:
            answer = self._exchange(call, address)
        except httpx.HTTPError as error:
            unsent = isinstance(error, httpx.ConnectError | httpx.ConnectTimeout | httpx.ProxyError)
            again = call.effect is not Effect.ONCE or unsent
            unknown = call.effect is not Effect.READ and not unsent
            raise FailedAttempt(self._no_answer(call, error, outcome_unknown=unknown), again=again) from None
        if answer.status // 100 == 2:  # noqa: PLR2004 - the success family
            return answer
        now = self._settings.now()
        limited = is_limited(answer)
        again = limited or (answer.status in _MAY_PASS and call.effect is not Effect.ONCE)
        raise FailedAttempt(failed(answer, now), again=again, wait=asked_wait(answer, now) if limited else None)

    def _exchange(self, call: Call, address: str) -> Answer:
        settings = self._settings
        content = None if call.body is None else json.dumps(call.body).encode()
        headers = {**self._access.headers, **({} if content is None else {"Content-Type": "application/json"})}
        timeout = httpx.Timeout(settings.read_seconds, connect=settings.connect_seconds)
        with self._lines.one() as line, Deadline(line) as deadline:
            deadline.set(settings.call_seconds)
            with line.client.stream(
                call.method,
                address + call.path,
                headers=headers,
                content=content,
                timeout=timeout,
                extensions={"trace": line.trace},
            ) as response:
                lowered = {name.lower(): value for name, value in response.headers.items()}
                try:
                    body = read_body(response.iter_raw(), lowered.get("content-encoding", ""), ANSWER_LIMIT)
                except BodyError as problem:
                    answer = Answer(self._access, call, response.status_code, lowered, b"")
                    raise FailedAttempt(answer.unexpected(str(problem)), again=False) from None
            if line.cut:
                raise httpx.ReadTimeout("the time of the whole call is over")
        return Answer(self._access, call, response.status_code, lowered, body)

    def _no_answer(self, call: Call, error: httpx.HTTPError, *, outcome_unknown: bool) -> UnreachableError:
        reason = "in time" if isinstance(error, httpx.TimeoutException) else f"({type(error).__name__})"
        return UnreachableError(
            f"{self._origin.host} did not answer {reason}",
            hint="check the network, the proxy settings and, for a certificate of your own, SSL_CERT_FILE",
            method=call.method,
            path=call.place,
            outcome_unknown=outcome_unknown,
        )


def _lines(access: Access) -> Lines[httpx.Client]:
    verify = _tls(access)
    headers = {"User-Agent": f"c2c/{__version__}", "Accept": "application/json", "Accept-Encoding": "identity"}

    def make() -> httpx.Client:
        return httpx.Client(verify=verify, follow_redirects=False, headers=headers)

    try:
        return Lines(make)
    except (ValueError, TypeError, ImportError, httpx.InvalidURL):
        # httpx reads the proxies here; its message may repeat a proxy's password.
        raise UsageError(
            "a proxy variable cannot be used", hint="check HTTPS_PROXY, HTTP_PROXY, ALL_PROXY and NO_PROXY"
        ) from None


def _tls(access: Access) -> ssl.SSLContext | bool:
    paths = ssl.get_default_verify_paths()
    # OpenSSL reads SSL_CERT_FILE and SSL_CERT_DIR by itself, else the system's own store.
    found = paths.cafile or paths.capath
    context = ssl.create_default_context() if found else httpx.create_ssl_context(trust_env=False)
    if access.ca_file is not None:
        try:
            check_regular(access.ca_file, CA_LIMIT)
            context.load_verify_locations(cafile=str(access.ca_file))
        except (OSError, ValueError):
            raise UsageError(f"the CA file {access.ca_file} cannot be read as certificates") from None
    return context
