"""What a failed expectation says: the way that breaks it, or the hop that is missing."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from reconciler.analysis.paths import describe_path
from reconciler.analysis.reachability import Asked
from reconciler.model.expectation import OnlyFrom, Reach
from reconciler.model.finding import Finding, Severity

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reconciler.analysis.reachability import Path, PolicyGraph
    from reconciler.model.names import AppRef
    from reconciler.model.network import Network

NOTHING_MATCHES = "expectation-matches-nothing"
NOT_JUDGED = "expectation-not-judged"

MOST_SHOWN = 3
"""Examples in one finding, however many there are."""

_OUT_OF_DATE = "or change the expectation if it is out of date"


class Question(NamedTuple):
    """One expectation with the apps that it means. The sources of an `only_from` are all those that may not call."""

    name: str
    reach: Reach | OnlyFrom
    sources: Sequence[AppRef]
    destinations: Sequence[AppRef]

    @property
    def asked(self) -> Asked:
        """The ports in question."""
        return Asked(self.reach.ports, self.reach.protocol)

    @property
    def wants_connection(self) -> bool:
        """Say whether it is about a connection that has to be allowed."""
        return isinstance(self.reach, Reach) and self.reach.allowed

    @property
    def itself(self) -> bool:
        """Say whether both sides mean one app alone, so that its calls to itself are in question."""
        return isinstance(self.reach, Reach) and len(self.sources) == 1 and self.sources == self.destinations


def broken(question: Question, ways: list[Path], count: int, network: Network) -> Finding:
    """Tell of connections that must not be: the ways found, of `count` in all."""
    first, *others = ways
    verb = "is not among those that may" if isinstance(question.reach, OnlyFrom) else "must not"
    message = (
        f"{first[0].source} {verb} reach {first[-1].destination}{_on(question.asked)}, "
        f"but does: {describe_path(first, network)}{_more([describe_path(way, network) for way in others], count)}"
    )
    return _deny(question, message, f"take a hop away, {_OUT_OF_DATE}")


def missing(
    question: Question, pairs: list[tuple[AppRef, AppRef]], count: int, network: Network, graph: PolicyGraph
) -> Finding:
    """Tell of connections that must be: the pairs found without, of `count` in all."""
    source, destination = pairs[0]
    others = _more([f"{one} -> {other}" for one, other in pairs[1:]], count)
    why = _no_chain(question, destination, graph) if question.reach.through else _no_policy(question, *pairs[0], graph)
    message = f"{source} must reach {destination}{_on(question.asked)}, but {why}{others}"
    line = network.facts(destination).origin
    where = f"under `ingress` of {line.file}:{line.line}" if line else "in a manifest that lists the destination"
    return _deny(question, message, f"grant it {where}, {_OUT_OF_DATE}")


def too_wide(question: Question) -> Finding:
    """Tell of a question that takes too long."""
    message = f"{question.name}: {len(question.sources):,} sources through chains of apps are more than can be checked"
    return _deny(question, message, "name fewer apps under `from`, or leave `via: any` out")


def matches_nothing(question: Question, sides: list[str], *, pending: bool) -> Finding:
    """Tell of an expectation about apps that are not there. What is to come is no failure, what must work is one."""
    where = " and ".join(f"`{side}`" for side in sides)
    message = f"{question.name}: {where} means no app that is there{' yet' if pending else ''}"
    hint = "it is judged once the app is pushed" if pending else "check the spelling"
    severity = Severity.DENY if question.wants_connection and not pending else Severity.WARN
    return Finding(severity, NOTHING_MATCHES, message, question.reach.origin, hint)


def not_judged(question: Question, why: str) -> Finding:
    """Tell of an expectation that the manifests alone cannot answer."""
    message = f"{question.name}: not judged without a platform: {why}"
    return Finding(Severity.AUDIT, NOT_JUDGED, message, question.reach.origin)


def _deny(question: Question, message: str, hint: str) -> Finding:
    return Finding(Severity.DENY, question.name, message, question.reach.origin, hint)


def _more(others: list[str], count: int) -> str:
    """Name the other examples, and say how many more there are."""
    if count == 1:
        return ""
    rest = count - 1 - len(others)
    return f". {count - 1:,} more: {'; '.join(others)}{'; ...' if rest else ''}"


def _on(asked: Asked) -> str:
    return f" on {asked}" if str(asked) else ""


def _no_policy(question: Question, source: AppRef, destination: AppRef, graph: PolicyGraph) -> str:
    opened = [f"{policy.protocol}/{policy.ports}" for policy in graph.between(source, destination)]
    instead = f"; open is {', '.join(opened[:MOST_SHOWN])}{', ...' if len(opened) > MOST_SHOWN else ''}"
    hop = f"{source} -> {destination} {question.asked}".rstrip()
    return f"{hop} is missing{instead if opened else ''}"


def _no_chain(question: Question, destination: AppRef, graph: PolicyGraph) -> str:
    policies = graph.incoming(destination)
    callers = sorted({policy.source for policy in policies if question.asked.touches(policy)})
    if not callers:
        return "no app may call it there"
    more = f" and {len(callers) - MOST_SHOWN:,} more" if len(callers) > MOST_SHOWN else ""
    named = ", ".join(map(str, callers[:MOST_SHOWN]))
    return f"no chain leads to an app that may call it ({named}{more})"
