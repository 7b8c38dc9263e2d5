"""UAA: sign-in, refresh, and what other servers ask it about tokens.

Source: uaa `server/.../oauth/UaaTokenServices.java`, `CheckTokenEndpoint.java`, `UaaExceptionTranslator.java`;
cf-deployment `cf-deployment.yml` for the client `cf`.
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, unquote

from reconciler.simulator.entities import Client
from reconciler.simulator.exchange import Request, Response, json_response
from reconciler.simulator.world import ADMIN_SCOPES

if TYPE_CHECKING:
    from collections.abc import Callable

    from reconciler.simulator.entities import User
    from reconciler.simulator.uaa.tokens import TokenOffice
    from reconciler.simulator.world import World

_JSON = "application/json;charset=UTF-8"
_CLI_SCOPES = frozenset(ADMIN_SCOPES) | {
    "cloud_controller.admin_read_only",
    "cloud_controller.global_auditor",
    "scim.read",
    "scim.write",
    "uaa.admin",
    "uaa.user",
    "routing.router_groups.read",
    "doppler.firehose",
}
_CLI = Client("cf", "", ())
_USER_GRANTS = ("password", "refresh_token")


class OAuthError(Exception):
    """An answer in the shape of an OAuth error."""

    def __init__(self, status: int, error: str, description: str) -> None:
        super().__init__(description)
        self.status = status
        self.error = error
        self.description = description

    def response(self) -> Response:
        """Give the answer that the client sees."""
        payload = {"error": self.error, "error_description": self.description}
        challenge = f'Bearer realm="UAA/oauth", error="{self.error}", error_description="{self.description}"'
        headers = (("WWW-Authenticate", challenge),) if self.status == 401 else ()  # noqa: PLR2004
        return json_response(self.status, payload, _JSON, (*_NO_CACHE, *headers))


_NO_CACHE = (("Cache-Control", "no-store"), ("Pragma", "no-cache"))


def _bad_credentials() -> OAuthError:
    return OAuthError(401, "invalid_client", "Bad credentials")


@dataclass(slots=True)
class Uaa:
    """Serves requests as UAA gets them. `passcodes` are one-time codes and the users that they stand for."""

    world: World
    tokens: TokenOffice
    base: str
    passcodes: dict[str, str] = field(default_factory=dict)

    def handle(self, request: Request) -> Response:
        """Answer one request; the path begins after the prefix of UAA."""
        handlers: dict[tuple[str, str], Callable[[Request], Response]] = {
            ("POST", "/oauth/token"): self._token,
            ("POST", "/check_token"): self._check_token,
            ("GET", "/token_keys"): self._token_keys,
            ("GET", "/login"): self._login,
            ("GET", "/info"): self._login,
        }
        handler = handlers.get((request.method, request.path))
        if handler is None:
            return json_response(404, {"error": "not_found", "error_description": "Not Found"}, _JSON)
        try:
            return handler(request)
        except OAuthError as error:
            return error.response()

    def _token(self, request: Request) -> Response:
        form = dict(parse_qsl(request.body.decode(errors="replace"), keep_blank_values=True))
        form |= {key: value for key, value in parse_qsl(request.query) if key not in form}
        client = self._client(request, form)
        grants: dict[str, Callable[[Client, dict[str, str]], dict[str, Any]]] = {
            "password": self._by_password,
            "refresh_token": self._by_refresh_token,
            "client_credentials": self._by_client_credentials,
        }
        grant = form.get("grant_type")
        if grant is None:
            raise OAuthError(400, "invalid_request", "Missing grant type")
        if grant not in grants:
            raise OAuthError(400, "unsupported_grant_type", f"Unsupported grant type: {grant}")
        allowed = _USER_GRANTS if client is _CLI else ("client_credentials",)
        if grant not in allowed:
            raise OAuthError(401, "invalid_client", f"Unauthorized grant type: {grant}")
        return json_response(200, grants[grant](client, form), _JSON, _NO_CACHE)

    def _client(self, request: Request, form: dict[str, str]) -> Client:
        client_id, secret = _basic(request.header("Authorization")) or (
            form.get("client_id", ""),
            form.get("client_secret", ""),
        )
        client = _CLI if client_id == _CLI.client_id else self.world.clients.get(client_id)
        if client is None or client.secret != secret:
            raise _bad_credentials()
        return client

    def _by_password(self, _: Client, form: dict[str, str]) -> dict[str, Any]:
        user = self._user(form)
        scopes = _narrow(tuple(scope for scope in user.scopes if scope in _CLI_SCOPES), form.get("scope"))
        refresh = self.tokens.new_refresh_token(_CLI.client_id, user.name, scopes)
        return self._user_token(user, scopes, refresh)

    def _user(self, form: dict[str, str]) -> User:
        if "passcode" in form:
            user = self.world.users.get(self.passcodes.pop(form["passcode"], ""))
            if user is None:
                raise OAuthError(401, "invalid_client", "Invalid passcode")
            return user
        user = self.world.users.get(form.get("username", ""))
        if user is None or user.password != form.get("password"):
            raise _bad_credentials()
        return user

    def _by_refresh_token(self, client: Client, form: dict[str, str]) -> dict[str, Any]:
        token = form.get("refresh_token", "")
        grant = self.tokens.grants.get(token)
        user = self.world.users.get(grant.user_name) if grant else None
        if grant is None or user is None or grant.expires <= self.world.now().timestamp():
            text = "The token expired, was revoked, or the token ID is incorrect."
            raise OAuthError(401, "invalid_token", text)
        if grant.client_id != client.client_id:
            raise OAuthError(400, "invalid_grant", f"Wrong client for this refresh token: {client.client_id}")
        scopes = _narrow(tuple(scope for scope in grant.scopes if scope in user.scopes), form.get("scope"))
        if self.world.settings.refresh_token_rotate:
            del self.tokens.grants[token]
            token = self.tokens.new_refresh_token(client.client_id, user.name, scopes)
        return self._user_token(user, scopes, token)

    def _user_token(self, user: User, scopes: tuple[str, ...], refresh: str) -> dict[str, Any]:
        claims = {
            "sub": user.guid,
            "user_id": user.guid,
            "user_name": user.name,
            "email": user.name,
            "origin": "uaa",
            "grant_type": "password",
        }
        return self._answer(_CLI.client_id, scopes, claims) | {"refresh_token": refresh}

    def _by_client_credentials(self, client: Client, form: dict[str, str]) -> dict[str, Any]:
        scopes = _narrow(client.scopes, form.get("scope"))
        claims = {"sub": client.client_id, "grant_type": "client_credentials", "authorities": list(client.scopes)}
        return self._answer(client.client_id, scopes, claims)

    def _answer(self, client_id: str, scopes: tuple[str, ...], claims: dict[str, Any]) -> dict[str, Any]:
        token_id = self.tokens.new_id()
        audience = sorted({scope.rpartition(".")[0] or scope for scope in scopes} | {client_id})
        names = {"client_id": client_id, "cid": client_id, "azp": client_id, "aud": audience, "zid": "uaa"}
        place = {"iss": f"{self.base}/oauth/token", "jti": token_id, "scope": list(scopes), "revocable": False}
        return {
            "access_token": self.tokens.issue(claims | names | place),
            "token_type": "bearer",
            "expires_in": self.world.settings.access_token_validity - 1,
            "scope": " ".join(scopes),
            "jti": token_id,
        }

    def _check_token(self, request: Request) -> Response:
        form = dict(parse_qsl(request.body.decode(errors="replace"), keep_blank_values=True))
        claims = self.tokens.check(form.get("token", ""))
        if claims is None:
            raise OAuthError(400, "invalid_token", "Cannot convert access token to JSON")
        return json_response(200, claims, _JSON)

    @staticmethod
    def _token_keys(_: Request) -> Response:
        return json_response(200, {"keys": [{"kid": "key-1", "kty": "MAC", "alg": "HS256", "use": "sig"}]}, _JSON)

    def _login(self, _: Request) -> Response:
        prompts = {
            "username": ["text", "Email"],
            "password": ["password", "Password"],
            "passcode": ["password", f"Temporary Authentication Code ( Get one at {self.base}/passcode )"],
        }
        links = {"uaa": self.base, "login": self.base, "passwd": "/forgot_password"}
        payload = {"app": {"version": "77.19.0"}, "links": links, "zone_name": "uaa", "entityID": self.base}
        return json_response(200, payload | {"prompts": prompts, "timestamp": self.world.stamp()}, _JSON)


def _basic(authorization: str | None) -> tuple[str, str] | None:
    if not authorization or not authorization.lower().startswith("basic "):
        return None
    try:
        name, _, secret = base64.b64decode(authorization[6:]).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError) as error:
        raise _bad_credentials() from error
    return unquote(name), unquote(secret)


def _narrow(scopes: tuple[str, ...], asked: str | None) -> tuple[str, ...]:
    """Keep the scopes that were asked for. Raise OAuthError for one that the caller does not have."""
    if not asked:
        return scopes
    wanted = asked.split()
    foreign = [scope for scope in wanted if scope not in scopes]
    if foreign:
        listed = ", ".join(foreign)
        raise OAuthError(
            400, "invalid_scope", f"[{listed}] is invalid. This user is not allowed any of the requested scopes"
        )
    return tuple(scope for scope in scopes if scope in wanted)
