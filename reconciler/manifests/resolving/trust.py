"""`trust`: the environment variables that make a calling app believe the platform's certificates."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.manifests.parsing.parsed import DocumentPlace
from reconciler.manifests.space import Manages
from reconciler.model.desired import DesiredVariable, Kind, Pending
from reconciler.model.environment import SYSTEM_TRUST, EnvironmentVariable
from reconciler.model.names import AppRef

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reconciler.manifests.loaded import SpaceDocument
    from reconciler.manifests.resolving.lookup import Apps
    from reconciler.model.live import LiveState


class TrustResolver:
    """Collects what the governed variables should be on each app.

    Where an environment was not read, nothing is wanted of it but what is declared.
    """

    def __init__(self, live: LiveState) -> None:
        self._read = live.environment
        self.variables: dict[EnvironmentVariable, DesiredVariable] = {}
        self.pending: list[Pending] = []

    def add(self, document: SpaceDocument, entries: Sequence[Apps]) -> None:
        """Take in the `trust` keys, and their absence, of a document whose entries stand for the given live apps."""
        space = document.value
        for number, (entry, apps) in enumerate(zip(space.apps, entries, strict=True)):
            if entry.trust is None:
                read = tuple(app for app in apps if app in self._read)
                if read and space.manages is not Manages.ADDITIONS:
                    self._set(read, None, document, number)
            elif apps:
                self._set(apps, entry.trust, document, number)
            else:
                name = str(AppRef(space.org, space.space, entry.name))
                origins = (document.document.span("apps", number, "trust"),)
                self.pending += [
                    Pending(Kind.ENVIRONMENT, f"{name} {variable}", (name,), origins) for variable in SYSTEM_TRUST
                ]

    def _set(self, apps: Apps, trust: str | None, document: SpaceDocument, number: int) -> None:
        place = DocumentPlace(document.document, ("apps", number, "trust") if trust else ("apps", number))
        for app in apps:
            for name, value in SYSTEM_TRUST.items():
                wanted = DesiredVariable(value if trust else None, (place,))
                self.variables[EnvironmentVariable(app, name)] = wanted
