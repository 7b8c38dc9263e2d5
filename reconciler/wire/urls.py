"""Addresses of APIs: how people write them, and whether two of them are the same place."""

from __future__ import annotations

import re
from ipaddress import ip_address
from typing import NamedTuple
from urllib.parse import SplitResult, urlsplit

from reconciler.errors import UsageError

URL_LIMIT = 32_768
"""Characters of an address: room for a link that repeats the longest query asked, all of it encoded twice."""

_HOST = re.compile(
    r"(?=.{1,253}\.?$)[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?(\.[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?)*\.?"
)

_DEFAULT_PORTS = {"https": 443, "http": 80}


class Origin(NamedTuple):
    """Scheme, host and port: what must not change while a token travels along."""

    scheme: str
    host: str
    port: int

    def __str__(self) -> str:
        """Write the origin as a URL."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        port = "" if self.port == _DEFAULT_PORTS[self.scheme] else f":{self.port}"
        return f"{self.scheme}://{host}{port}"

    @property
    def is_loopback(self) -> bool:
        """Say whether what is sent there stays on this machine."""
        try:
            return self.host == "localhost" or ip_address(self.host).is_loopback
        except ValueError:
            return False


def origin_of(url: str) -> Origin:
    """Take the origin of an absolute http or https URL. Raise ValueError, without the URL, for anything else."""
    parts = _split(url)
    if parts.scheme not in _DEFAULT_PORTS:
        raise ValueError("it does not begin with https:// or http://")
    if not parts.hostname:
        raise ValueError("it names no host")
    if not _is_host(parts.hostname):
        raise ValueError("its host is malformed")
    if parts.username is not None or parts.password is not None:
        raise ValueError("it carries a user name or a password")
    port = parts.port
    return Origin(parts.scheme, parts.hostname, _DEFAULT_PORTS[parts.scheme] if port is None else port)


def api_url(written: str, source: str) -> str:
    """Bring the address of an API to its one form, `https://host[:port]`. Raise UsageError if it is none.

    The text is not repeated in errors: an address with a password in it is one of the things refused here.
    """
    stripped = written.strip()
    url = stripped if "://" in stripped else f"https://{stripped}"
    try:
        origin = origin_of(url)
        parts = _split(url)
    except ValueError as error:
        raise _not_an_api(source, str(error)) from None
    if parts.query or parts.fragment or "?" in url or "#" in url:
        raise _not_an_api(source, "it has a query or a fragment")
    if parts.path.strip("/"):
        raise _not_an_api(source, "it has a path")
    return str(origin)


def check_characters(url: str) -> None:
    """Raise ValueError, without the URL, when an address is too long or holds what has to be encoded in one."""
    if len(url) > URL_LIMIT:
        raise ValueError("it is too long")
    if not url.isascii():
        raise ValueError("it holds a character that has to be encoded")
    if not url.isprintable() or any(character.isspace() or character == "\\" for character in url):
        raise ValueError("it holds a space, a backslash or a control character")


def _split(url: str) -> SplitResult:
    check_characters(url)
    try:
        parts = urlsplit(url)
    except ValueError:
        # The library's own text can repeat what stands before the host: a password, perhaps.
        raise ValueError("its host is malformed") from None
    try:
        _ = parts.port
    except ValueError:
        raise ValueError("its port is not a number from 0 to 65535") from None
    return parts


def _is_host(host: str) -> bool:
    if ":" in host:
        try:
            return ip_address(host).version == 6 and "%" not in host  # noqa: PLR2004 - IPv6
        except ValueError:
            return False
    return _HOST.fullmatch(host) is not None and _decodes(host)


def _decodes(host: str) -> bool:
    # The resolver and httpx read labels that begin with xn-- as encoded names, and fail where they are none.
    try:
        host.encode("ascii").decode("idna")
    except UnicodeError:
        return False
    return True


def _not_an_api(source: str, reason: str) -> UsageError:
    return UsageError(
        f"the API address from {source} is not usable: {reason}",
        hint="write it as https://api.example.com",
    )
