"""`trust`: the environment variables that make a calling app believe the platform's certificates."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.manifests.space import Manages
from reconciler.model.desired import DesiredVariable, Kind, Pending
from reconciler.model.environment import SYSTEM_TRUST, EnvironmentVariable
from reconciler.model.names import AppRef

if TYPE_CHECKING:
    from reconciler.manifests.bundle import SpaceDocument
    from reconciler.manifests.lookup import Apps


class TrustResolver:
    """Collects what the governed variables should be on each app."""

    def __init__(self) -> None:
        self.variables: dict[EnvironmentVariable, DesiredVariable] = {}
        self.pending: list[Pending] = []

    def add(self, document: SpaceDocument, number: int, apps: Apps) -> None:
        """Take in the `trust` key, or its absence, of the entry `number` of a document."""
        space = document.value
        entry = space.apps[number]
        if entry.trust is None:
            if space.manages is not Manages.ADDITIONS:
                self._set(apps, None, document, number)
        elif apps:
            self._set(apps, entry.trust, document, number)
        else:
            name = str(AppRef(space.org, space.space, entry.name))
            span = document.document.span("apps", number, "trust")
            self.pending += [
                Pending(Kind.ENVIRONMENT, f"{name} {variable}", (name,), (span,)) for variable in SYSTEM_TRUST
            ]

    def _set(self, apps: Apps, trust: str | None, document: SpaceDocument, number: int) -> None:
        path = ("apps", number, "trust") if trust else ("apps", number)
        origins = (document.document.span(*path),)
        for app in apps:
            for name, value in SYSTEM_TRUST.items():
                wanted = DesiredVariable(value if trust else None, origins)
                self.variables[EnvironmentVariable(app, name)] = wanted
