"""From a live state to what the manifests of its spaces say, and to what they have to leave out.

An app whose inbound policies, routes or variables the language cannot say in full gets no entry: with `manages: apps`
it is then nobody's, and nothing of it is touched. All other apps of the space are governed.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from reconciler.manifests.export.words import SourceForm, name_problem, port_problem, route_problem, source_form
from reconciler.manifests.space import Manages
from reconciler.model.environment import SYSTEM_TRUST
from reconciler.model.names import AppRef
from reconciler.model.ports import PLATFORM_TLS_APP_PORT, PLATFORM_TLS_PORT, PortRange, Protocol, TlsMode

if TYPE_CHECKING:
    from collections.abc import Iterable

    from reconciler.model.live import LiveState
    from reconciler.model.names import SpaceRef
    from reconciler.model.policy import NetworkPolicy, StalePolicy
    from reconciler.model.route import InternalRoute


class Opened(NamedTuple):
    """What a port entry opens; the order of these is that of the entries."""

    protocol: str
    ports: PortRange

    @property
    def is_auto(self) -> bool:
        """Say whether it is the platform's TLS."""
        return self == _AUTO

    @property
    def tls(self) -> TlsMode:
        """What the port speaks, as far as its number tells: for any port but the platform's own a person has to say."""
        return TlsMode.AUTO if self.is_auto else TlsMode.NONE

    @property
    def name(self) -> str:
        """The name that a person would give the port."""
        return _USUAL_NAMES.get(self) or f"{self.protocol}-{self.ports}"


_AUTO = Opened(Protocol.TCP, PortRange(PLATFORM_TLS_PORT, PLATFORM_TLS_PORT))
PLAINTEXT = Opened(Protocol.TCP, PortRange(PLATFORM_TLS_APP_PORT, PLATFORM_TLS_APP_PORT))
"""The port behind the platform's TLS."""

_USUAL_NAMES = {_AUTO: "https", PLAINTEXT: "http"}


class GrantEntry(NamedTuple):
    """An ingress entry: callers that share their ports."""

    sources: tuple[SourceForm, ...]
    ports: tuple[Opened, ...]


@dataclass(frozen=True, slots=True)
class AppEntry:
    """An entry for one live app. `stale` are policies to it whose caller has no name."""

    app: AppRef
    trust: bool
    routes: tuple[str, ...]
    ports: tuple[Opened, ...]
    ingress: tuple[GrantEntry, ...]
    stale: tuple[StalePolicy, ...] = ()

    @property
    def is_called(self) -> bool:
        """Say whether the entry says more than that nobody may call."""
        return bool(self.trust or self.routes or self.ingress or self.stale)

    @property
    def policies(self) -> int:
        """Count the policies that it asks for."""
        return sum(len(grant.sources) * len(grant.ports) for grant in self.ingress)


@dataclass(frozen=True, slots=True)
class LeftOut:
    """An app without an entry, and why: each reason names what the language cannot say.

    `rest` is the entry for all that it can say; None for an app that it cannot even name.
    """

    app: AppRef
    reasons: tuple[str, ...]
    rest: AppEntry | None


@dataclass(frozen=True, slots=True)
class SpaceEntries:
    """One space. Both lists are sorted. `is_partial` says that its apps may have callers that nobody was shown."""

    space: SpaceRef
    apps: tuple[AppEntry, ...]
    left_out: tuple[LeftOut, ...] = ()
    is_partial: bool = False

    @property
    def manages(self) -> Manages:
        """How far a manifest of the space may reach: what is not known of must not be taken away."""
        return Manages.ADDITIONS if self.is_partial else Manages.APPS


@dataclass(frozen=True, slots=True)
class Entries:
    """All spaces with an app in them, sorted. `unnamed` are those that no manifest can name, each with the reason."""

    spaces: tuple[SpaceEntries, ...]
    unnamed: tuple[tuple[SpaceRef, str], ...] = ()


def live_entries(live: LiveState, spaces: Iterable[SpaceRef]) -> Entries:
    """Say what manifests for these spaces of a live state hold."""
    reader = _Reader(live)
    found, unnamed = [], []
    for space in sorted(spaces):
        apps = reader.apps_in(space)
        problem = name_problem(space)
        if problem is not None:
            unnamed.append((space, problem))
        elif apps:
            entries = [reader.entry(app) for app in apps]
            left_out = tuple(entry for entry in entries if isinstance(entry, LeftOut))
            named = tuple(entry for entry in entries if isinstance(entry, AppEntry))
            found.append(SpaceEntries(space, named, left_out, live.may_lack_policies_to(space)))
    return Entries(tuple(found), tuple(unnamed))


