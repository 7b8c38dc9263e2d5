"""Access and refresh tokens: JSON Web Tokens in form, accepted by the world that issued them and by no other."""

from __future__ import annotations

import base64
import hashlib
import hmac
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import orjson

if TYPE_CHECKING:
    from reconciler.simulator.world import World

_HEADER = {"alg": "HS256", "jku": "https://uaa.invalid/token_keys", "kid": "key-1", "typ": "JWT"}


@dataclass(frozen=True, slots=True)
class Grant:
    """What a refresh token stands for."""

    client_id: str
    user_name: str
    scopes: tuple[str, ...]
    expires: float


@dataclass(slots=True)
class TokenOffice:
    """Issues tokens and checks them."""

    world: World
    key: bytes = b""
    revoked: set[str] = field(default_factory=set)
    grants: dict[str, Grant] = field(default_factory=dict)
    _checked: dict[str, dict[str, Any]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Make the key of this world."""
        self.key = self.key or self.world.new_guid().encode()

    def issue(self, claims: dict[str, Any]) -> str:
        """Sign claims. `jti`, `iat` and `exp` are added where they are missing."""
        issued = int(self.world.now().timestamp())
        expires = issued + self.world.settings.access_token_validity
        payload = {"jti": self.new_id(), "iat": issued, "exp": expires} | claims
        unsigned = f"{_encode(orjson.dumps(_HEADER))}.{_encode(orjson.dumps(payload))}"
        token = f"{unsigned}.{self._sign(unsigned)}"
        self._checked[token] = payload
        return token

    def check(self, token: str) -> dict[str, Any] | None:
        """Give the claims of a token that is ours, not expired and not revoked; else None."""
        claims = self._checked.get(token) or self._verify(token)
        if claims is None or claims.get("jti") in self.revoked:
            return None
        return claims if claims["exp"] > self.world.now().timestamp() else None

    def revoke(self, token: str) -> None:
        """Make a token worthless before its time."""
        claims = self._checked.get(token) or self._verify(token)
        if claims is not None:
            self.revoked.add(claims["jti"])

    def revoke_all(self) -> None:
        """Make every token issued so far worthless, as a new signing key does."""
        self.key = self.world.new_guid().encode()
        self._checked.clear()
        self.grants.clear()

    def new_refresh_token(self, client_id: str, user_name: str, scopes: tuple[str, ...]) -> str:
        """Issue an opaque refresh token."""
        token = f"{self.new_id()}-r"
        expires = self.world.now().timestamp() + self.world.settings.refresh_token_validity
        self.grants[token] = Grant(client_id, user_name, scopes, expires)
        return token

    def new_id(self) -> str:
        """Make a token id in UAA's form."""
        return self.world.new_guid().replace("-", "")

    def _verify(self, token: str) -> dict[str, Any] | None:
        unsigned, _, signature = token.rpartition(".")
        if not unsigned or not hmac.compare_digest(signature.encode(), self._sign(unsigned).encode()):
            return None
        payload: dict[str, Any] = orjson.loads(_decode(unsigned.rpartition(".")[2]))
        self._checked[token] = payload
        return payload

    def _sign(self, unsigned: str) -> str:
        return _encode(hmac.new(self.key, unsigned.encode(), hashlib.sha256).digest())


def _encode(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _decode(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
