"""What a rule is given, and what it gives."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from reconciler.diagnostics import Span
    from reconciler.manifests.loaded import Bundle
    from reconciler.model.names import AppRef
    from reconciler.model.network import Network
    from reconciler.model.policy import NetworkPolicy

_MOST_NAMED = 3


class Remark(NamedTuple):
    """Something that a rule noticed; its code and weight are the rule's.

    `source` and `destination` are the ends it is about, as far as it is about any: waivers go by them.
    """

    message: str
    hint: str
    origin: Span | None = None
    source: AppRef | None = None
    destination: AppRef | None = None


PoliciesOf = dict["AppRef", list["NetworkPolicy"]]


@dataclass(frozen=True)
class RuleInput:
    """What rules may look at: a network on a day (UTC), and the manifests if there are any.

    Findings are only about the apps that are `judged`, or about all with None: those that a plan governs, or those of
    the spaces that were read. Of others the routes are not known, and nobody here could do anything about them.
    `sees_every_policy` is false when the platform may hide policies from the caller: then no rule concludes
    anything from a policy that is not there.

    The indexes are made when a rule first asks for them. There may be half a million policies and thirteen rules: a
    rule asks what is rare first.
    """

    network: Network
    today: date
    bundle: Bundle | None = None
    judged: frozenset[AppRef] | None = None
    sees_every_policy: bool = True

    def judges(self, app: AppRef) -> bool:
        """Say whether findings may be about an app."""
        return self.judged is None or app in self.judged

    @cached_property
    def incoming(self) -> PoliciesOf:
        """All policies by their destinations, which may be apps that are not judged."""
        found: PoliciesOf = {}
        for policy in self.network.policies:
            found.setdefault(policy[1], []).append(policy)
        return found

    @cached_property
    def outgoing(self) -> PoliciesOf:
        """All policies by their sources, which may be apps that are not judged."""
        found: PoliciesOf = {}
        for policy in self.network.policies:
            found.setdefault(policy[0], []).append(policy)
        return found

    @cached_property
    def policies(self) -> tuple[NetworkPolicy, ...]:
        """The policies to the apps that are judged."""
        return tuple(policy for app, found in self.incoming.items() if self.judges(app) for policy in found)

    def place(self, policy: NetworkPolicy) -> Span | None:
        """Find the first line that asks for a policy, else that of its destination."""
        terms = self.network.policies[policy]
        if terms:
            return min(term.origin for term in terms)
        return self.network.facts(policy.destination).origin


def some_of(apps: Iterable[AppRef]) -> str:
    """Name the first few of some apps, and say how many more there are."""
    ordered = sorted(apps)
    named = ", ".join(map(str, ordered[:_MOST_NAMED]))
    return f"{named} and {len(ordered) - _MOST_NAMED} more" if len(ordered) > _MOST_NAMED else named
