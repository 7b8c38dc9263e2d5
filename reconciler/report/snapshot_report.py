"""What a snapshot holds, once it is written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reconciler.report.counts import count_of
from reconciler.report.escape import escape

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reconciler.manifests.snapshots.write import SnapshotText

_NOUNS = {
    "spaces": ("space", "spaces"),
    "apps": ("app", "apps"),
    "routes": ("route", "routes"),
    "network_policies": ("policy", "policies"),
}


def encode_snapshot(file: str, snapshot: SnapshotText) -> dict[str, Any]:
    """Turn the outcome into JSON: where it is, how much it holds, and what is not in it."""
    document = snapshot.document
    spaces = [space for org in document["organizations"] for space in org["spaces"]]
    counts = {
        "spaces": len(spaces),
        "apps": sum(len(space.get("apps", ())) for space in spaces),
        "routes": sum(len(space.get("routes", ())) for space in spaces),
        "network_policies": len(document["network_policies"]),
    }
    return {"file": file, "counts": counts, "omitted": list(snapshot.omitted)}


def render_snapshot(report: Mapping[str, Any]) -> str:
    """Write the outcome for people."""
    listed = ", ".join(count_of(number, *_NOUNS[key]) for key, number in report["counts"].items())
    return f"{escape(report['file'])}: {listed}\n"
