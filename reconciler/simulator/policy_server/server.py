"""The external API of the policy server.

Source: cf-networking-release `policy-server/cmd/policy-server/main.go` and `policy-server/handlers/*.go`.
"""

from __future__ import annotations

import random
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from reconciler.simulator.exchange import Request, Response, text_response
from reconciler.simulator.faults import Effect
from reconciler.simulator.policy_server.go_query import parse_query
from reconciler.simulator.policy_server.payload import BadPayloadError, go_string, listing, read_policies, storable
from reconciler.simulator.policy_server.store import Policy, TagsExhaustedError
from reconciler.simulator.policy_server.upstream import Subject, Upstream, UpstreamError
from reconciler.simulator.timing import go_duration, nanoseconds

if TYPE_CHECKING:
    from collections.abc import Callable
    from collections.abc import Set as AbstractSet

    from reconciler.simulator.uaa.tokens import TokenOffice
    from reconciler.simulator.world import World

MAX_BODY = 10 << 20
"""The longest body, in bytes, that create and delete read."""

MAX_HEADER = (1 << 20) + 4096
"""How long request line and headers together may be, in bytes. Source: Go `net/http/server.go`."""

MAX_PARAMETERS = 65535
"""How many parameters PostgreSQL takes in one statement."""

CHUNK = 100
"""How many apps the filter and the cleaner ask Cloud Controller about at once."""

_TYPE = ("Content-Type", "text/plain; charset=utf-8")
_READ_FAULTS = frozenset({Effect.DATABASE_DOWN, Effect.DATABASE_NOT_MIGRATED})
_WRITE_FAULTS = _READ_FAULTS | {Effect.DATABASE_READ_ONLY}
_ADMIN = ("network.admin",)
_WRITERS = ("network.admin", "network.write")
_VERSIONS = ("v0", "v1")


class Call(NamedTuple):
    """One authorized request on its way through a handler."""

    request: Request
    version: str
    subject: Subject
    upstream: Upstream


class Endpoint(NamedTuple):
    """A path with its methods in the order in which OPTIONS names them."""

    path: re.Pattern[str]
    methods: dict[str, str]


