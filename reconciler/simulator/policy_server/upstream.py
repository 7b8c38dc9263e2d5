"""What the policy server learns from UAA and Cloud Controller while it serves a request.

Source: policy-server `uaa_client/client.go`, `cc_client/client.go`, `handlers/policy_guard.go`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

from reconciler.simulator.faults import Effect

if TYPE_CHECKING:
    from collections.abc import Collection
    from collections.abc import Set as AbstractSet

    from reconciler.simulator.uaa.tokens import TokenOffice
    from reconciler.simulator.world import World

MAX_PER_PAGE = 5000
"""How many apps Cloud Controller lists in one page; writes ask for all their apps at once."""


class UpstreamError(Exception):
    """UAA or Cloud Controller did not answer as the policy server needs."""


@dataclass(frozen=True, slots=True)
class Subject:
    """Who asks, as `/check_token` says."""

    guid: str
    user_name: str
    scopes: tuple[str, ...]

    @property
    def is_network_admin(self) -> bool:
        """Say whether the subject may do everything."""
        return "network.admin" in self.scopes


@dataclass(frozen=True, slots=True)
class Upstream:
    """The two servers behind the policy server, with what is wrong with them now."""

    world: World
    tokens: TokenOffice
    effects: AbstractSet[Effect]

    def subject(self, authorization: str) -> Subject | None:
        """Ask UAA about the token of an Authorization header; None if it refuses or cannot answer.

        The server cuts `Bearer ` and `bearer ` off and puts the rest into a form without escaping it.
        """
        token = authorization.strip().removeprefix("Bearer ").removeprefix("bearer ")
        claims = self.tokens.check(parse_qs(f"token={token}", keep_blank_values=True)["token"][0])
        if claims is None or Effect.UAA_DOWN in self.effects:
            return None
        return _subject({} if Effect.UAA_EMPTY in self.effects else claims)

    def app_spaces(self, apps: Collection[str]) -> dict[str, str]:
        """Give the space of every app that Cloud Controller knows."""
        if Effect.CC_DOWN in self.effects:
            raise UpstreamError
        if Effect.CC_LISTS_NO_APPS in self.effects:
            return {}
        known = self.world.apps
        return {guid: known[guid].space for guid in apps if guid in known}

    def may_write(self, subject: Subject, apps: Collection[str]) -> bool:
        """Say whether the subject is space developer in the space of every app that exists."""
        if len(apps) > MAX_PER_PAGE:
            raise UpstreamError
        spaces = set(self.app_spaces(apps).values())
        if not spaces:
            return True
        if Effect.CC_ROLES_DOWN in self.effects:
            raise UpstreamError
        if self._asks_in_vain or Effect.CC_KNOWS_NO_ROLES in self.effects:
            return False
        return spaces <= set(self.world.developer_spaces(subject.guid))

    @property
    def _asks_in_vain(self) -> bool:
        """Say whether the API v2 is off: policy servers of before 2025 ask it about roles."""
        return Effect.CC_WITHOUT_V2 in self.effects or not self.world.settings.temporary_enable_v2

    def developer_spaces(self, subject: Subject) -> AbstractSet[str]:
        """Give the spaces where the subject is space developer."""
        if self._asks_in_vain or self.effects & {Effect.CC_DOWN, Effect.CC_ROLES_DOWN}:
            raise UpstreamError
        if Effect.CC_KNOWS_NO_ROLES in self.effects:
            return frozenset()
        if subject.guid not in self.world.cc_users:
            raise UpstreamError
        return frozenset(self.world.developer_spaces(subject.guid))


def _subject(claims: dict[str, Any]) -> Subject:
    return Subject(claims.get("sub", ""), claims.get("user_name", ""), tuple(claims.get("scope") or ()))
