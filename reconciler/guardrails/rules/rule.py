"""What a rule is given, and what it gives."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
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


@dataclass(frozen=True, slots=True)
class RuleInput:
    """What rules may look at: a network on a day (UTC), and the manifests if there are any.

    Findings are only about the apps that are `judged`, or about all with None: those that a plan governs, or those of
    the spaces that were read. Of others the routes are not known, and nobody here could do anything about them.
    `sees_every_policy` is false when the platform may hide policies from the caller: then no rule concludes
    anything from a policy that is not there.
    """

    network: Network
    today: date
    bundle: Bundle | None = None
    judged: frozenset[AppRef] | None = None
    sees_every_policy: bool = True

    def judges(self, app: AppRef) -> bool:
        """Say whether findings may be about an app."""
        return self.judged is None or app in self.judged

    def policies(self) -> Iterator[NetworkPolicy]:
        """Give the policies to the apps that are judged."""
        if (judged := self.judged) is None:
            return iter(self.network.policies)
        return (policy for policy in self.network.policies if policy.destination in judged)

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
