"""Reading Snapshot files for commands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reconciler.errors import ManifestError
from reconciler.manifests.bundle import load_snapshot
from reconciler.manifests.snapshot_live import live_state_of

if TYPE_CHECKING:
    from reconciler.model.live import LiveState


def read_snapshot(path: str) -> dict[str, Any]:
    """Read and check a Snapshot file, YAML or JSON. Raise ManifestError with everything that is wrong with it."""
    snapshot, found = load_snapshot(path)
    if snapshot is None:
        raise ManifestError(found)
    return snapshot


def read_live_state(path: str) -> LiveState:
    """Read a Snapshot file as the live state it describes."""
    return live_state_of(read_snapshot(path))
