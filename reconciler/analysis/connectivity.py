"""The difference between two networks in what is reachable: pairs of apps gained, lost, changed, and the chains.

Plans compare exact policies. Here the policies between two apps are taken together, so that an edit which opens nothing
new is said to leave reachability as it is.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from reconciler.analysis.openings import difference, openings_of, words_changed
from reconciler.analysis.reachability import PolicyGraph, first_hops
from reconciler.model.connectivity import ConnectivityChange, ConnectivityKind, Opening, Openings, Risk
from reconciler.model.guardrail import Enforcement
from reconciler.model.names import matches
from reconciler.model.ports import PLATFORM_TLS_APP_PORT, PLATFORM_TLS_PORT, PortRange, Protocol, TlsMode

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from reconciler.diagnostics import Span
    from reconciler.model.desired import Origins
    from reconciler.model.guardrail import Guardrail
    from reconciler.model.names import AppRef
    from reconciler.model.network import Network
    from reconciler.model.policy import NetworkPolicy

_Pair = tuple["AppRef", "AppRef"]

_LONGEST_PATH = 16
_KINDS = tuple(ConnectivityKind)
_RISKS = tuple(Risk)
_SAFE = frozenset({TlsMode.AUTO, TlsMode.MANUAL})
_BEHIND_TLS = PortRange(PLATFORM_TLS_APP_PORT, PLATFORM_TLS_APP_PORT)


def protected_zones(guardrails: Iterable[Guardrail]) -> frozenset[str]:
    """Give the zones, or patterns of them, that some guardrail denies something on the way into."""
    return frozenset(
        zone
        for guardrail in guardrails
        if guardrail.enforcement is Enforcement.DENY
        for zone in guardrail.match.destination.zone
    )


def connectivity_changes(
    before: Network, after: Network, protected: Collection[str] = ()
) -> tuple[ConnectivityChange, ...]:
    """Say what a change from one network to another means, worst first.

    `protected` are zones, or patterns of them. New ways into them from outside weigh more, and apps that newly reach
    one through others are listed with a shortest way.
    """
    changes = [_between(pair, before, after, *sides, protected) for pair, sides in _touched(before, after).items()]
    if any(change.gained for change in changes):
        changes += _chained(before, after, protected)
    return tuple(sorted(changes, key=_worst_first))


def _worst_first(change: ConnectivityChange) -> tuple[int, int, AppRef, AppRef, str]:
    return (
        _RISKS.index(change.risk),
        _KINDS.index(change.kind),
        change.destination,
        change.source,
        change.zone or "",
    )


def _touched(before: Network, after: Network) -> dict[_Pair, tuple[list[NetworkPolicy], list[NetworkPolicy]]]:
    """Give the policies, before and after, of the pairs of apps between which anything differs."""
    edited = before.policies.keys() ^ after.policies.keys()
    spoken = (policy for policy, terms in before.policies.items() if after.policies.get(policy, terms) != terms)
    pairs = {(policy.source, policy.destination) for policy in (*edited, *spoken)}
    found: dict[_Pair, tuple[list[NetworkPolicy], list[NetworkPolicy]]] = {pair: ([], []) for pair in sorted(pairs)}
    destinations = {destination for _, destination in pairs}
    for side, network in enumerate((before, after)):
        for policy in network.policies if pairs else ():
            # Most policies lead elsewhere; one look at their destination is all that they are worth.
            if policy.destination in destinations and (pair := (policy.source, policy.destination)) in pairs:
                found[pair][side].append(policy)
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
    spoken = words_changed(was, now)
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
    behind = Opening(Protocol.TCP.value, _BEHIND_TLS, None)
    return all(opening.tls is TlsMode.NONE or (has_proxy and opening == behind) for opening in openings)


def _opens(opening: Opening, port: int) -> bool:
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
    """Say whether the way leads into a protected zone from outside it."""
    source, destination = (network.facts(app).zone for app in pair)
    return destination is not None and source != destination and _is_protected(destination, protected)


def _is_protected(zone: str, protected: Collection[str]) -> bool:
    return any(matches(pattern, zone) for pattern in protected)


def _origins(policies: Iterable[NetworkPolicy], network: Network) -> Origins:
    lines: dict[Span, None] = {}
    for policy in policies:
        lines.update(dict.fromkeys(term.origin for term in network.policies[policy]))
    return tuple(lines)


def _chained(before: Network, after: Network, protected: Collection[str]) -> Iterator[ConnectivityChange]:
    """Find the apps that reach a protected zone from outside through others, and did not reach it before."""
    zones: dict[str, list[AppRef]] = defaultdict(list)
    for app, facts in after.apps.items():
        if facts.zone is not None:
            zones[facts.zone].append(app)
    wanted = sorted(zone for zone in zones if _is_protected(zone, protected))
    if not wanted:
        return
    added = {policy.source for policy in after.policies.keys() - before.policies.keys()}
    callers = _callers(before)
    later = PolicyGraph(after.policies)
    for zone in wanted:
        inside = frozenset(zones[zone])
        known = _reaching(callers, inside)
        if added <= known:
            continue  # who reaches a zone anew does so by way of a new policy, whose source did not reach it before
        hops = first_hops(later, inside)
        ends: dict[AppRef, AppRef] = {}
        for app, hop in hops.items():  # nearest first, so that the rest of every way is known already
            ends[app] = ends.get(hop.destination, hop.destination)
            if app not in known and hop.destination not in inside:
                path = _path(app, hops)
                new = (policy for policy in path if policy not in before.policies)
                yield ConnectivityChange(
                    ConnectivityKind.CHAINED,
                    app,
                    ends[app],
                    before=(),
                    after=(),
                    origins=_origins(new, after),
                    risk=Risk.HIGH,
                    path=path,
                    zone=zone,
                )


def _callers(network: Network) -> dict[AppRef, list[AppRef]]:
    found: dict[AppRef, list[AppRef]] = {}
    for source, destination, *_ in network.policies:
        found.setdefault(destination, []).append(source)
    return found


def _reaching(callers: Mapping[AppRef, list[AppRef]], inside: Iterable[AppRef]) -> set[AppRef]:
    """Give the apps inside and all that reach them, in no order: that is much cheaper than the way of each."""
    seen = set(inside)
    waiting = list(seen)
    while waiting:
        new = set(callers.get(waiting.pop(), ())) - seen
        seen |= new
        waiting += new
    return seen


def _path(app: AppRef, hops: Mapping[AppRef, NetworkPolicy]) -> tuple[NetworkPolicy, ...]:
    path = [hops[app]]
    while len(path) < _LONGEST_PATH and path[-1].destination in hops:
        path.append(hops[path[-1].destination])
    return tuple(path)
