"""What an export wrote, and what it had to leave out."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from reconciler.model.desired import Kind
from reconciler.report.counts import count_of
from reconciler.report.escape import escape

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from collections.abc import Set as AbstractSet
    from pathlib import PurePath

    from reconciler.manifests.export.app_manifest import AppManifest
    from reconciler.manifests.export.entries import Entries
    from reconciler.model.names import AppRef
    from reconciler.planning.changes import Item


_NOUNS = MappingProxyType(
    {
        Kind.NETWORK_POLICY: "policy",
        Kind.INTERNAL_ROUTE: "route",
        Kind.ROUTE_DESTINATION: "route",
        Kind.ENVIRONMENT: "variable",
    }
)


def named(item: Item) -> str:
    """Name what a plan takes away, with its noun."""
    return f"{_NOUNS[item.kind]} {item.address}"


def encode_export(
    folder: PurePath,
    entries: Entries,
    written: Iterable[PurePath],
    removed: Iterable[Item] = (),
    governed: AbstractSet[AppRef] = frozenset(),
) -> dict[str, Any]:
    """Turn the outcome into JSON: what there was to say of each space, and which files were written.

    `removed` is what a plan takes away all the same, `governed` the apps that manifests there stand for.
    """
    return {
        "directory": str(folder),
        "files": sorted(str(folder / name) for name in written),
        "spaces": [
            {
                "space": str(item.space),
                "apps": len(item.apps),
                "policies": sum(app.policies for app in item.apps),
                "partial_view": item.is_partial,
                "left_out": [
                    {"app": str(one.app), "reasons": list(one.reasons), "governed": one.app in governed}
                    for one in item.left_out
                ],
            }
            for item in entries.spaces
        ],
        "unnamed_spaces": [{"space": str(space), "reason": reason} for space, reason in entries.unnamed],
        "taken_away": [{"kind": item.kind.value, "address": item.address} for item in removed],
    }


def render_export(report: Mapping[str, Any]) -> str:
    """Write the outcome for people."""
    lines = [escape(file) for file in report["files"]]
    for item in report["spaces"]:
        for one in item["left_out"]:
            what = "governed, but not said in full" if one["governed"] else "left out, and not touched by a plan"
            lines += ["", f"{what}: {escape(one['app'])}"]
            lines += [f"  {escape(reason)}" for reason in one["reasons"]]
    lines += _partial([item["space"] for item in report["spaces"] if item["partial_view"]])
    for one in report["unnamed_spaces"]:
        lines += ["", f"left out: the space {escape(one['space'])}: {escape(one['reason'])}"]
    listed = report["spaces"]
    counts = (
        count_of(len(listed), "space", "spaces"),
        count_of(sum(item["apps"] for item in listed), "app", "apps"),
        count_of(sum(item["policies"] for item in listed), "policy", "policies"),
    )
    left_out = count_of(sum(not one["governed"] for item in listed for one in item["left_out"]), "app", "apps")
    files = count_of(len(report["files"]), "file", "files")
    lines += ["", f"{files} written for {', '.join(counts)}; {left_out} left out."]
    return "".join(f"{line}\n" for line in lines)


def _partial(spaces: list[str]) -> list[str]:
    """Name the spaces of which not all was shown."""
    if not spaces:
        return []
    return [
        "",
        "callers may be missing, since not every policy was shown:",
        *(f"  {escape(space)}" for space in spaces),
        "A new manifest of them says `manages: additions`; one that was there keeps what it says. Let somebody who has",
        "network.admin and reads every space export again before it says `manages: apps`.",
    ]


def encode_app_manifests(
    folder: PurePath, manifests: Iterable[AppManifest], written: Iterable[PurePath]
) -> dict[str, Any]:
    """Turn the outcome of writing app manifests into JSON."""
    return {
        "files": [str(folder / name) for name in sorted(written)],
        "spaces": [
            {
                "space": str(item.space),
                "policies": len(item.policies),
                "routes": len(item.routes),
                "left_out": list(item.left_out),
            }
            for item in manifests
        ],
    }


def render_app_manifests(report: Mapping[str, Any]) -> str:
    """Write the outcome of writing app manifests for people."""
    lines = [escape(file) for file in report["files"]]
    left_out = [reason for item in report["spaces"] for reason in item["left_out"]]
    if left_out:
        lines += ["", "left out, since an app manifest cannot say it:", *(f"  {escape(reason)}" for reason in left_out)]
    counts = (
        count_of(sum(item["policies"] for item in report["spaces"]), "policy", "policies"),
        count_of(sum(item["routes"] for item in report["spaces"]), "route", "routes"),
    )
    lines += ["", f"{count_of(len(report['files']), 'file', 'files')} written with {', '.join(counts)}."]
    return "".join(f"{line}\n" for line in lines).lstrip("\n")
