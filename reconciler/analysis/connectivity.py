"""The difference between two networks in what is reachable: pairs of apps gained, lost, changed, and the chains.

Plans compare exact policies. Here the policies between two apps are taken together, so that an edit which opens nothing
new is said to leave reachability as it is.
"""

from __future__ import annotations

from collections import defaultdict
from types import MappingProxyType
from typing import TYPE_CHECKING

from reconciler.analysis.openings import difference, openings_of, tls_changes
from reconciler.analysis.reachability import BackwardSearch
from reconciler.model.connectivity import ConnectivityChange, ConnectivityKind, Openings, OpenPorts, Risk
from reconciler.model.finding import Severity
from reconciler.model.names import fold, matches
from reconciler.model.policies import PolicyMap
from reconciler.model.ports import PLATFORM_TLS_APP_PORT, PLATFORM_TLS_PORT, PortRange, Protocol, TlsMode

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from reconciler.diagnostics import Span
    from reconciler.model.desired import Origins, Term
    from reconciler.model.guardrail import Guardrail
    from reconciler.model.names import AppRef
    from reconciler.model.network import Network
    from reconciler.model.policies import ByDestination
    from reconciler.model.policy import NetworkPolicy

_Pair = tuple["AppRef", "AppRef"]

_LONGEST_PATH = 16
_KINDS = tuple(ConnectivityKind)
_RISKS = tuple(Risk)
_SAFE = frozenset({TlsMode.AUTO, TlsMode.MANUAL})
_NO_GROUP: Mapping[int, tuple[Term, ...]] = MappingProxyType({})
_BEHIND_TLS = PortRange(PLATFORM_TLS_APP_PORT, PLATFORM_TLS_APP_PORT)


def protected_zones(guardrails: Iterable[Guardrail]) -> frozenset[str]:
    """Give the zones, or patterns of them, that some guardrail denies something on the way into."""
    return frozenset(
        zone
        for guardrail in guardrails
        if guardrail.enforcement is Severity.DENY
        for zone in guardrail.match.destination.zone
    )


def connectivity_changes(
    before: Network, after: Network, protected: Collection[str] = ()
) -> tuple[ConnectivityChange, ...]:
    """Say what a change from one network to another means, worst first.

    `protected` are zones, or patterns of them. New ways into them from outside weigh more, and apps that newly reach
    one through others are listed with a shortest way.
    """
    edit = _Edit(before, after)
    changes = [_between(pair, before, after, *sides, protected) for pair, sides in edit.touched().items()]
    if any(change.gained for change in changes):
        changes += _chained(edit, protected)
    return tuple(sorted(changes, key=_worst_first))


def _worst_first(change: ConnectivityChange) -> tuple[int, int, AppRef, AppRef, str]:
    return (
        _RISKS.index(change.risk),
        _KINDS.index(change.kind),
        change.destination,
        change.source,
        change.zone or "",
    )


class _Edit:
    """Two networks, and what differs between them."""

    def __init__(self, before: Network, after: Network) -> None:
        self.before, self.after = before, after
        self.later = after.policies
        self.earlier = PolicyMap.of(before.policies, self.later.numbering)
        self.edited = frozenset(self._edited())

    def _edited(self) -> Iterator[NetworkPolicy]:
        """Give the policies that are in one network only, or are asked for by other entries in each."""
        old, new, name = self.earlier.groups, self.later.groups, self.later.numbering.policy
        for place in old.keys() | new.keys():
            one, other = old.get(place, _NO_GROUP), new.get(place, _NO_GROUP)
            if one is not other:
                for number in one.keys() | other.keys():
                    if one.get(number) != other.get(number):
                        yield name(place, number)

    @property
    def added(self) -> frozenset[NetworkPolicy]:
        """The policies that are new."""
        return frozenset(policy for policy in self.edited if policy not in self.earlier)

    def touched(self) -> dict[_Pair, tuple[list[NetworkPolicy], list[NetworkPolicy]]]:
        """Give the policies, before and after, of the pairs of apps between which anything differs."""
        found: dict[_Pair, tuple[list[NetworkPolicy], list[NetworkPolicy]]] = {
            (policy.source, policy.destination): ([], []) for policy in self.edited
        }
        for app in {policy.destination for policy in self.edited}:
            for side, policies in enumerate((self.earlier, self.later)):
                for policy in policies.to(app):
                    if policy[:2] in found:
                        found[policy[:2]][side].append(policy)
        return found


def _between(
    pair: _Pair,
    before: Network,
    after: Network,
    old: list[NetworkPolicy],
    new: list[NetworkPolicy],
    protected: Collection[str],
) -> ConnectivityChange:
    was = openings_of((policy, before.policies[policy]) for policy in old)
    now = openings_of((policy, after.policies[policy]) for policy in new)
    gained, lost = difference(now, was), difference(was, now)
    kind = _kind(was, now, gained, lost)
    added = sorted(policy for policy in new if before.policies.get(policy) != after.policies[policy])
    return ConnectivityChange(
        kind,
        *pair,
        before=was,
        after=now,
        gained=gained,
        lost=lost,
        origins=_origins(added, after),
        risk=_risk(kind, gained, crosses=_crosses(pair, after, protected)),
    )


def _kind(was: Openings, now: Openings, gained: Openings, lost: Openings) -> ConnectivityKind:
    if not (was and now):
        return ConnectivityKind.GAINED if now else ConnectivityKind.LOST
    if gained and lost:
        return _moved(gained, lost)
    if gained or lost:
        return ConnectivityKind.WIDENED if gained else ConnectivityKind.NARROWED
    spoken = tls_changes(was, now)
    if any(one in _SAFE and other is TlsMode.NONE for one, other in spoken):
        return ConnectivityKind.DECRYPTED
    if any(one is TlsMode.NONE and other in _SAFE for one, other in spoken):
        return ConnectivityKind.ENCRYPTED
    return ConnectivityKind.UNCHANGED