class RefusalError(Exception):
    """An answer other than 200, raised where it is found out."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status
        self.text = text


_EXTERNAL = r"/networking/([^/]*)/external"
_ENDPOINTS = (
    Endpoint(re.compile(r"/|/networking"), {"GET": "uptime", "OPTIONS": "options"}),
    Endpoint(re.compile(r"/health"), {"GET": "health", "OPTIONS": "options"}),
    Endpoint(re.compile(f"{_EXTERNAL}/policies"), {"POST": "create", "GET": "index", "OPTIONS": "options"}),
    Endpoint(re.compile(f"{_EXTERNAL}/policies/delete"), {"POST": "delete", "OPTIONS": "options"}),
    Endpoint(re.compile(f"{_EXTERNAL}/policies/cleanup"), {"POST": "cleanup", "OPTIONS": "options"}),
    Endpoint(re.compile(f"{_EXTERNAL}/tags"), {"GET": "tags", "OPTIONS": "options"}),
    Endpoint(re.compile(f"{_EXTERNAL}/whoami"), {"GET": "whoami", "OPTIONS": "options"}),
)
_WRITER_HANDLERS = frozenset({"create", "index", "delete"})


@dataclass(slots=True)
class PolicyServer:
    """Serves requests as the policy server itself gets them, after the router."""

    world: World
    tokens: TokenOffice
    _cleaned_at: float = 0.0
    _listed: dict[str, tuple[int, bytes]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Start the clock of the cleaner."""
        self._cleaned_at = self.world.started_at.timestamp()

    def handle(self, request: Request, effects: AbstractSet[Effect] = frozenset()) -> Response:
        """Answer one request. `effects` is what is wrong with the servers behind."""
        self._clean_now_and_then(effects)
        if _header_size(request) > MAX_HEADER:
            return text_response(431, "431 Request Header Fields Too Large")
        path = re.sub(r"^https?://[^/]*", "", request.path)
        for endpoint in _ENDPOINTS:
            match = endpoint.path.fullmatch(path)
            if match:
                return self._dispatch(request, endpoint, match.group(1) if match.groups() else None, effects)
        return text_response(404, "404 page not found\n")

    def _dispatch(
        self, request: Request, endpoint: Endpoint, version: str | None, effects: AbstractSet[Effect]
    ) -> Response:
        name = endpoint.methods.get(request.method)
        if name is None:
            text = "" if request.method == "HEAD" else "Method Not Allowed\n"
            return text_response(405, text, (("Allow", ", ".join(endpoint.methods)),))
        if name == "options":
            methods = ("Access-Control-Allow-Methods", ",".join(endpoint.methods))
            allowed = ("Access-Control-Allow-Headers", "authorization")
            return Response(200, (methods, allowed, *self._guards(request)))
        try:
            body = self._serve(request, name, version, effects)
        except RefusalError as refusal:
            return self._refuse(request, refusal)
        typed = (_TYPE,) if body else ()
        return Response(200, (*typed, *self._guards(request), self._request_id(request)), body)

    def _serve(self, request: Request, name: str, version: str | None, effects: AbstractSet[Effect]) -> bytes:
        if version is None:
            return self._uptime() if name == "uptime" else self._health(effects)
        if version not in _VERSIONS:
            raise RefusalError(406, f"api version '{version}' not supported")
        upstream = Upstream(self.world, self.tokens, effects)
        call = Call(request, version, self._authorize(request, name, upstream), upstream)
        handlers: dict[str, Callable[[Call], bytes]] = {
            "create": self._create,
            "index": self._index,
            "delete": self._delete,
            "cleanup": self._cleanup,
            "tags": self._tags,
            "whoami": self._whoami,
        }
        return handlers[name](call)

    def _authorize(self, request: Request, name: str, upstream: Upstream) -> Subject:
        """Find out who asks. Source: policy-server `handlers/auth_middleware.go`."""
        authorization = request.header("Authorization")
        if authorization is None:
            raise RefusalError(401, "missing authorization header")
        subject = upstream.subject(authorization)
        if subject is None:
            raise RefusalError(401, "failed to verify token with uaa")
        allowed = _WRITERS if name in _WRITER_HANDLERS else _ADMIN
        unchecked = name in _WRITER_HANDLERS and self.world.settings.enable_space_developer_self_service
        if not unchecked and not set(subject.scopes) & set(allowed):
            provided = " ".join(subject.scopes)
            wanted = " ".join(allowed)
            raise RefusalError(403, f"provided scopes [{provided}] do not include allowed scopes [{wanted}]")
        return subject

    # Handlers

    def _uptime(self) -> bytes:
        elapsed = self.world.now() - self.world.started_at
        return f"Network policy server, up for {go_duration(elapsed)}\n".encode()

    @staticmethod
    def _health(effects: AbstractSet[Effect]) -> bytes:
        if Effect.DATABASE_DOWN in effects:
            raise RefusalError(500, "check database failed")
        return b""

    @staticmethod
    def _whoami(call: Call) -> bytes:
        return f'{{"subject":{go_string(call.subject.user_name or call.subject.guid)}}}'.encode()

    def _tags(self, call: Call) -> bytes:
        _need_database(call, _READ_FAULTS, "database read failed")
        tags = self.world.policies.tags.listed()
        items = ",".join(f'{{"id":{go_string(app)},"tag":"{tag}","type":"app"}}' for app, tag in tags)
        return f'{{"tags":[{items}]}}'.encode()

    def _index(self, call: Call) -> bytes:
        _need_database(call, _READ_FAULTS, "database read failed")
        query = parse_query(call.request.query)
        whole = call.subject.is_network_admin and not query.keys() & {"id", "source_id", "dest_id"}
        if whole:
            return self._whole_list(call.version)
        policies = self._visible(call, self._select(query))
        return listing(self._shuffled(policies), call.version)

    def _whole_list(self, version: str) -> bytes:
        revision = self.world.policies.revision
        known = self._listed.get(version)
        if known is None or known[0] != revision:
            known = (revision, listing(self._shuffled(list(self.world.policies)), version))
            self._listed[version] = known
        return known[1]

    def _select(self, query: dict[str, str]) -> list[Policy]:
        """Apply the filters. Source: policy-server `handlers/policies_index.go`."""
        ids, sources, destinations = (_ids(query.get(name)) for name in ("id", "source_id", "dest_id"))
        given = [ids, ids] if ids is not None else [sources, destinations]
        parameters = [app for group in given for app in group or ()]
        if len(parameters) > MAX_PARAMETERS or any(_unreadable(app) for app in parameters):
            raise RefusalError(500, "database read failed")
        if ids is not None:
            return self.world.policies.touching(ids)
        return self.world.policies.between(sources, destinations)

    @staticmethod
    def _visible(call: Call, policies: list[Policy]) -> list[Policy]:
        """Leave out what the subject may not see. Source: policy-server `handlers/policy_filter.go`."""
        if call.subject.is_network_admin:
            return policies
        try:
            spaces = call.upstream.app_spaces(_apps(policies)) if policies else {}
            own = call.upstream.developer_spaces(call.subject)
        except UpstreamError as error:
            raise RefusalError(500, "filter policies failed") from error
        seen = {app for app, space in spaces.items() if space in own}
        return [policy for policy in policies if policy[0] in seen and policy[1] in seen]

    def _shuffled(self, policies: list[Policy]) -> list[Policy]:
        """Put the policies into an order that means nothing and stays the same until the next change."""
        random.Random(self.world.policies.revision).shuffle(policies)  # noqa: S311  # repeatable on purpose
        return policies

    def _create(self, call: Call) -> bytes:
        policies = self._accepted(call, "failed reading request body")
        self._check_quota(call, policies)
        _need_database(call, _WRITE_FAULTS, "database create failed")
        if not storable(policies):
            raise RefusalError(500, "database create failed")
        try:
            self.world.policies.add(policies, nanoseconds(self.world.now()))
        except TagsExhaustedError as error:
            raise RefusalError(500, "database create failed") from error
        return b"{}"

    def _delete(self, call: Call) -> bytes:
        policies = self._accepted(call, "invalid request body")
        _need_database(call, _WRITE_FAULTS, "database delete failed")
        if any("\0" in app for app in _apps(policies)):
            raise RefusalError(500, "database delete failed")
        self.world.policies.remove(policies, nanoseconds(self.world.now()))
        return b"{}"

    @staticmethod
    def _accepted(call: Call, too_long: str) -> list[Policy]:
        """Read the policies of a write and check that the subject may touch them."""
        if len(call.request.body) > MAX_BODY:
            raise RefusalError(400, too_long)
        try:
            policies = read_policies(call.request.body, call.version)
            allowed = call.subject.is_network_admin or call.upstream.may_write(call.subject, _apps(policies))
        except BadPayloadError as error:
            raise RefusalError(400, str(error)) from error
        except UpstreamError as error:
            raise RefusalError(500, "check access failed") from error
        if not allowed:
            raise RefusalError(403, "one or more applications cannot be found or accessed")
        return policies

    def _check_quota(self, call: Call, policies: list[Policy]) -> None:
        """Count stored and posted policies per app. Source: policy-server `handlers/quota_guard.go`."""
        if call.subject.is_network_admin:
            return
        _need_database(call, _READ_FAULTS, "check quota failed")
        posted: dict[str, int] = dict.fromkeys(_apps(policies), 0)
        for policy in policies:
            posted[policy[0]] += 1
        limit = self.world.settings.max_policies_per_app_source
        if any(self.world.policies.count_from(app) + count > limit for app, count in posted.items()):
            raise RefusalError(403, "policy quota exceeded")

    def _cleanup(self, call: Call) -> bytes:
        return listing(self._delete_stale(call.upstream), "v1")

    def _delete_stale(self, upstream: Upstream) -> list[Policy]:
        """Delete the policies of apps that are gone. Source: policy-server `cleaner/policy_cleaner.go`."""
        if upstream.effects & _READ_FAULTS:
            raise RefusalError(500, "policies cleanup failed")
        try:
            stale = self._stale(upstream)
        except UpstreamError as error:
            raise RefusalError(500, "policies cleanup failed") from error
        if stale and Effect.DATABASE_READ_ONLY in upstream.effects:
            raise RefusalError(500, "policies cleanup failed")
        if stale:
            self.world.policies.remove(stale, nanoseconds(self.world.now()))
        return stale

    def _stale(self, upstream: Upstream) -> list[Policy]:
        apps = list(self.world.policies.tags)
        random.Random(self.world.policies.revision).shuffle(apps)  # noqa: S311  # repeatable on purpose
        stale: list[Policy] = []
        for first in range(0, len(apps), CHUNK):
            chunk = apps[first : first + CHUNK]
            known = upstream.app_spaces(chunk)
            stale.extend(self.world.policies.touching([app for app in chunk if app not in known]))
        return stale

    def _clean_now_and_then(self, effects: AbstractSet[Effect]) -> None:
        now = self.world.now().timestamp()
        if now - self._cleaned_at < self.world.settings.policy_cleanup_interval * 60:
            return
        self._cleaned_at = now
        try:
            self._delete_stale(Upstream(self.world, self.tokens, effects))
        except RefusalError:
            return

    # Answers

    def _refuse(self, request: Request, refusal: RefusalError) -> Response:
        # The text goes in as it is: a message with a quotation mark breaks the JSON, as it does on the real server.
        body = f'{{"error": "{refusal.text}"}}'.encode(errors="surrogateescape")
        challenge = (("WWW-Authenticate", "Bearer"),) if refusal.status == 401 else ()  # noqa: PLR2004
        headers = (_TYPE, *challenge, *self._guards(request), self._request_id(request))
        return Response(refusal.status, headers, body)

    def _guards(self, request: Request) -> tuple[tuple[str, str], ...]:
        """Give the headers that guard browsers. Source: policy-server `handlers/cors_options_handler.go`."""
        guards = [
            ("X-Frame-Options", "deny"),
            ("Content-Security-Policy", "frame-ancestors 'none'"),
            ("X-Content-Type-Options", "nosniff"),
            ("X-Xss-Protection", "1; mode=block"),
        ]
        if self.world.settings.enable_tls:
            guards.append(("Strict-Transport-Security", "max-age=31536000; includeSubDomains"))
        origin = request.header("Origin")
        allowed = next((item for item in self.world.settings.allowed_cors_domains if item in {origin, "*"}), None)
        if origin is not None and allowed is not None:
            guards.append(("Access-Control-Allow-Origin", allowed))
        return tuple(guards)

    def _request_id(self, request: Request) -> tuple[str, str]:
        given = request.header("X-Vcap-Request-Id")
        fresh = self.world.new_guid()
        return ("X-Vcap-Request-Id", f"{given}::{fresh}" if given else fresh)


def _header_size(request: Request) -> int:
    line = len(request.method) + len(request.path) + len(request.query) + len("  HTTP/1.1\r\n")
    return line + sum(len(name) + len(value) + 4 for name, value in request.headers)


def _ids(value: str | None) -> list[str] | None:
    return None if value is None else value.split(",")


def _unreadable(app: str) -> bool:
    return "\0" in app or any("\udc80" <= character <= "\udcff" for character in app)


def _apps(policies: list[Policy]) -> dict[str, None]:
    return {app: None for policy in policies for app in policy[:2]}


def _need_database(call: Call, faults: AbstractSet[Effect], text: str) -> None:
    if call.upstream.effects & faults:
        raise RefusalError(500, text)
