"""The spaces that are to be governed, and the internal domains for their routes."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from reconciler.cf.caller import WRITES
from reconciler.cf.patterns import SpacePatterns
from reconciler.model.checkup import Check, Status
from reconciler.model.names import SpaceRef, fold

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reconciler.cf.checkup.examination import Examination
    from reconciler.model.caller import Caller
    from reconciler.model.scope import SpacePattern

_MAKE_DOMAIN = "an admin makes one with `cf create-shared-domain {} --internal`, and the cells have to know it too"


def roles(look: Examination) -> Iterator[Check]:
    """Say for each space whether it is there, the caller's role, and what follows from it."""
    concern = look.concern
    wanted = concern.governed | concern.sources
    if not wanted:
        hint = "name manifests, or spaces with --space ORG/SPACE"
        yield Check("roles", Status.UNKNOWN, "no space is named, so no role was looked for", hint)
        return
    claims = look.contact.claims()
    if claims.subject is None:
        yield Check("roles", Status.UNKNOWN, "the token does not say whose roles to look for")
        return
    found = look.contact.spaces(wanted)
    caller = look.contact.caller(found)
    governed = SpacePatterns(concern.governed)
    writes = not WRITES.isdisjoint(claims.scopes)
    for space in sorted(found.values()):
        yield _governed(space, caller, writes=writes) if governed.has(space) else _calling(space, caller)
    yield from _missing(wanted, frozenset(found.values()), caller)


def _governed(space: SpaceRef, caller: Caller, *, writes: bool) -> Check:
    edits = writes and caller.may_edit(space)
    sees = caller.network_admin or space in caller.developer_in
    routes = "routes and variables may be changed" if edits else "routes and variables may not be changed"
    message = f"{space}: {_standing(space, caller)}; {_policies(space, caller)}, {routes}"
    if edits and sees:
        return Check("roles", Status.OK, message)
    return Check("roles", Status.WARNING, message, _role_hint(space, caller))


def _calling(space: SpaceRef, caller: Caller) -> Check:
    sees = caller.network_admin or space in caller.developer_in
    message = f"{space}, which only holds callers: {_standing(space, caller)}; {_policies(space, caller)}"
    hint = None if sees else _role_hint(space, caller)
    return Check("roles", Status.OK if sees else Status.WARNING, message, hint)


def _standing(space: SpaceRef, caller: Caller) -> str:
    if space in caller.developer_in:
        return "Space Developer"
    if space in caller.supporter_in:
        return "Space Supporter"
    return "no role needed" if caller.network_admin and caller.edits_every_space else "no role that changes anything"


def _policies(space: SpaceRef, caller: Caller) -> str:
    if caller.network_admin:
        return "policies are shown and may be changed"
    if space in caller.developer_in:
        return "policies are shown and may be changed if the caller is Space Developer at their other end too"
    return "policies can be neither seen nor changed"


def _role_hint(space: SpaceRef, caller: Caller) -> str:
    given = f"`cf set-space-role {shlex.join((caller.name, space.org, space.space))} SpaceDeveloper`"
    return f"an Org or Space Manager can give the role with {given}, for a UAA client with --client at its end"


def _missing(wanted: frozenset[SpacePattern], found: frozenset[SpaceRef], caller: Caller) -> Iterator[Check]:
    names = {space.folded for space in found}
    for pattern in sorted(wanted):
        if SpaceRef(*pattern).folded in names or any(map(pattern.matches, found)):
            continue
        why = "does not exist" if caller.reads_every_app else "does not exist, or the caller has no role in it"
        hint = "check the name, or have the space made or the role given"
        yield Check("roles", Status.WARNING, f"{pattern.org}/{pattern.space}: {why}", hint)


def internal_domains(look: Examination) -> Iterator[Check]:
    """List the internal domains, and compare them with those that the manifests use."""
    kinds = {fold(domain.name): domain.internal for domain in look.contact.domains}
    internal = sorted(name for name, is_internal in kinds.items() if is_internal)
    if internal:
        yield Check("internal-domains", Status.OK, ", ".join(internal))
    else:
        hint = _MAKE_DOMAIN.format("apps.internal")
        yield Check("internal-domains", Status.WARNING, "there is none, so apps have no names inside", hint)
    used = {fold(name) for name in look.concern.routes}
    for name in sorted((used | {fold(item) for item in look.concern.domains}).difference(internal)):
        yield _unusable(name, used=name in used, exists=name in kinds)


def _unusable(name: str, *, used: bool, exists: bool) -> Check:
    what = "exists and is not internal" if exists else "does not exist"
    by = "declared routes are on it" if used else "the Foundation document lists it"
    hint = f"use another domain in the manifests, or {_MAKE_DOMAIN.format(name)}"
    return Check("internal-domains", Status.FAILED if used else Status.WARNING, f"{name} {what}, and {by}", hint)
