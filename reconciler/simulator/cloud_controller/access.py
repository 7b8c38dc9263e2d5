"""Who asks, what they see and what they may change.

Source: cloud_controller_ng `lib/vcap/permissions.rb`, `app/controllers/v3/application_controller.rb`,
`lib/cloud_controller/uaa/uaa_token_decoder.rb`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reconciler.simulator.cloud_controller.errors import invalid_token, not_authenticated, not_authorized

if TYPE_CHECKING:
    from reconciler.simulator.entities import App, Domain, Organization, Route, Space
    from reconciler.simulator.uaa.tokens import TokenOffice
    from reconciler.simulator.world import World

_BEARER = re.compile(r"bearer ", re.IGNORECASE)
_READERS = frozenset({"cloud_controller.admin", "cloud_controller.admin_read_only", "cloud_controller.global_auditor"})
_SAFE = frozenset({"GET", "HEAD"})


@dataclass(frozen=True, slots=True)
class Access:
    """The caller. `spaces` are those where the caller is space developer."""

    world: World
    user: str
    scopes: frozenset[str]
    spaces: frozenset[str]

    @property
    def is_admin(self) -> bool:
        """Say whether the caller may change everything."""
        return "cloud_controller.admin" in self.scopes

    @property
    def sees_everything(self) -> bool:
        """Say whether nothing is hidden from the caller."""
        return bool(self.scopes & _READERS)

    @property
    def sees_environments(self) -> bool:
        """Say whether the caller may read environment variables anywhere; global auditors may not."""
        return self.is_admin or "cloud_controller.admin_read_only" in self.scopes

    def sees_space(self, space: str) -> bool:
        """Say whether a space and what is in it is visible."""
        return self.sees_everything or space in self.spaces

    def sees_organization(self, organization: Organization) -> bool:
        """Say whether an organization is visible: one with a visible space."""
        return self.sees_everything or any(
            self.world.spaces[space].organization == organization.guid for space in self.spaces
        )

    def sees_domain(self, domain: Domain) -> bool:
        """Say whether a domain is visible; shared domains always are."""
        return domain.organization is None or self.sees_organization(self.world.organizations[domain.organization])

    def sees_route(self, route: Route) -> bool:
        """Say whether a route is visible: through its owner or a share."""
        return self.sees_space(route.space) or any(map(self.sees_space, route.shared_spaces))

    def sees_app(self, app: App) -> bool:
        """Say whether an app is visible."""
        return self.sees_space(app.space)

    def sees(self, space: Space) -> bool:
        """Say whether a space is visible."""
        return self.sees_space(space.guid)

    def may_write(self, space: str) -> bool:
        """Say whether the caller may change what is in a space."""
        return self.is_admin or space in self.spaces

    def require_write(self, space: str) -> None:
        """Refuse a caller who may look and not touch."""
        if not self.may_write(space):
            raise not_authorized()

    def require_admin(self) -> None:
        """Refuse everyone but admins."""
        if not self.is_admin:
            raise not_authorized()


def find_access(world: World, tokens: TokenOffice, authorization: str | None, method: str) -> Access:
    """Read the token. Raise ApiError for one that is missing, not ours, expired or without the scopes."""
    if not authorization:
        raise not_authenticated()
    claims = tokens.check(_BEARER.sub("", authorization, count=1).strip())
    if claims is None:
        raise invalid_token()
    scopes = frozenset(claims.get("scope") or ())
    if not any(scope.startswith("cloud_controller.") for scope in scopes):
        # UAA derives the audience from the scopes, and Cloud Controller wants to be in it.
        raise invalid_token()
    needed = "cloud_controller.read" if method in _SAFE else "cloud_controller.write"
    enough = needed in scopes or "cloud_controller.admin" in scopes or (method in _SAFE and scopes & _READERS)
    if not enough:
        raise not_authorized()
    user = claims.get("user_id") or claims.get("sub") or ""
    return Access(world, user, scopes, frozenset(world.developer_spaces(user)))
