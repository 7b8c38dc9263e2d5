"""What limits look at, one small value for each side of a policy, and what findings are about."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from reconciler.model.policy import NetworkPolicy

if TYPE_CHECKING:
    from datetime import date

    from reconciler.model.desired import Term
    from reconciler.model.names import AppRef
    from reconciler.model.network import AppFacts, Network
    from reconciler.model.ports import TlsMode
    from reconciler.model.route import InternalRoute


class Pair(NamedTuple):
    """What the two ends of a policy have in common. `same_zone` is None when an end has no zone."""

    same_space: bool
    same_org: bool
    same_zone: bool | None


class Statement(NamedTuple):
    """What one manifest entry says for a policy; for a policy that no entry asks for, what is known all the same.

    `tls` is None when nobody knows what the ports speak. `explained` says whether there is a `why`, `owned` whether
    the destination has an owner.
    """

    tls: TlsMode | None
    explained: bool
    until: date | None
    owned: bool
    declared: bool


class Case(NamedTuple):
    """One policy with everything that is known of it, for the words of a finding."""

    policy: NetworkPolicy
    terms: tuple[Term, ...]
    source: AppFacts
    destination: AppFacts
    routes: tuple[InternalRoute, ...]

    @property
    def statements(self) -> tuple[Statement, ...]:
        """Give what each entry says, or the one statement of a policy without any."""
        owned = self.destination.owner is not None
        if not self.terms:
            return (_undeclared(self.policy, owned=owned),)
        return tuple(
            Statement(term.tls, bool(term.why and term.why.strip()), term.until, owned, declared=True)
            for term in self.terms
        )


class Crowd(NamedTuple):
    """An app with too many others on one side: how many there are."""

    app: AppRef
    number: int

    def __str__(self) -> str:
        """Give the app: the number moves, the subject stays."""
        return str(self.app)


Subject = NetworkPolicy | Crowd
"""What a finding is about."""


def _undeclared(policy: NetworkPolicy, *, owned: bool) -> Statement:
    """Say what is known of a policy that no manifest asks for: only what its port proves."""
    return Statement(policy.known_tls, explained=False, until=None, owned=owned, declared=False)


def case_of(policy: NetworkPolicy, network: Network, routes: tuple[InternalRoute, ...]) -> Case:
    """Gather what a network knows of one of its policies."""
    source, destination = network.facts(policy.source), network.facts(policy.destination)
    return Case(policy, network.policies[policy], source, destination, routes)
