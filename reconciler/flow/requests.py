"""What can be asked of the flow."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date

    from reconciler.apply.journal import Journal
    from reconciler.diagnostics import Diagnostic
    from reconciler.manifests.loaded import Bundle


@dataclass(frozen=True, slots=True)
class PlanRequest:
    """What to plan.

    `today` (UTC) decides which grants have ended. `warnings` about the manifests are carried into the plan.
    `paths` are where the manifests were found, as typed, `revision` is their git commit. `max_revokes` is what the
    command line allows. `all_environments` reads the environment of every listed app, however many there are.
    """

    bundle: Bundle
    today: date
    warnings: tuple[Diagnostic, ...] = ()
    max_revokes: int | None = None
    revision: str | None = None
    all_environments: bool = False
    paths: tuple[str, ...] = ()

    @property
    def api(self) -> str | None:
        """The foundation that it is for, if the manifests say so."""
        return self.bundle.api

    @property
    def source(self) -> str:
        """Name what it is made from."""
        return "the manifests"


@dataclass(frozen=True, slots=True)
class RollbackRequest:
    """What to roll back: the journal at `path`, whose contents have the digest. `max_revokes` as for a plan."""

    journal: Journal
    path: str
    digest: str
    today: date
    max_revokes: int | None = None

    @property
    def api(self) -> str | None:
        """The foundation that it is for."""
        return self.journal.undertaking.foundation

    @property
    def source(self) -> str:
        """Name what it is made from."""
        return f"the journal {self.path}"


Request = PlanRequest | RollbackRequest
