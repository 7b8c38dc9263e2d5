"""What the policies between two apps open together: ports, and what they speak."""

from __future__ import annotations

from collections import Counter
from itertools import groupby
from typing import TYPE_CHECKING

from reconciler.model.connectivity import Openings, OpenPorts
from reconciler.model.port_set import PortSet, port_set, without
from reconciler.model.ports import PortRange, TlsMode

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from reconciler.model.desired import Term
    from reconciler.model.policy import NetworkPolicy

_WithTerms = tuple["NetworkPolicy", tuple["Term", ...]]

_PRECEDENCE = (TlsMode.AUTO, TlsMode.NONE, None, TlsMode.MANUAL)
"""Which mode counts where policies overlap: what the port proves, then the least safe."""

_CLOSED = -1


def openings_of(policies: Iterable[_WithTerms]) -> Openings:
    """Say what policies between two apps open, each given with the entries that ask for it."""
    spoken: dict[str, list[tuple[PortRange, TlsMode | None]]] = {}
    for policy, terms in policies:
        spoken.setdefault(policy.protocol, []).append((policy.ports, tls_of(policy, terms)))
    return tuple(opening for protocol in sorted(spoken) for opening in _swept(protocol, spoken[protocol]))


def tls_of(policy: NetworkPolicy, terms: tuple[Term, ...]) -> TlsMode | None:
    """Say what the ports of a policy speak: what the port proves, or the least safe of what its entries say."""
    if policy.known_tls is not None or not terms:
        return policy.known_tls
    return min((term.tls for term in terms), key=_PRECEDENCE.index)


def difference(ones: Openings, others: Openings) -> Openings:
    """Give the ports of the one that the other does not open, whatever they speak there."""
    taken = _ports(others)
    return tuple(
        OpenPorts(opening.protocol, ports, opening.tls)
        for opening in ones
        for ports in without((opening.ports,), taken.get(opening.protocol, ()))
    )


def tls_changes(before: Openings, after: Openings) -> frozenset[tuple[TlsMode | None, TlsMode | None]]:
    """Give the TLS modes, before and after, of ports that stay open and speak something else now."""
    found = set()
    left, right = 0, 0
    while left < len(before) and right < len(after):
        one, other = before[left], after[right]
        if one.protocol == other.protocol and one.ports.overlaps(other.ports) and one.tls != other.tls:
            found.add((one.tls, other.tls))
        if (one.protocol, one.ports.end) <= (other.protocol, other.ports.end):
            left += 1
        else:
            right += 1
    return frozenset(found)


def _ports(openings: Openings) -> dict[str, PortSet]:
    return {
        protocol: port_set(opening.ports for opening in group)
        for protocol, group in groupby(openings, key=lambda opening: opening.protocol)
    }


def _swept(protocol: str, spoken: list[tuple[PortRange, TlsMode | None]]) -> Iterator[OpenPorts]:
    """Go over the ports from the lowest to the highest and keep count of what is said of the one at hand."""
    events = sorted(
        [(ports.start, 1, tls) for ports, tls in spoken] + [(ports.end + 1, -1, tls) for ports, tls in spoken],
        key=lambda event: event[0],
    )
    said: Counter[TlsMode | None] = Counter()
    start, word = 0, _CLOSED
    for port, group in groupby(events, key=lambda event: event[0]):
        for _, change, tls in group:
            said[tls] += change
        new = next((index for index, mode in enumerate(_PRECEDENCE) if said[mode]), _CLOSED)
        if new != word:
            if word != _CLOSED:
                yield OpenPorts(protocol, PortRange(start, port - 1), _PRECEDENCE[word])
            start, word = port, new
