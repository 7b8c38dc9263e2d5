"""What an access token says about its holder. It is read and not verified: the platform judges, not we."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass

import orjson

NETWORK_ADMIN = "network.admin"
"""The scope with which the policy server shows and accepts everything. Source: policy-server `handlers/`."""


@dataclass(frozen=True, slots=True)
class Claims:
    """The claims this tool looks at. All are empty or None for a token that is no JWT. `expires_at` is Unix time."""

    scopes: frozenset[str] = frozenset()
    subject: str | None = None
    user_name: str | None = None
    client_id: str | None = None
    expires_at: float | None = None

    @property
    def sees_all_policies(self) -> bool:
        """Say whether the policy server hides nothing from this holder; from all others it does so silently."""
        return NETWORK_ADMIN in self.scopes


def decode_claims(token: str) -> Claims:
    """Read the claims of a token, with or without `bearer ` before it. Opaque tokens have none."""
    payload = _payload(token)
    if payload is None:
        return Claims()
    scope = payload.get("scope")
    words = scope.split() if isinstance(scope, str) else scope if isinstance(scope, list) else []
    expiry = payload.get("exp")
    return Claims(
        scopes=frozenset(word for word in words if isinstance(word, str)),
        subject=_text(payload, "sub"),
        user_name=_text(payload, "user_name"),
        client_id=_text(payload, "client_id"),
        expires_at=float(expiry) if isinstance(expiry, int | float) and not isinstance(expiry, bool) else None,
    )


def _payload(token: str) -> dict[str, object] | None:
    *_, bare = token.split() or [""]
    parts = bare.split(".")
    if len(parts) != 3:  # noqa: PLR2004 - header, payload, signature
        return None
    try:
        decoded: object = orjson.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
    except (ValueError, binascii.Error):
        return None
    return decoded if isinstance(decoded, dict) else None


def _text(payload: dict[str, object], key: str) -> str | None:
    value = payload.get(key)
    return value if isinstance(value, str) else None
