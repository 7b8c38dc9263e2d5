"""Which foundation, as whom, over which TLS: options, environment, manifests, then the cf CLI's session."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from reconciler.cf.cf_session import CfSession, read_session, session_file
from reconciler.cf.credentials import (
    ClientCredentials,
    Credentials,
    PasscodeCredentials,
    PasswordCredentials,
    TokenCredentials,
    bare_token,
)
from reconciler.errors import UsageError
from reconciler.wire.urls import api_url

if TYPE_CHECKING:
    from collections.abc import Mapping

_ENVIRONMENT = {
    "username": "CF_USERNAME",
    "password": "CF_PASSWORD",
    "client_id": "CF_CLIENT_ID",
    "client_secret": "CF_CLIENT_SECRET",
    "access_token": "CF_ACCESS_TOKEN",
}
_MANIFESTS = "the manifests"
_SESSION = "the cf CLI's session"
_FORMS = (("username", "password"), ("client_id", "client_secret"), ("access_token",), ("passcode",))


@dataclass(frozen=True, slots=True)
class Options:
    """What the command line says about the target; None is not said."""

    api: str | None = None
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    client_id: str | None = None
    client_secret: str | None = field(default=None, repr=False)
    access_token: str | None = field(default=None, repr=False)
    passcode: str | None = field(default=None, repr=False)
    ca_file: Path | None = None
    skip_ssl_validation: bool = False

    def given(self, name: str) -> str | None:
        """Take one of the credential options; an empty one is not given."""
        value: str | None = getattr(self, name)
        return value or None


@dataclass(frozen=True, slots=True)
class Target:
    """Where to go and as whom. The two sources say, for people, where the address and the credentials come from."""

    api_url: str
    credentials: Credentials
    ca_file: Path | None = None
    skip_ssl_validation: bool = False
    api_source: str = ""
    credentials_source: str = ""


class _Session:
    """The cf CLI's session, read at most once and only when something is looked for in it."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._read: CfSession | None = None

    def get(self) -> CfSession:
        if self._read is None:
            self._read = read_session(self._file)
        return self._read


def resolve_target(
    options: Options, environ: Mapping[str, str], home: Path, foundation_api: str | None = None
) -> Target:
    """Decide on the target; the first source that names a thing wins. Raise UsageError when one is missing.

    The session's token goes only to the API that the session is for, and other credentials only to an API that an
    option or the environment names: were they sent where a manifest says, whoever can propose a change to a manifest
    could collect them.
    """
    session = _Session(session_file(environ, home))
    url, source = _api(options, environ, session, foundation_api)
    found = _credentials(options, environ)
    if found is not None and source == _MANIFESTS:
        raise UsageError(
            f"the address {url} comes from the manifests, and credentials go only to an address that you name yourself",
            hint=f"if it is the right one, set CF_API={url} or use --api",
        )
    credentials, credentials_source = found or _session_credentials(session, url)
    ca_file = options.ca_file or (Path(environ["CF_CA_FILE"]) if environ.get("CF_CA_FILE") else None)
    return Target(
        api_url=url,
        credentials=credentials,
        ca_file=ca_file,
        skip_ssl_validation=options.skip_ssl_validation,
        api_source=source,
        credentials_source=credentials_source,
    )


def named_api(options: Options, environ: Mapping[str, str], foundation_api: str | None) -> tuple[str, str] | None:
    """Give the address that is named, and by what; None where only a session can tell. Raise UsageError."""
    for value, source in ((options.api, "--api"), (environ.get("CF_API"), "CF_API"), (foundation_api, _MANIFESTS)):
        if value:
            return api_url(value, source), source
    return None


def _api(
    options: Options, environ: Mapping[str, str], session: _Session, foundation_api: str | None
) -> tuple[str, str]:
    named = named_api(options, environ, foundation_api)
    if named is not None:
        return named
    try:
        target = session.get().target
    except UsageError as error:
        raise UsageError(
            f"no API is named, and {error.summary}", hint="name it with --api or CF_API, or sign in with `cf login`"
        ) from None
    if target is None:
        raise UsageError(
            "no API is named, and the cf CLI's session has no target",
            hint="name it with --api or CF_API, or sign in with `cf login`",
        )
    return api_url(target, _SESSION), _SESSION


def _credentials(options: Options, environ: Mapping[str, str]) -> tuple[Credentials, str] | None:
    named = [form for form in _FORMS if any(options.given(name) for name in form)]
    if len(named) > 1:
        raise UsageError(
            f"--{_dashed(named[0][0])} and --{_dashed(named[1][0])} are two ways to sign in; give one of them"
        )
    if named:
        return _complete(named[0], options, environ), "the command line"
    for form in _FORMS:
        if any(environ.get(_ENVIRONMENT.get(name, "")) for name in form):
            return _complete(form, options, environ), "the environment"
    return None


def _complete(form: tuple[str, ...], options: Options, environ: Mapping[str, str]) -> Credentials:
    values = {name: options.given(name) or environ.get(_ENVIRONMENT.get(name, "")) for name in form}
    for name, value in values.items():
        if not value:
            given = next(other for other, there in values.items() if there)
            raise UsageError(
                f"{_named(given, options)} is given, but {_ENVIRONMENT[name]} is missing",
                hint=f"set {_ENVIRONMENT[name]}, or use --{_dashed(name)}",
            )
        _check_text(value, _named(name, options))
    filled = {name: value or "" for name, value in values.items()}
    if "username" in filled:
        return PasswordCredentials(**filled)
    if "client_id" in filled:
        return ClientCredentials(**filled)
    if "passcode" in filled:
        return PasscodeCredentials(**filled)
    return TokenCredentials(bare_token(filled["access_token"], _named("access_token", options)))


def _check_text(value: str, source: str) -> None:
    try:
        value.encode()
    except UnicodeEncodeError:
        # No chain: the library's exception carries the text.
        problem = f"{source} is not text in UTF-8"
    else:
        return
    raise UsageError(problem, hint="bytes that are no UTF-8 cannot be sent; set it again, in a UTF-8 environment")


def _session_credentials(session: _Session, url: str) -> tuple[Credentials, str]:
    way = f"sign in with `cf login -a {url}`, or set CF_USERNAME and CF_PASSWORD or CF_CLIENT_ID and CF_CLIENT_SECRET"
    try:
        found = session.get()
    except UsageError as error:
        raise UsageError(f"no credentials for {url}: {error.summary}", hint=way) from None
    if found.target is None or api_url(found.target, _SESSION) != url:
        raise UsageError(f"no credentials for {url}: the cf CLI is signed in to another API", hint=way)
    if found.credentials is None:
        raise UsageError(f"no credentials for {url}: the cf CLI is signed out", hint=way)
    return found.credentials, _SESSION


def _named(name: str, options: Options) -> str:
    return f"--{_dashed(name)}" if options.given(name) else _ENVIRONMENT[name]


def _dashed(name: str) -> str:
    return name.replace("_", "-")
