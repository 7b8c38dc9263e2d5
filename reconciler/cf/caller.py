"""Finding out who the caller is: scopes from the token, roles from Cloud Controller."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.errors import AuthorizationError, NotFoundError, RejectedError
from reconciler.model.caller import Caller

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reconciler.cf.claims import Claims
    from reconciler.cf.cloud_controller import CloudController
    from reconciler.cf.policy_server import PolicyServer
    from reconciler.model.names import SpaceRef

DEVELOPER = "space_developer"
SUPPORTER = "space_supporter"

EDITS_EVERYWHERE = "cloud_controller.admin"
WRITES = frozenset({"cloud_controller.write", EDITS_EVERYWHERE})
READS_EVERYWHERE = frozenset({EDITS_EVERYWHERE, "cloud_controller.admin_read_only", "cloud_controller.global_auditor"})


def read_caller(
    claims: Claims, controller: CloudController, server: PolicyServer, spaces: Mapping[str, SpaceRef]
) -> Caller:
    """Say what the holder of the token may see and change in the given spaces.

    Roles are asked for only where scopes do not settle it. A token that is no JWT says nothing about itself: whether it
    has `network.admin` is asked of the policy server, and its roles stay unknown.
    """
    network_admin = claims.sees_all_policies or (claims.subject is None and server.accepts_admin_calls())
    everywhere = EDITS_EVERYWHERE in claims.scopes
    roles: dict[str, frozenset[str]] = {}
    if claims.subject is not None and not (network_admin and everywhere):
        roles = _roles(claims.subject, controller, optional=network_admin)
    return Caller(
        name=claims.user_name or claims.client_id or claims.subject or "the holder of this token",
        network_admin=network_admin,
        reads_every_app=not READS_EVERYWHERE.isdisjoint(claims.scopes),
        edits_every_space=everywhere,
        may_write=not WRITES.isdisjoint(claims.scopes),
        roles_known=claims.subject is not None,
        developer_in=_named(roles.get(DEVELOPER, frozenset()), spaces),
        supporter_in=_named(roles.get(SUPPORTER, frozenset()), spaces),
    )


def _roles(subject: str, controller: CloudController, *, optional: bool) -> dict[str, frozenset[str]]:
    """Ask for roles in spaces. Where policies do not depend on them, having no answer is like having no roles.

    An API that is too old knows no roles, or not these types or filters, and refuses with 400 or 404.
    """
    try:
        return controller.space_roles(subject, (DEVELOPER, SUPPORTER))
    except (AuthorizationError, NotFoundError, RejectedError):
        if optional:
            return {}
        raise


def _named(guids: frozenset[str], spaces: Mapping[str, SpaceRef]) -> frozenset[SpaceRef]:
    return frozenset(spaces[guid] for guid in guids if guid in spaces)
