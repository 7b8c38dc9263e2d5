"""What an import wrote, and what it could not bring along."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reconciler.planning.encoding import encode_span
from reconciler.report.counts import count_of
from reconciler.report.escape import escape
from reconciler.report.json_text import encode_diagnostics

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import PurePath

    from reconciler.diagnostics import Diagnostic
    from reconciler.manifests.importing.resolution import Imported


def encode_import(
    folder: PurePath, imported: Imported, written: Iterable[PurePath], warnings: Iterable[Diagnostic]
) -> dict[str, Any]:
    """Turn the outcome into JSON."""
    return {
        "files": [str(folder / name) for name in sorted(written)],
        "spaces": [
            {
                "space": str(item.space),
                "apps": len(item.apps),
                "policies": sum(app.policies for app in item.apps),
            }
            for item in imported.spaces
        ],
        "not_imported": [
            {"what": item.what, "reason": item.reason, "origin": encode_span(item.span)}
            for item in imported.not_imported
        ],
        "diagnostics": encode_diagnostics(warnings),
    }


def render_import_report(report: Mapping[str, Any]) -> str:
    """Write the outcome for people."""
    lines = [escape(file) for file in report["files"]]
    if report["not_imported"]:
        lines += ["", "not imported:"]
    for item in report["not_imported"]:
        origin = item["origin"]
        lines.append(f"  {escape(origin['file'])}:{origin['line']}:{origin['column']}: {escape(item['what'])}")
        lines.append(f"    {escape(item['reason'])}")
    spaces = report["spaces"]
    counts = (
        count_of(len(spaces), "space", "spaces"),
        count_of(sum(item["apps"] for item in spaces), "app", "apps"),
        count_of(sum(item["policies"] for item in spaces), "policy", "policies"),
    )
    files = count_of(len(report["files"]), "file", "files")
    lines += ["", f"{files} written for {', '.join(counts)}; {len(report['not_imported'])} not imported."]
    return "".join(f"{line}\n" for line in lines).lstrip("\n")
