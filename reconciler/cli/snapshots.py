"""Reading Snapshot files for commands, signed ones only where a key is named."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reconciler.errors import ManifestError, StaleError, UsageError
from reconciler.manifests.snapshots.file import load_snapshot
from reconciler.manifests.snapshots.live import live_state_of
from reconciler.wire.files import read_regular

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from reconciler.model.live import LiveState

PUBLIC_KEY_VARIABLE = "C2C_SNAPSHOT_PUBLIC_KEY"
"""Names a file with public keys. Where it is set, every snapshot that stands for a live state has to be signed."""

PRIVATE_KEY_VARIABLE = "C2C_SNAPSHOT_KEY"
"""Holds the private key to sign with."""

_KEY_LIMIT = 2**16


def read_snapshot(path: str, *, verify: Callable[[bytes], None] | None = None) -> dict[str, Any]:
    """Read and check a Snapshot file, YAML or JSON. Raise ManifestError with everything that is wrong with it."""
    snapshot, found = load_snapshot(path, verify=verify)
    if snapshot is None:
        raise ManifestError(found)
    return snapshot


def read_live_state(path: str, *, key: str | None = None) -> LiveState:
    """Read a Snapshot file as the live state it describes.

    `key` names a file with public keys; without it the environment may. Raise SignatureError, before anything in the
    file is looked at, when there are keys and none of them has signed it.
    """
    named = key or os.environ.get(PUBLIC_KEY_VARIABLE)
    return live_state_of(read_snapshot(path, verify=_verification(path, named) if named else None))


def require_recent(live: LiveState, path: str, *, seconds: int, now: datetime) -> None:
    """Raise StaleError for a live state that is older than this, or that does not say when it was read."""
    if live.taken_at is None:
        raise StaleError(f"{path} does not say when it was taken", hint="`c2c snapshot` writes `taken_at`")
    age = (now - live.taken_at).total_seconds()
    if age > seconds:
        raise StaleError(
            f"{path} was taken {age / 3600:.1f} hours ago; at most {seconds / 3600:.1f} are allowed",
            hint="see whether the job that publishes it still runs",
        )


def signature_file(path: str) -> Path:
    """Say where the signature of a file is."""
    return Path(f"{path}.sig")


def _verification(path: str, key: str) -> Callable[[bytes], None]:
    from reconciler.signatures import LENGTH, Verifier  # noqa: PLC0415 - only for signed snapshots

    try:
        verifier = Verifier(read_regular(Path(key), _KEY_LIMIT), key)
    except OSError as problem:
        raise UsageError(f"the public key {key} cannot be read: {problem.strerror}") from None
    except ValueError as problem:
        raise UsageError(f"the public key {key} cannot be read: {problem}") from None

    def verify(content: bytes) -> None:
        try:
            signature = read_regular(signature_file(path), LENGTH)
        except FileNotFoundError:
            signature = None
        except (OSError, ValueError):
            signature = b""
        verifier.verify(content, signature, path)

    return verify
