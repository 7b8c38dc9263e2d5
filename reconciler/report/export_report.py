"""What an export wrote, and what it had to leave out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reconciler.manifests.export.layout import file_of
from reconciler.report.escape import escape
from reconciler.report.steps import count_of

if TYPE_CHECKING:
    from pathlib import PurePath

    from reconciler.manifests.export.entries import Entries


def encode_export(folder: PurePath, entries: Entries) -> dict[str, Any]:
    """Turn the outcome into JSON."""
    return {
        "directory": str(folder),
        "files": [
            {
                "file": str(folder / file_of(item.space)),
                "space": str(item.space),
                "apps": len(item.apps),
                "policies": sum(len(grant.sources) * len(grant.ports) for app in item.apps for grant in app.ingress),
                "left_out": [{"app": str(one.app), "reasons": list(one.reasons)} for one in item.left_out],
            }
            for item in entries.spaces
        ],
        "unnamed_spaces": [{"space": str(space), "reason": reason} for space, reason in entries.unnamed],
    }


def render_export(report: dict[str, Any]) -> str:
    """Write the outcome for people."""
    lines = []
    for item in report["files"]:
        counts = f"{count_of(item['apps'], 'app', 'apps')}, {count_of(item['policies'], 'policy', 'policies')}"
        lines.append(f"{escape(item['file'])}  {counts}")
    for item in report["files"]:
        for one in item["left_out"]:
            lines += ["", f"left out, and not touched by a plan: {escape(one['app'])}"]
            lines += [f"  {escape(reason)}" for reason in one["reasons"]]
    for one in report["unnamed_spaces"]:
        lines += ["", f"left out: the space {escape(one['space'])}: {escape(one['reason'])}"]
    left_out = sum(len(item["left_out"]) for item in report["files"])
    spaces = count_of(len(report["files"]), "space", "spaces")
    lines += ["", f"{spaces} written; {count_of(left_out, 'app', 'apps')} left out."]
    return "".join(f"{line}\n" for line in lines)
