"""A live state as a Snapshot document: the inverse of `reconciler.manifests.snapshots.live`.

A plan against the document makes the same changes as one against the state. What no Snapshot can say, such as a route
whose owner is hidden from the caller, is left out and named: see `SnapshotText.omitted`.
"""

from __future__ import annotations

import re
from datetime import UTC
from typing import TYPE_CHECKING, Any, NamedTuple

import orjson

from reconciler.manifests.editing.yaml_text import block
from reconciler.manifests.text import shown
from reconciler.model.names import AppRef, SpaceRef, encode_segment, fold
from reconciler.model.policy import UnknownApp

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from reconciler.model.live import LiveRoute, LiveState
    from reconciler.model.policy import NetworkPolicy, StalePolicy
    from reconciler.model.route import InternalRoute

_NAME = re.compile("[^\\x00-\\x1f\\x7f-\\x9f\u2028\u2029]{1,255}")
_WORDS = re.compile("[^\\x00-\\x1f\\x7f-\\x9f\u2028\u2029]{1,1000}")
_GUID = re.compile("[A-Za-z0-9_-]{1,200}")
_DEAD_GUID = re.compile("[^\\x00]{1,255}", re.DOTALL)

_OTHER_PROCESS = "worker"
"""Stands for every process type but `web`: which one it is, a live state does not say, and no plan asks."""


class SnapshotText(NamedTuple):
    """A Snapshot document, and what of the live state is not in it, a sentence each."""

    document: dict[str, Any]
    omitted: tuple[str, ...]

    def as_json(self) -> bytes:
        """Write it as JSON."""
        return orjson.dumps(self.document, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)

    def as_yaml(self) -> bytes:
        """Write it as YAML."""
        return block(self.document).encode()


def snapshot_of(live: LiveState, *, redact: bool = False) -> SnapshotText:
    """Describe a live state, sorted. With `redact` the environment stays out.

    Of the policies, those with an end in the spaces that were read are kept, and all stale ones: one of them may tell
    an app that was made again.
    """
    writer = _Writer(live, redact=redact)
    document = writer.document()
    return SnapshotText(document, tuple(sorted(writer.omitted)))


