"""The plan: the one value in which deciding and doing meet."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from reconciler.model.finding import Severity
from reconciler.planning.changes import Change, Create, Delete, Replace

if TYPE_CHECKING:
    from collections.abc import Mapping
    from collections.abc import Set as AbstractSet
    from datetime import date, datetime

    from reconciler.model.connectivity import ConnectivityChange
    from reconciler.model.desired import Kind, Origins, Pending
    from reconciler.model.finding import Finding, WaiverUse
    from reconciler.model.names import AppRef
    from reconciler.model.network import Network
    from reconciler.model.policy import NetworkPolicy, StalePolicy


@dataclass(frozen=True, slots=True)
class Blocked:
    """A change that this caller cannot make: why, and who could. It may be there already: nobody here can tell."""

    kind: Kind
    address: str
    reason: str
    who: str
    origins: Origins


@dataclass(frozen=True, slots=True)
class Summary:
    """The counts of a plan. `unchanged` counts managed things that are already right."""

    create: int
    replace: int
    delete: int
    unchanged: int
    pending: int
    blocked: int
    foreign: int
    stale: int


@dataclass(frozen=True, slots=True)
class ManifestsVersion:
    """Which manifests the plan was made from.

    `digest` covers their bytes, `revision` is the git commit if there is one, `paths` are where they were looked for,
    as typed: an apply of the saved plan looks there again.
    """

    digest: str
    revision: str | None = None
    paths: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LiveVersion:
    """Which live state the plan was made on.

    `digest` covers what the plan depends on, not foreign things. `apps` holds a fingerprint for each app that a change
    names, so that an app made again under its name is recognised as the cause when a saved plan no longer fits.
    """

    digest: str
    taken_at: datetime | None
    apps: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PlanOptions:
    """How a plan was asked for, as far as that decides what is in it: an apply of the saved plan asks the same way.

    `today` is the day (UTC) by which grants were judged. `rollback_of` is the path of the journal that is undone, as
    typed; such a plan has no manifests.
    """

    today: date
    all_environments: bool = False
    rollback_of: str | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """What would be done, why, and on which state that was decided.

    `changes` are sorted. `room` says for the source apps near the server's quota how many policies they may still get:
    their changes need an order of their own. `network_admin` says whether the caller may change every policy.
    `foreign` are live policies outside the scope, `stale` those with an end that cannot be named; both are shown and
    never touched; `foreign_unlisted` counts more of them, where a saved plan has kept no more than their number.
    `waivers` are those that hold findings back. `connectivity` says what the changes mean, worst first; it follows from
    them and is no part of the digest. `network` is who can call whom once the changes are made, for pictures; None
    where only the changes are known, as for a rollback. It is not saved and no part of what a plan says.
    """

    foundation: str
    changes: tuple[Change, ...]
    manifests: ManifestsVersion
    live: LiveVersion
    options: PlanOptions
    room: Mapping[AppRef, int] = field(default_factory=dict)
    network_admin: bool = True
    unchanged: int = 0
    pending: tuple[Pending, ...] = ()
    blocked: tuple[Blocked, ...] = ()
    foreign: AbstractSet[NetworkPolicy] = frozenset()
    foreign_unlisted: int = 0
    stale: tuple[StalePolicy, ...] = ()
    findings: tuple[Finding, ...] = ()
    waivers: tuple[WaiverUse, ...] = ()
    connectivity: tuple[ConnectivityChange, ...] = ()
    network: Network | None = field(default=None, compare=False, repr=False)

    @property
    def is_empty(self) -> bool:
        """Say whether there is nothing to do."""
        return not self.changes

    @property
    def is_refused(self) -> bool:
        """Say whether a finding forbids this plan."""
        return any(finding.severity is Severity.DENY for finding in self.findings)

    @property
    def summary(self) -> Summary:
        """Count what the plan holds."""
        return Summary(
            create=sum(isinstance(change, Create) for change in self.changes),
            replace=sum(isinstance(change, Replace) for change in self.changes),
            delete=sum(isinstance(change, Delete) for change in self.changes),
            unchanged=self.unchanged,
            pending=len(self.pending),
            blocked=len(self.blocked),
            foreign=len(self.foreign) + self.foreign_unlisted,
            stale=len(self.stale),
        )
