"""The way in: the address, the version of the API, the token and its scopes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reconciler.cf.credentials import PasscodeCredentials, SessionCredentials, TokenCredentials
from reconciler.model.checkup import Check, Status
from reconciler.wire.urls import origin_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reconciler.cf.checkup.examination import Examination
    from reconciler.cf.claims import Claims
    from reconciler.cf.target import Target

FLOOR = (3, 160)
"""The oldest API v3 that c2c is made for; that of version 9 of the cf CLI too. Source: cli `minimum_version.go`."""

_VERSION = re.compile(r"([0-9]{1,6})\.([0-9]{1,6})(?:\.[0-9]{1,6})?", re.ASCII)
_ASK = "ask the operators of the foundation for it"
_READ_ALL = ("cloud_controller.admin_read_only", "cloud_controller.global_auditor")
SOON_SECONDS = 300.0
"""A token that cannot be renewed should last longer than an apply does."""


def reach(look: Examination) -> Iterator[Check]:
    """Read the API root, which needs no token."""
    started = look.clock()
    _ = look.contact.root
    answered = f"{look.target.api_url} answered in {(look.clock() - started) * 1000:.0f} ms"
    yield _transport(look.target, answered)


def _transport(target: Target, answered: str) -> Check:
    origin = origin_of(target.api_url)
    if origin.scheme == "http":
        if origin.is_loopback:
            return Check("reach", Status.OK, f"{answered}, without TLS, on this machine")
        message = f"{answered}, without TLS: anybody on the way can read the token and use it"
        return Check("reach", Status.WARNING, message, "use the https:// address of the API")
    if target.skip_ssl_validation:
        message = f"{answered}, its certificate not verified: anybody on the way can read and change what is sent"
        hint = "name the authority that signed the certificate with CF_CA_FILE and leave out --skip-ssl-validation"
        return Check("reach", Status.WARNING, message, hint)
    judge = f"the authorities in {target.ca_file}" if target.ca_file else "the authorities of this machine"
    return Check("reach", Status.OK, f"{answered}, its certificate verified by {judge}")


def version(look: Examination) -> Iterator[Check]:
    """Compare the version that the API root states with the floor."""
    stated = look.contact.root.version
    found = _VERSION.fullmatch(stated or "")
    floor = ".".join(map(str, FLOOR))
    if found is None:
        message = "the API root states no version of API v3 that can be read"
        yield Check("api-version", Status.UNKNOWN, message, f"c2c needs {floor} or later; ask the operators")
    elif (int(found[1]), int(found[2])) < FLOOR:
        hint = f"c2c is made for {floor} or later: ask the operators to update, and do not apply until then"
        yield Check("api-version", Status.FAILED, f"{found[0]} is older than {floor}", hint)
    else:
        yield Check("api-version", Status.OK, f"{found[0]}; {floor} or later is needed")


def sign_in(look: Examination) -> Iterator[Check]:
    """Get a token, and read off it who the caller is and for how long."""
    claims = look.contact.claims()
    who = _who(claims)
    left = None if claims.expires_at is None else claims.expires_at - look.now()
    lasts = "the token does not say how long it lasts" if left is None else f"the token lasts {_minutes(left)}"
    renewal = _renewal(look.target)
    if renewal is not None:
        yield Check("sign-in", Status.OK, f"{who}; {lasts} and {renewal}")
        return
    ends_soon = left is None or left < SOON_SECONDS
    hint = "sign in with something that can be renewed: `cf login`, CF_USERNAME or CF_CLIENT_ID"
    message = f"{who}; {lasts} and cannot be renewed"
    yield Check("sign-in", Status.WARNING if ends_soon else Status.OK, message, hint if ends_soon else None)


def _who(claims: Claims) -> str:
    if claims.user_name:
        return f"the user {claims.user_name}"
    if claims.client_id or claims.subject:
        return f"the UAA client {claims.client_id or claims.subject}"
    return "somebody: the token does not say who"


def _minutes(seconds: float) -> str:
    minutes = int(seconds // 60)
    return "less than a minute" if minutes < 1 else "1 minute" if minutes == 1 else f"{minutes} minutes"


def _renewal(target: Target) -> str | None:
    given = target.credentials
    if isinstance(given, TokenCredentials):
        return None
    if isinstance(given, SessionCredentials):
        return "is renewed with the session's refresh token" if given.refresh_token else None
    if isinstance(given, PasscodeCredentials):
        return "is renewed if the UAA gave a refresh token with it"
    return "is renewed by signing in again"


def scopes(look: Examination) -> Iterator[Check]:
    """Say in words what the scopes of the token allow, at the policy server and at Cloud Controller."""
    claims = look.contact.claims()
    if claims.subject is None:
        yield Check("scopes", Status.UNKNOWN, "the token is no JWT and does not say what it allows", _TOKEN_HINT)
        return
    yield _network_scopes(claims.scopes)
    yield _controller_scopes(claims.scopes)


_TOKEN_HINT = "use the token that `cf oauth-token` prints"  # noqa: S105 - a sentence


def _network_scopes(held: frozenset[str]) -> Check:
    if "network.admin" in held:
        return Check("scopes", Status.OK, "network.admin: every policy is shown and may be changed")
    limits = "policies between spaces in which the caller is Space Developer are shown and may be changed"
    if "network.write" in held:
        return Check("scopes", Status.OK, f"network.write: {limits}; all others are hidden without a word")
    message = f"neither network.admin nor network.write: {limits} only where Space Developers may serve themselves"
    return Check(
        "scopes", Status.WARNING, message, f"if the policy server refuses below, network.write is missing: {_ASK}"
    )


def _controller_scopes(held: frozenset[str]) -> Check:
    if "cloud_controller.admin" in held:
        message = "cloud_controller.admin: routes and variables everywhere are shown and may be changed"
        return Check("scopes", Status.OK, message)
    readers = [name for name in _READ_ALL if name in held]
    if not readers and "cloud_controller.read" not in held:
        message = "neither cloud_controller.read nor a scope above it: Cloud Controller refuses every call"
        return Check("scopes", Status.FAILED, message, f"the token needs cloud_controller.read: {_ASK}")
    shown = "everything is shown" if readers else "what lies in spaces where the caller has a role is shown"
    if readers == ["cloud_controller.global_auditor"]:
        shown += ", variables left out"
    names = " and ".join(readers or ["cloud_controller.read"])
    if "cloud_controller.write" not in held:
        message = f"{names} without cloud_controller.write: {shown}, no route and no variable may be changed"
        return Check(
            "scopes", Status.WARNING, message, f"to apply routes or `trust`, cloud_controller.write is needed: {_ASK}"
        )
    allowed = "routes and variables may be changed where the caller is Space Developer or Space Supporter"
    return Check("scopes", Status.OK, f"{names} with cloud_controller.write: {shown}; {allowed}")


def acceptance(look: Examination) -> Iterator[Check]:
    """Show the token to Cloud Controller, which judges its signature, its time and its scopes."""
    count = len(look.contact.domains)
    yield Check("cloud-controller", Status.OK, f"accepts the token and lists {count} domain{'s' if count != 1 else ''}")
