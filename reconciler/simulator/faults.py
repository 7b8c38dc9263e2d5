"""What can go wrong on a foundation, as values that tests and seeds inject."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from enum import StrEnum
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from reconciler.simulator.exchange import Request
    from reconciler.simulator.world import World


class Effect(StrEnum):
    """How a fault shows.

    The first group is what the policy server meets behind the scenes, the second what Cloud Controller meets, the
    third what happens on the way, and the fourth what tests use to change the world in the middle of a run.
    """

    UAA_DOWN = "uaa_down"
    UAA_EMPTY = "uaa_empty"
    CC_DOWN = "cc_down"
    CC_LISTS_NO_APPS = "cc_lists_no_apps"
    CC_KNOWS_NO_ROLES = "cc_knows_no_roles"
    CC_ROLES_DOWN = "cc_roles_down"
    CC_WITHOUT_V2 = "cc_without_v2"
    DATABASE_DOWN = "database_down"
    DATABASE_READ_ONLY = "database_read_only"
    DATABASE_NOT_MIGRATED = "database_not_migrated"

    UNKNOWN_ERROR = "unknown_error"
    SERVICE_UNAVAILABLE = "service_unavailable"
    RATE_LIMITED = "rate_limited"
    WARNING = "warning"
    JOB_FAILS = "job_fails"

    BAD_GATEWAY = "bad_gateway"
    NO_ENDPOINTS = "no_endpoints"
    UNKNOWN_ROUTE = "unknown_route"
    POLICY_SERVER_MISSING = "policy_server_missing"
    SLOW = "slow"
    DROP_BEFORE = "drop_before"
    DROP_AFTER = "drop_after"

    HOOK_BEFORE = "hook_before"
    HOOK_AFTER = "hook_after"


_DEFAULT_PATHS = {
    Effect.UNKNOWN_ERROR: "/v3/*",
    Effect.SERVICE_UNAVAILABLE: "/v3/*",
    Effect.RATE_LIMITED: "/v3/*",
    Effect.WARNING: "/v3/*",
    Effect.JOB_FAILS: "/v3/*",
    Effect.POLICY_SERVER_MISSING: "/networking*",
}


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault and the requests that it strikes.

    `method` and `path` are patterns in which `*` stands for anything; without a path the effect chooses one.
    The first `after` matching requests pass, then `times` of them are struck (None: all). `seconds` is the delay
    of a slow answer or the `Retry-After` of a 429, `text` the warning of a warning, `hook` what the two hook effects
    call.
    """

    effect: Effect
    method: str = "*"
    path: str | None = None
    times: int | None = None
    after: int = 0
    seconds: float = 30.0
    text: str = ""
    hook: Callable[[World], object] | None = None

    def strikes(self, request: Request) -> bool:
        """Say whether the fault is about such a request."""
        pattern = self.path or _DEFAULT_PATHS.get(self.effect, "*")
        return fnmatchcase(request.method, self.method) and fnmatchcase(request.path, pattern)


@dataclass(slots=True)
class FaultPlan:
    """The faults injected into a foundation, and how often each has matched."""

    _seen: list[tuple[Fault, list[int]]] = field(default_factory=list)

    def inject(self, fault: Fault) -> None:
        """Add a fault."""
        self._seen.append((fault, [0]))

    def clear(self) -> None:
        """Forget all faults."""
        self._seen.clear()

    def striking(self, request: Request) -> list[Fault]:
        """Give the faults that strike this request, in the order of injection, and count it."""
        struck = []
        for fault, seen in self._seen:
            if fault.strikes(request):
                seen[0] += 1
                if seen[0] > fault.after and (fault.times is None or seen[0] <= fault.after + fault.times):
                    struck.append(fault)
        return struck


def read_fault(entry: object) -> Fault:
    """Make a fault from an entry of a seed. Raise ValueError saying what is wrong."""
    if not isinstance(entry, Mapping):
        raise ValueError(f"a fault is a mapping, not {entry!r}")  # noqa: TRY004  # one kind of error for callers
    known = {item.name for item in fields(Fault)} - {"hook"}
    unknown = sorted(set(map(str, entry)) - known)
    if unknown:
        raise ValueError(f"a fault has no {', '.join(unknown)}; it has {', '.join(sorted(known))}")
    values: dict[str, Any] = dict(entry)
    effects = [effect.value for effect in Effect if effect not in {Effect.HOOK_BEFORE, Effect.HOOK_AFTER}]
    if values.get("effect") not in effects:
        raise ValueError(f"a fault has one of these effects: {', '.join(effects)}")
    return Fault(**(values | {"effect": Effect(values["effect"])}))
