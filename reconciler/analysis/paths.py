"""Ways through a network in words: every hop with the manifest lines that ask for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from reconciler.analysis.reachability import Path
    from reconciler.model.network import Network
    from reconciler.model.policy import NetworkPolicy

_MOST_LINES = 3
_MOST_HOPS = 12


def describe_path(path: Path, network: Network) -> str:
    """Write every hop of a way, the first ones of a very long one."""
    hops = [describe_hop(policy, network) for policy in path[:_MOST_HOPS]]
    if len(path) > _MOST_HOPS:
        hops.append(f"{len(path) - _MOST_HOPS} more hops to {path[-1].destination}")
    return ", then ".join(hops)


def describe_hop(policy: NetworkPolicy, network: Network) -> str:
    """Write a policy with the manifest lines that ask for it."""
    lines = [f"{term.origin.file}:{term.origin.line}" for term in network.policies.get(policy, ())]
    if not lines:
        return f"{policy} (no manifest line)"
    more = f" and {len(lines) - _MOST_LINES} more" if len(lines) > _MOST_LINES else ""
    return f"{policy} ({', '.join(lines[:_MOST_LINES])}{more})"
