"""Live policies and internal routes as app manifests, the way Cloud Foundry's RFC-0034 sketches them for a space.

The RFC is a sketch and no release takes it yet. What it says here, `reconciler.manifests.importing` reads back.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from reconciler.manifests.editing.space_line import space_line
from reconciler.manifests.editing.yaml_text import block
from reconciler.manifests.export.entries import mapping_problem
from reconciler.model.environment import SYSTEM_TRUST
from reconciler.model.names import AppRef

if TYPE_CHECKING:
    from collections.abc import Iterable

    from reconciler.model.live import LiveState
    from reconciler.model.names import SpaceRef
    from reconciler.model.policy import NetworkPolicy
    from reconciler.model.route import InternalRoute

VERSION = 2
"""The version of app manifests that the RFC is about."""

PREFACE = """\
# For a Cloud Foundry that takes app manifests of version 2 (RFC-0034): the policies to the apps of this space, and its
# internal routes. Nothing else of the apps is here.
"""


@dataclass(frozen=True, slots=True)
class AppManifest:
    """The manifest of one space. `left_out` is what is live and the RFC has no words for, a sentence each."""

    space: SpaceRef
    policies: tuple[NetworkPolicy, ...]
    routes: tuple[tuple[InternalRoute, tuple[AppRef, ...]], ...]
    left_out: tuple[str, ...] = ()


def app_manifests_of(live: LiveState, spaces: Iterable[SpaceRef]) -> tuple[AppManifest, ...]:
    """Say what the manifests of these spaces hold; spaces without policies and internal routes have none."""
    policies: dict[SpaceRef, list[NetworkPolicy]] = defaultdict(list)
    routes: dict[SpaceRef, dict[InternalRoute, list[AppRef]]] = defaultdict(lambda: defaultdict(list))
    left_out: dict[SpaceRef, list[str]] = defaultdict(list)
    for app in sorted(live.policies.destinations()):
        policies[app.space_ref.folded] += sorted(live.policies.to(app))
    for stale in live.stale:
        if isinstance(stale.destination, AppRef):
            left_out[stale.destination.space_ref.folded].append(f"{stale}: its source has no name")
    for route, app in sorted((name, one) for name, known in live.routes.items() for one in known.destinations):
        problem = mapping_problem(route, app, live)
        if route.domain not in live.internal_domains:
            continue
        if problem is None:
            routes[app.space_ref.folded][route].append(app)
        else:
            left_out[app.space_ref.folded].append(f"route {route} -> {app}: {problem}")
    for app, variables in sorted(live.environment.items()):
        if any(variables.get(name) == value for name, value in SYSTEM_TRUST.items()):
            left_out[app.space_ref.folded].append(
                f"{app}: `trust`, whose variables cannot be set without unsetting all others"
            )
    return tuple(
        AppManifest(
            space,
            tuple(policies[key]),
            tuple((route, tuple(apps)) for route, apps in routes[key].items()),
            tuple(left_out[key]),
        )
        for space, key in ((space, space.folded) for space in sorted(spaces))
        if policies[key] or routes[key] or left_out[key]
    )


def render_app_manifest(item: AppManifest) -> str:
    """Write the manifest of one space, which a comment names."""
    line = space_line(item.space)
    space = "" if line is None else f"{line}\n"
    content: dict[str, Any] = {"version": VERSION}
    if item.routes:
        content["routes"] = [
            {"url": str(route), "destinations": [{"app": {"name": app.app}} for app in apps]}
            for route, apps in item.routes
        ]
    content["network_policies"] = [_policy(policy) for policy in item.policies]
    return PREFACE + space + block(content)


def _policy(policy: NetworkPolicy) -> dict[str, Any]:
    ports = policy.start if policy.start == policy.end else str(policy.ports)
    source = policy.source
    return {
        "destination": {"app": {"name": policy.destination.app, "port_range": ports}},
        "source": {"app": {"name": source.app, "space": source.space, "org": source.org}},
        "protocol": policy.protocol,
    }
