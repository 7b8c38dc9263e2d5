"""The API root: where the foundation says its parts are. It needs no token and is never rate limited."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reconciler.cf.exchange import Answer, Request
from reconciler.cf.fields import FieldError, described, entries, pick, text
from reconciler.wire.urls import check_characters, origin_of

if TYPE_CHECKING:
    from reconciler.cf.http import Http


@dataclass(frozen=True, slots=True)
class Root:
    """Addresses without a slash at the end.

    `uaa` may be on any host: only credentials go there. `policies` is the path of the policy API on the API's own
    host, None when the foundation offers none. `version` is that of Cloud Controller's API v3.
    """

    uaa: str
    policies: str | None
    version: str | None


def read_root(http: Http, api_url: str, *, skip_ssl_validation: bool = False) -> Root:
    """Read `GET /`. Raise UnexpectedAnswerError when it does not look like a Cloud Foundry API.

    Source: cloud_controller_ng `app/controllers/runtime/root_controller.rb`.
    """
    answer = http.send(Request("GET", f"{api_url}/"))
    with described(answer):
        links = entries(answer.json(), "links")
        return Root(
            uaa=_token_endpoint(answer, links, encrypted=api_url.startswith("https:") and not skip_ssl_validation),
            policies=_policies(answer, links),
            version=_version(links),
        )


def local_path(answer: Answer, href: str, what: str) -> str:
    """Take path and query of a link that has to lead back to the host that gave it.

    The token goes with every request to the API, so a link elsewhere is refused instead of followed.
    """
    here = origin_of(answer.request.url)
    try:
        check_characters(href)
        if href.startswith("/") and not href.startswith("//"):
            return href
        there = origin_of(href)
    except ValueError as error:
        raise answer.unexpected(f"has an unusable {what} link: {error}") from None
    if there != here:
        raise answer.unexpected(f"has a {what} link to another place, {there}; the token is not sent there")
    _, _, rest = href.partition("://")
    _, slash, path = rest.partition("/")
    return slash + path


def _href(links: dict[str, object], name: str) -> str | None:
    return None if links.get(name) is None else text(links, name, "href").rstrip("/")


def _token_endpoint(answer: Answer, links: dict[str, object], *, encrypted: bool) -> str:
    href = _href(links, "uaa") or _href(links, "login")
    if href is None:
        raise FieldError("links.uaa", "is missing")
    try:
        origin = origin_of(href)
    except ValueError as error:
        raise FieldError("links.uaa.href", f"is not usable: {error}") from None
    if "?" in href or "#" in href:
        raise FieldError("links.uaa.href", "is not usable: it has a query or a fragment")
    if encrypted and origin.scheme != "https":
        raise answer.unexpected("names a UAA without TLS; credentials are not sent there")
    return href


def _policies(answer: Answer, links: dict[str, object]) -> str | None:
    href = _href(links, "network_policy_v1")
    return None if href is None else local_path(answer, href, "network_policy_v1").partition("?")[0]


def _version(links: dict[str, object]) -> str | None:
    try:
        return text(pick(links, "cloud_controller_v3", "meta"), "version")
    except FieldError:
        return None
