"""Planning a piece of YAML against another, for tests that read like the language page."""

from __future__ import annotations

from datetime import date
from textwrap import dedent
from typing import TYPE_CHECKING

import yaml

from reconciler.flow.plans import plan_against
from reconciler.flow.requests import PlanRequest
from reconciler.manifests.bundle import load_bundle
from reconciler.manifests.snapshots.live import live_state_of

if TYPE_CHECKING:
    from pathlib import Path

    from reconciler.planning.plan import Plan

TODAY = date(2026, 11, 20)
HEADER = "apiVersion: c2c/v1\nkind: Space\norg: acme\nspace: web\n"


def bundle_of(folder: Path, *documents: str, today: date = TODAY):
    """Load manifests; `HEADER` is put before a document that has no kind of its own."""
    for number, document in enumerate(documents):
        text = dedent(document)
        (folder / f"{number}.yml").write_text(text if "kind:" in text else HEADER + text, encoding="utf-8")
    loaded = load_bundle([str(folder)], today=today)
    assert loaded.bundle is not None, loaded.diagnostics
    return loaded


def plan_scenario(folder: Path, live: str, *documents: str, today: date = TODAY, **options) -> Plan:
    """Plan documents against a live state, of which the apps of acme/web may be given in short."""
    loaded = bundle_of(folder, *documents, today=today)
    snapshot = yaml.safe_load(dedent(live)) or {}
    return plan_against(PlanRequest(loaded.bundle, today, loaded.diagnostics, **options), live_state_of(snapshot))


def lines(plan: Plan) -> list[str]:
    """Write every change as `action address reason`."""
    return [f"{change.action} {change.item.address} {change.reason}" for change in plan.changes]


def web(*apps: str, policies: tuple[str, ...] = (), routes: tuple[str, ...] = (), more: str = "") -> str:
    """Write a snapshot with these apps in acme/web, and policies as `a -> b tcp/8080`."""
    listed = "".join(f"          - {{name: {app}}}\n" if "{" not in app else f"          - {app}\n" for app in apps)
    mapped = "".join(f"          - {route}\n" for route in routes)
    text = "organizations:\n  - name: acme\n    spaces:\n      - name: web\n        apps:\n" + (
        listed or "          []\n"
    )
    text += f"        routes:\n{mapped}" if routes else ""
    text += more
    text += "network_policies:\n" if policies else ""
    for policy in policies:
        source, _, rest = policy.partition(" -> ")
        destination, ports = rest.split(" ")
        protocol, numbers = ports.split("/")
        text += (
            f"  - {{source: {_address(source)}, destination: {_address(destination)}, "
            f"protocol: {protocol}, ports: {numbers}}}\n"
        )
    return text


def _address(name: str) -> str:
    if name.startswith("guid:"):
        return f"{{guid: {name.removeprefix('guid:')}}}"
    return name if "/" in name else f"acme/web/{name}"
