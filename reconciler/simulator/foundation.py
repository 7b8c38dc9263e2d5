"""A whole foundation behind one URL: the router, and the three servers that it leads to."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote_plus

from reconciler.simulator.cloud_controller.controller import CloudController
from reconciler.simulator.exchange import (
    ConnectionDroppedError,
    Request,
    Response,
    json_response,
    text_response,
)
from reconciler.simulator.faults import Effect, Fault, FaultPlan, read_fault
from reconciler.simulator.policy_server.server import PolicyServer
from reconciler.simulator.uaa.server import Uaa
from reconciler.simulator.uaa.tokens import TokenOffice

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reconciler.simulator.world import World

DEFAULT_URL = "https://api.sys.example.com"
MAX_LINE = 8192
"""Bytes of a request line that the web server before Cloud Controller takes: what nginx does unless it is told
otherwise."""

LOG_LIMIT = 200_000
"""How many requests `Foundation.requests` keeps; older ones are forgotten."""

_UAA_PATHS = frozenset({"/oauth/token", "/check_token", "/token_keys", "/login", "/info"})


class Seen(NamedTuple):
    """One request as the log keeps it. `status` is 0 where the connection broke."""

    method: str
    path: str
    query: str
    status: int


class Foundation:
    """Answers requests about a world.

    One host name serves everything: UAA below `/uaa` (its own paths work without the prefix too), the policy server
    below `/networking`, Cloud Controller everywhere else. `requests` is the log; clear it at will.
    """

    def __init__(self, world: World, base_url: str = DEFAULT_URL) -> None:
        self.world = world
        self.requests: list[Seen] = []
        self.tokens = TokenOffice(world)
        self.uaa = Uaa(world, self.tokens, "")
        self.policy_server = PolicyServer(world, self.tokens)
        self.cloud_controller = CloudController(world, self.tokens, "")
        self.base_url = base_url
        self._faults = FaultPlan()
        for entry in world.settings.faults:
            self._faults.inject(read_fault(entry))

    @property
    def base_url(self) -> str:
        """The URL that clients use; every link in an answer begins with it."""
        return self.cloud_controller.base

    @base_url.setter
    def base_url(self, url: str) -> None:
        self.cloud_controller.base = url.rstrip("/")
        self.uaa.base = f"{self.cloud_controller.base}/uaa"

    def inject(self, fault: Fault) -> None:
        """Make something go wrong from now on."""
        self._faults.inject(fault)

    def heal(self) -> None:
        """Take all faults away."""
        self._faults.clear()

    def handle(self, request: Request) -> Response:
        """Answer one request. Raise ConnectionDroppedError where a fault breaks the connection."""
        struck = self._faults.striking(request)
        try:
            answer = self._handle(request, struck)
        except ConnectionDroppedError:
            self._log(request, 0)
            raise
        self._log(request, answer.status)
        return answer

    def _handle(self, request: Request, struck: Sequence[Fault]) -> Response:
        effects = {fault.effect for fault in struck}
        _call_hooks(struck, Effect.HOOK_BEFORE, self.world)
        if Effect.DROP_BEFORE in effects:
            raise ConnectionDroppedError(refused=True)
        answer = self._intercept(request, struck) or self._serve(request, effects)
        _call_hooks(struck, Effect.HOOK_AFTER, self.world)
        if Effect.DROP_AFTER in effects:
            raise ConnectionDroppedError(refused=False)
        return _finish(answer, struck)

    def _serve(self, request: Request, effects: set[Effect]) -> Response:
        path = request.path
        if path == "/networking" or path.startswith("/networking/"):
            if Effect.POLICY_SERVER_MISSING in effects:
                return _unknown_to_v2()
            return self.policy_server.handle(request, effects)
        if path in _UAA_PATHS or path.startswith("/uaa/"):
            if Effect.UAA_DOWN in effects:
                raise ConnectionDroppedError(refused=True)
            return self.uaa.handle(replace(request, path=path.removeprefix("/uaa")))
        if path not in {"", "/", "/v3"} and not path.startswith("/v3/"):
            return _unknown_to_v2()
        if _line_length(request) > MAX_LINE:
            return _line_too_long()
        return self.cloud_controller.handle(request, effects)

    def _intercept(self, request: Request, struck: Sequence[Fault]) -> Response | None:
        """Give the answer of whatever stands before the servers, if it answers in their place."""
        for fault in struck:
            if fault.effect is Effect.RATE_LIMITED:
                return self._rate_limited(fault)
            if fault.effect is Effect.BAD_GATEWAY:
                text = "502 Bad Gateway: Registered endpoint failed to handle the request.\n"
                return _router_error(502, text, "endpoint_failure (EOF)")
            host = request.header("Host") or "api"
            if fault.effect is Effect.NO_ENDPOINTS:
                text = f"503 Service Unavailable: Requested route ('{host}') has no available endpoints.\n"
                return _router_error(503, text, "no_endpoints")
            if fault.effect is Effect.UNKNOWN_ROUTE:
                text = f"404 Not Found: Requested route ('{host}') does not exist.\n"
                return _router_error(404, text, "unknown_route")
        return None

    def _rate_limited(self, fault: Fault) -> Response:
        """Refuse as Cloud Controller's rate limiter does: JSON labelled as text.

        Source: cloud_controller_ng `middleware/base_rate_limiter.rb`.
        """
        settings = self.world.settings
        error = {"code": 10013, "title": "CF-RateLimitExceeded", "detail": "Rate Limit Exceeded"}
        reset = int(self.world.now().timestamp() + fault.seconds)
        headers = (
            ("X-RateLimit-Limit", str(settings.rate_limiter_general_limit)),
            ("X-RateLimit-Remaining", "0"),
            ("X-RateLimit-Reset", str(reset)),
            ("Retry-After", str(int(fault.seconds))),
        )
        return json_response(429, {"errors": [error]}, "text/plain; charset=utf-8", headers)

    def _log(self, request: Request, status: int) -> None:
        self.requests.append(Seen(request.method, request.path, request.query, status))
        if len(self.requests) > LOG_LIMIT:
            del self.requests[: LOG_LIMIT // 2]


def _call_hooks(struck: Sequence[Fault], effect: Effect, world: World) -> None:
    for fault in struck:
        if fault.effect is effect and fault.hook is not None:
            fault.hook(world)


def _finish(answer: Response, struck: Sequence[Fault]) -> Response:
    delay = sum(fault.seconds for fault in struck if fault.effect is Effect.SLOW)
    warnings = [("X-Cf-Warnings", quote_plus(fault.text)) for fault in struck if fault.effect is Effect.WARNING]
    return replace(answer.adding(warnings), delay=delay) if delay or warnings else answer


def _router_error(status: int, text: str, reason: str) -> Response:
    """Answer as gorouter does. Source: gorouter `errorwriter/error_writer.go`, `handlers/lookup.go`."""
    headers = (("X-Cf-RouterError", reason), ("Connection", "close"), ("X-Content-Type-Options", "nosniff"))
    return text_response(status, text, headers)


def _unknown_to_v2() -> Response:
    """Answer as Cloud Controller's oldest layer does. Source: cloud_controller_ng `lib/sinatra/vcap.rb`."""
    payload = {"description": "Unknown request", "error_code": "CF-NotFound", "code": 10000}
    return json_response(404, payload, "application/json;charset=utf-8")


def _line_length(request: Request) -> int:
    target = f"{request.path}?{request.query}" if request.query else request.path
    return len(f"{request.method} {target} HTTP/1.1\r\n")


def _line_too_long() -> Response:
    """Answer as nginx does."""
    page = "<html>\r\n<head><title>414 Request-URI Too Large</title></head>\r\n<body>\r\n"
    page += (
        "<center><h1>414 Request-URI Too Large</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n"
    )
    return Response(414, (("Content-Type", "text/html"),), page.encode())