class _Reader:
    """A live state by what leads to each app."""

    def __init__(self, live: LiveState) -> None:
        self._live = live
        self._apps: dict[SpaceRef, list[AppRef]] = defaultdict(list)
        self._stale: dict[AppRef, list[StalePolicy]] = defaultdict(list)
        self._routes: dict[AppRef, list[InternalRoute]] = defaultdict(list)
        for app in sorted(live.apps):
            self._apps[app.space_ref.folded].append(app)
        for stale in live.stale:
            if isinstance(stale.destination, AppRef):
                self._stale[stale.destination].append(stale)
        for route in sorted(live.routes):
            if route.domain in live.internal_domains:
                for app in live.routes[route].destinations:
                    self._routes[app].append(route)

    def apps_in(self, space: SpaceRef) -> list[AppRef]:
        return self._apps.get(space.folded, [])

    def entry(self, app: AppRef) -> AppEntry | LeftOut:
        policies = {policy: policy_problem(policy, self._live) for policy in sorted(self._live.policies.to(app))}
        routes = {route: mapping_problem(route, app, self._live) for route in self._routes[app]}
        entry = AppEntry(
            app=app,
            trust=self._trusted(app) == len(SYSTEM_TRUST),
            routes=tuple(str(route) for route, problem in routes.items() if problem is None),
            ports=_sorted_ports(_opened(policy) for policy, problem in policies.items() if problem is None),
            ingress=_ingress(app, [policy for policy, problem in policies.items() if problem is None]),
            stale=tuple(self._stale[app]),
        )
        unnamed = name_problem(app)
        reasons = [] if unnamed is None else [unnamed]
        if 0 < self._trusted(app) < len(SYSTEM_TRUST):
            names = " and ".join(SYSTEM_TRUST)
            reasons.append(f"of {names} one holds what `trust: system` sets, and one does not")
        reasons += [
            f"{policy.source} -> {policy.protocol}/{policy.ports}: {problem}"
            for policy, problem in policies.items()
            if problem is not None
        ]
        reasons += [f"route {route}: {problem}" for route, problem in routes.items() if problem is not None]
        return LeftOut(app, tuple(reasons), None if unnamed else entry) if reasons else entry

    def _trusted(self, app: AppRef) -> int:
        """Count the variables that hold exactly what `trust` sets."""
        read = self._live.environment.get(app, {})
        return sum(read.get(name) == value for name, value in SYSTEM_TRUST.items())


def policy_problem(policy: NetworkPolicy, live: LiveState) -> str | None:
    """Say why a manifest cannot ask for a live policy; None if it can."""
    if policy.source not in live.apps:
        return "its caller is not among the live apps"
    unnamed = name_problem(policy.source)
    return port_problem(policy) if unnamed is None else f"of its caller: {unnamed}"


def mapping_problem(route: InternalRoute, app: AppRef, live: LiveState) -> str | None:
    """Say why a manifest cannot say that an app answers under a live route; None if it can."""
    state = live.routes[route]
    if state.space is None:
        return "its owner cannot be seen"
    if state.space.folded != app.space_ref.folded:
        return f"it belongs to {state.space}"
    if app in state.without_web:
        return "a process other than `web` answers there"
    return route_problem(route)


def _ingress(app: AppRef, policies: Iterable[NetworkPolicy]) -> tuple[GrantEntry, ...]:
    """Put callers with the same ports together, those of the app's own space first."""
    asked: dict[AppRef, set[Opened]] = defaultdict(set)
    for policy in policies:
        asked[policy.source].add(_opened(policy))
    shared: dict[tuple[Opened, ...], list[AppRef]] = defaultdict(list)
    for source, ports in asked.items():
        shared[_sorted_ports(ports)].append(source)
    grants = [(sorted(sources, key=lambda one: _distance(one, app)), ports) for ports, sources in shared.items()]
    grants.sort(key=lambda grant: _distance(grant[0][0], app))
    return tuple(GrantEntry(tuple(source_form(one, app) for one in sources), ports) for sources, ports in grants)


def _opened(policy: NetworkPolicy) -> Opened:
    return Opened(policy.protocol, policy.ports)


def _distance(source: AppRef, home: AppRef) -> tuple[bool, bool, bool, AppRef]:
    return (source != home, source.space_ref != home.space_ref, source.org != home.org, source)


def _sorted_ports(ports: Iterable[Opened]) -> tuple[Opened, ...]:
    """Sort ports, the platform's TLS first."""
    return tuple(sorted(set(ports), key=lambda item: (not item.is_auto, item)))
