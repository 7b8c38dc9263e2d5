"""The cf CLI's session: read, never written. The cf CLI rewrites the file at any time and would lose our changes."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import orjson

from reconciler.cf.credentials import SessionCredentials, bare_token
from reconciler.cf.fields import FieldError, text_or_none
from reconciler.errors import UsageError
from reconciler.model.names import SpaceRef
from reconciler.wire.files import read_regular

if TYPE_CHECKING:
    from collections.abc import Mapping

CONFIG_VERSION = 4
"""The only version that current cf CLIs read. Source: cli `util/configv3/load_config.go`."""

SIZE_LIMIT = 16 * 2**20
_LOG_IN = "sign in with `cf login`"


@dataclass(frozen=True, slots=True)
class CfSession:
    """What the session says: the API it is for, its credentials if somebody is signed in, and its TLS choice."""

    file: Path
    target: str | None
    credentials: SessionCredentials | None


def session_file(environ: Mapping[str, str], home: Path) -> Path:
    """Find the file: `$CF_HOME/.cf/config.json`, else below the home directory."""
    return Path(environ.get("CF_HOME") or home) / ".cf" / "config.json"


def read_session(file: Path) -> CfSession:
    """Read the session. Raise UsageError, with the way out as its hint, when there is none to use."""
    config = _decode(file, _read(file))
    try:
        return _session(file, config)
    except FieldError as error:
        raise UsageError(f"the cf CLI's session in {file} is damaged: {error}", hint=_LOG_IN) from None


def targeted_space(file: Path) -> SpaceRef | None:
    """Say which space the session works in; None where there is no session, or one that has no space."""
    try:
        config = _decode(file, _read(file))
        org, space = (text_or_none(config.get(key), "Name") for key in ("OrganizationFields", "SpaceFields"))
    except (UsageError, FieldError):
        return None
    return SpaceRef(org, space) if org and space else None


def _read(file: Path) -> bytes:
    try:
        content = read_regular(file, SIZE_LIMIT)
    except (FileNotFoundError, NotADirectoryError):
        raise UsageError(f"there is no cf CLI session: {file} does not exist", hint=_LOG_IN) from None
    except OSError as error:
        raise UsageError(f"the cf CLI's session in {file} cannot be read: {error.strerror}", hint=_LOG_IN) from None
    except ValueError as error:
        raise UsageError(f"the cf CLI's session in {file} cannot be read: {error}", hint=_LOG_IN) from None
    if not content.strip():
        raise UsageError(f"the cf CLI's session in {file} is empty", hint=_LOG_IN)
    return content


def _decode(file: Path, content: bytes) -> dict[str, object]:
    try:
        config: object = orjson.loads(content)
    except orjson.JSONDecodeError:
        # No chain: the decoder keeps the document, and with it the tokens, on its exception.
        config = None
    if not isinstance(config, dict):
        raise UsageError(f"the cf CLI's session in {file} is not a JSON object", hint=_LOG_IN)
    version = config.get("ConfigVersion")
    if version != CONFIG_VERSION or isinstance(version, bool):
        raise UsageError(
            f"the cf CLI's session in {file} has a version other than {CONFIG_VERSION}",
            hint=f"{_LOG_IN}, using version 8 or later of the cf CLI",
        )
    return config


def _session(file: Path, config: dict[str, object]) -> CfSession:
    kubernetes = config.get("CFOnK8s")
    if isinstance(kubernetes, dict) and kubernetes.get("Enabled") is True:
        raise UsageError(
            f"the cf CLI's session in {file} is for CF on Kubernetes, which has no policy server",
            hint="sign in to a Cloud Foundry foundation with `cf login`",
        )
    return CfSession(
        file=file,
        target=text_or_none(config, "Target"),
        credentials=_credentials(file, config),
    )


def _credentials(file: Path, config: dict[str, object]) -> SessionCredentials | None:
    written = text_or_none(config, "AccessToken")
    if written is None:
        return None
    # After `cf auth --client-credentials` there is no refresh token, and the client's secret is not stored.
    # Source: cli `actor/v7action/auth.go`.
    return SessionCredentials(
        access_token=bare_token(written, f"the cf CLI's session in {file}"),
        refresh_token=text_or_none(config, "RefreshToken") or "",
        client_id=text_or_none(config, "UAAOAuthClient") or "cf",
        client_secret=text_or_none(config, "UAAOAuthClientSecret") or "",
    )
