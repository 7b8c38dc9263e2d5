"""What a cell installs for a policy, as its agent writes it into the filter table (`docs/explain.md`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from reconciler.model.policy import NetworkPolicy


def cell_rules(policy: NetworkPolicy) -> tuple[str, str]:
    """Give the rule that marks packets of the source, and the one that lets the mark in at the destination.

    Tags, addresses and GUIDs stand as words: cells have them, once for each instance.
    """
    source, destination = policy.source.app, policy.destination.app
    ports = str(policy.start) if policy.start == policy.end else f"{policy.start}:{policy.end}"
    mark = f"-s <{source} instance>/32 -j MARK --set-xmark <tag of {source}>/0xffffffff"
    match = f"-d <{destination} instance>/32 -p {policy.protocol} -m {policy.protocol} --dport {ports}"
    return mark, f"{match} -m mark --mark <tag of {source}> -j ACCEPT"