class _Writer:
    def __init__(self, live: LiveState, *, redact: bool) -> None:
        self._live = live
        self._redact = redact
        self.omitted = {f"the policy {shown(policy)}: no Snapshot can hold its ports" for policy in live.impossible}
        read = {space.folded for space in live.spaces}
        near = {app for app in live.policies.ends() if app.space_ref.folded in read}
        self._policies = [policy for policy in live.policies if policy.source in near or policy.destination in near]
        internal = {route: state for route, state in live.routes.items() if route.domain in live.internal_domains}
        self._routes = {route: state for route, state in internal.items() if self._has_place(route, state)}
        needed = self._needed(read)
        self._apps = {app: known for app, known in live.apps.items() if app in needed and self._fits(app)}
        self._spaces = {space for space in self._all_spaces() if self._fits(space)}

    def _needed(self, read: set[SpaceRef]) -> set[AppRef]:
        apps = {app for app in self._live.apps if app.space_ref.folded in read}
        apps.update(end for policy in self._policies for end in (policy.source, policy.destination))
        apps.update(
            end for stale in self._live.stale for end in (stale.source, stale.destination) if isinstance(end, AppRef)
        )
        for state in self._routes.values():
            apps |= state.destinations
        return apps

    def _all_spaces(self) -> set[SpaceRef]:
        owners = {state.space for state in self._routes.values() if state.space is not None}
        return set(self._live.spaces) | {app.space_ref for app in self._apps} | owners

    def _fits(self, address: AppRef | SpaceRef) -> bool:
        fits = all(map(_NAME.fullmatch, address))
        if not fits:
            what = "app" if isinstance(address, AppRef) else "space"
            self.omitted.add(f"the {what} {shown(str(address))}: its name is none that a Snapshot can hold")
        return fits

    def _has_place(self, route: InternalRoute, state: LiveRoute) -> bool:
        if state.space is None or not all(map(_NAME.fullmatch, state.space)):
            self.omitted.add(f"the internal route {shown(str(route))}: the space that owns it cannot be named")
            return False
        if not _WORDS.fullmatch(route.host) or not _WORDS.fullmatch(route.domain):
            self.omitted.add(f"the internal route {shown(str(route))}: its name is none that a Snapshot can hold")
            return False
        if state.unnamed_destinations:
            self.omitted.add(f"{state.unnamed_destinations} apps behind {shown(str(route))} that cannot be named")
        return True

    def document(self) -> dict[str, Any]:
        taken_at = self._live.taken_at
        return {
            "apiVersion": "c2c/v1",
            "kind": "Snapshot",
            **({"taken_at": taken_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")} if taken_at else {}),
            **_given(view=self._view()),
            "domains": [{"name": name, "internal": True} for name in self._domains()],
            "organizations": self._organizations(),
            "network_policies": self._network_policies(),
        }

    def _view(self) -> dict[str, Any]:
        """Say what was not shown; nothing where everything was."""
        caller, closed = self._live.caller, self._closed_environments()
        if caller is None or (caller.network_admin and caller.reads_every_app and not closed):
            return {}
        view: dict[str, Any] = {"every_policy": caller.network_admin, "every_app": caller.reads_every_app}
        if not caller.network_admin and caller.roles_known:
            view["policies_between"] = sorted(map(str, self._spaces & caller.developer_in))
        return view | _given(closed_environments=closed)

    def _closed_environments(self) -> list[str]:
        """Name the spaces that were read, but for the environment of their apps. Only some of it means nothing."""
        if self._redact:
            return []
        apps = {app.space_ref for app in self._live.apps if app in self._apps}
        opened = {app.space_ref for app in self._live.environment}
        return sorted(map(str, self._live.spaces & apps - opened))

    def _domains(self) -> list[str]:
        return [name for name in sorted(self._live.internal_domains) if _WORDS.fullmatch(name)]

    def _organizations(self) -> list[dict[str, Any]]:
        apps = _grouped((app.space_ref, app) for app in self._apps)
        routes = _grouped((state.space, route) for route, state in self._routes.items() if state.space)
        spaces = _grouped((space.org, space) for space in self._spaces)
        return [
            {
                "name": found[0].org,
                "spaces": [
                    {"name": space.space}
                    | _given(
                        apps=[self._app(app) for app in apps.get(space.folded, ())],
                        routes=[self._route(space, route) for route in routes.get(space.folded, ())],
                    )
                    for space in found
                ],
            }
            for _, found in sorted(spaces.items())
        ]

    def _app(self, app: AppRef) -> dict[str, Any]:
        known = self._apps[app]
        guid = known.incarnation if _GUID.fullmatch(known.incarnation) else None
        environment = {} if self._redact else dict(sorted(self._live.environment.get(app, {}).items()))
        return {"name": app.app} | _given(guid=guid, labels=dict(sorted(known.labels.items())), environment=environment)

    def _route(self, home: SpaceRef, route: InternalRoute) -> dict[str, Any]:
        state = self._routes[route]
        mapped = [self._destination(home, app, state) for app in sorted(state.destinations) if app in self._apps]
        shared = sorted(str(space) for space in state.shared_with if space in self._spaces)
        return {"host": route.host, "domain": route.domain} | _given(shared_with=shared, destinations=mapped)

    @staticmethod
    def _destination(home: SpaceRef, app: AppRef, state: LiveRoute) -> str | dict[str, str]:
        is_home = app.space_ref.folded == home.folded
        if app in state.without_web:
            names = {"app": app.app} if is_home else app._asdict()
            return names | {"process_type": _OTHER_PROCESS}
        return encode_segment(app.app) if is_home else str(app)

    def _network_policies(self) -> list[dict[str, Any]]:
        written = []
        policies: list[NetworkPolicy | StalePolicy] = [*self._policies, *self._live.stale]
        for policy in sorted(policies, key=lambda item: (str(item), item)):
            source, destination = self._end(policy.source), self._end(policy.destination)
            if source is None or destination is None:
                self.omitted.add(f"the policy {shown(str(policy))}: no Snapshot can hold its ends")
                continue
            ports = policy.start if policy.start == policy.end else f"{policy.start}-{policy.end}"
            written.append({"source": source, "destination": destination, "protocol": policy.protocol, "ports": ports})
        return written

    def _end(self, end: AppRef | UnknownApp) -> str | dict[str, str] | None:
        if isinstance(end, AppRef) and end in self._apps:
            return str(end)
        known = self._live.apps.get(end) if isinstance(end, AppRef) else None
        guid = end.guid if isinstance(end, UnknownApp) else known.incarnation if known else ""
        return {"guid": guid} if _DEAD_GUID.fullmatch(guid) else None


def _grouped(pairs: Iterable[tuple[Any, Any]]) -> Mapping[Any, list[Any]]:
    """Group values by name, in whatever case, and sort them."""
    found: dict[Any, list[Any]] = {}
    for key, value in pairs:
        found.setdefault(key.folded if isinstance(key, SpaceRef) else fold(key), []).append(value)
    return {key: sorted(values) for key, values in found.items()}


def _given(**values: object) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value}
