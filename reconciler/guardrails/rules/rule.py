"""What a rule is given, and what it gives."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from reconciler.model.network import UNKNOWN_APP

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from collections.abc import Set as AbstractSet
    from datetime import date

    from reconciler.diagnostics import Span
    from reconciler.guardrails.traffic import Traffic
    from reconciler.manifests.loaded import Bundle
    from reconciler.model.names import AppRef
    from reconciler.model.network import AppFacts, Network
    from reconciler.model.policy import NetworkPolicy

_MOST_NAMED = 3


class Notice(NamedTuple):
    """Something that a rule noticed; its code and weight are the rule's.

    `source` and `destination` are the ends it is about, as far as it is about any: waivers go by them.
    """

    message: str
    hint: str
    origin: Span | None = None
    source: AppRef | None = None
    destination: AppRef | None = None


@dataclass(frozen=True)
class RuleInput:
    """What rules may look at: a network on a day (UTC), and the manifests.

    Findings are only about the apps that are `judged`, or about all with None: those that a plan governs, or those of
    the spaces that were read. Of others the routes are not known, and nobody here could do anything about them.
    `sees_every_policy` is false when the platform may hide policies from the caller: then no rule concludes
    anything from a policy that is not there.

    `traffic` is what judging by guardrails has seen of all policies, those to apps that are not judged as well. There
    may be half a million of them and thirteen rules: a rule asks what is rare first.
    """

    network: Network
    today: date
    traffic: Traffic
    bundle: Bundle
    judged: frozenset[AppRef] | None = None
    sees_every_policy: bool = True

    def judges(self, app: AppRef) -> bool:
        """Say whether findings may be about an app."""
        return self.judged is None or app in self.judged

    @cached_property
    def called(self) -> AbstractSet[AppRef]:
        """Every app that a policy leads to, also those that are not judged."""
        return self.network.policies.destinations()

    def policies_to(self, app: AppRef) -> list[NetworkPolicy]:
        """List the policies that lead to an app."""
        return self.network.policies.to(app)

    @cached_property
    def notable(self) -> tuple[NetworkPolicy, ...]:
        """The policies to the apps that are judged which open a range, or a port that rules know by number."""
        return tuple(policy for policy in self.traffic.notable if self.judges(policy.destination))

    def ends_with(self, test: Callable[[AppFacts], bool]) -> Iterator[AppRef]:
        """Give the apps at the ends of policies of which something is known, or not, without looking up each."""
        called, calling = self.called, self.traffic.outgoing
        for app, facts in self.network.apps.items():
            if test(facts) and (app in called or app in calling):
                yield app
        if test(UNKNOWN_APP):
            yield from self._unknown

    @cached_property
    def _unknown(self) -> frozenset[AppRef]:
        return frozenset((self.called | self.traffic.outgoing.keys()) - self.network.apps.keys())

    @cached_property
    def not_judged(self) -> frozenset[AppRef]:
        """The apps that are called and that findings may not be about."""
        return frozenset() if self.judged is None else frozenset(self.called - self.judged)

    @cached_property
    def nameless(self) -> frozenset[AppRef]:
        """The judged apps that are called and that no internal route leads to."""
        return frozenset(self.called - set().union(*self.network.routes.values()) - self.not_judged)

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