def _moved(gained: Openings, lost: Openings) -> ConnectivityKind:
    """Tell a move between plaintext and TLS from any other exchange of ports."""
    if _is_tls(gained) and _is_plaintext(lost, gained):
        return ConnectivityKind.ENCRYPTED
    if _is_tls(lost) and _is_plaintext(gained, lost):
        return ConnectivityKind.DECRYPTED
    return ConnectivityKind.CHANGED


def _is_tls(openings: Openings) -> bool:
    return all(opening.tls in _SAFE for opening in openings)


def _is_plaintext(openings: Openings, others: Openings) -> bool:
    """Say whether the ports speak plaintext. 8080 does where 61443 comes or goes: the platform's proxy leads there."""
    has_proxy = any(_opens(opening, PLATFORM_TLS_PORT) for opening in others)
    behind = OpenPorts(Protocol.TCP.value, _BEHIND_TLS, None)
    return all(opening.tls is TlsMode.NONE or (has_proxy and opening == behind) for opening in openings)


def _opens(opening: OpenPorts, port: int) -> bool:
    return opening.protocol == Protocol.TCP and opening.ports.contains(port)


def _risk(kind: ConnectivityKind, gained: Openings, *, crosses: bool) -> Risk:
    if kind is ConnectivityKind.DECRYPTED:
        return Risk.HIGH
    if kind is ConnectivityKind.ENCRYPTED or not gained:
        return Risk.NONE
    if _is_tls(gained):
        return Risk.MEDIUM if crosses else Risk.LOW
    return Risk.HIGH if crosses else Risk.MEDIUM


def _crosses(pair: _Pair, network: Network, protected: Collection[str]) -> bool:
    """Say whether the way leads from one organization into another, or into a protected zone from outside it."""
    if fold(pair[0].org) != fold(pair[1].org):
        return True
    source, destination = (network.facts(app).zone for app in pair)
    return destination is not None and source != destination and _is_protected(destination, protected)


def _is_protected(zone: str, protected: Collection[str]) -> bool:
    return any(matches(pattern, zone) for pattern in protected)


def _origins(policies: Iterable[NetworkPolicy], network: Network) -> Origins:
    lines: dict[Span, None] = {}
    for policy in policies:
        lines.update(dict.fromkeys(term.origin for term in network.policies[policy]))
    return tuple(lines)


def _chained(edit: _Edit, protected: Collection[str]) -> Iterator[ConnectivityChange]:
    """Find the apps that reach a protected zone from outside through others, and did not reach it before."""
    zones: dict[str, set[AppRef]] = defaultdict(set)
    for app, facts in edit.after.apps.items():
        if facts.zone is not None:
            zones[facts.zone].add(app)
    wanted = sorted(zone for zone in zones if _is_protected(zone, protected))
    if not wanted:
        return
    # Who reaches a zone anew does so by way of a new policy, from an app that did not reach it before to one that did.
    newly_called: dict[AppRef, set[AppRef]] = defaultdict(set)
    for policy in edit.added:
        newly_called[policy.source].add(policy.destination)
    doubtful = newly_called.keys()
    earlier, later = BackwardSearch(edit.earlier), BackwardSearch(edit.later)
    for zone in wanted:
        known = earlier.reaching(zones[zone], doubtful)
        first = {app for app in doubtful - known if not newly_called[app].isdisjoint(known)}
        if not first:
            continue
        gained = later.reaching_anew(first, known)
        ways = _Ways(edit.later, later.next_hops(zones[zone], gained))
        for app in ways.through_others() & gained:
            path = ways.path(app)
            yield ConnectivityChange(
                ConnectivityKind.CHAINED,
                app,
                ways.end(app),
                before=(),
                after=(),
                origins=_origins((policy for policy in path if policy not in edit.before.policies), edit.after),
                risk=Risk.HIGH,
                path=path,
                zone=zone,
            )


class _Ways:
    """Shortest ways into a zone."""

    def __init__(self, policies: ByDestination, hops: dict[AppRef, AppRef]) -> None:
        self._policies, self._hops = policies, hops
        self._ends: dict[AppRef, AppRef] = {}
        self._first: dict[AppRef, dict[AppRef, NetworkPolicy]] = {}

    def through_others(self) -> set[AppRef]:
        """Give the apps that have to go through another one."""
        return {app for app, hop in self._hops.items() if hop in self._hops}

    def end(self, app: AppRef) -> AppRef:
        """Give the app inside the zone where the way of an app ends."""
        passed = []
        while app in self._hops and app not in self._ends:
            passed.append(app)
            app = self._hops[app]
        end = self._ends.get(app, app)
        self._ends.update(dict.fromkeys(passed, end))
        return end

    def path(self, app: AppRef) -> tuple[NetworkPolicy, ...]:
        """Give the way of an app, hop by hop as far as anybody would read."""
        path: list[NetworkPolicy] = []
        while len(path) < _LONGEST_PATH and app in self._hops:
            path.append(self._policies_to(self._hops[app])[app])
            app = self._hops[app]
        return tuple(path)

    def _policies_to(self, app: AppRef) -> dict[AppRef, NetworkPolicy]:
        """Give the first policy of each source: of a popular app they are put in order once."""
        if app not in self._first:
            self._first[app] = {policy.source: policy for policy in sorted(self._policies.to(app), reverse=True)}
        return self._first[app]
