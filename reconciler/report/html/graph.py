"""Who can reach whom, as the page's script reads it: apps, and links between them, with every name written once.

A link is one policy, changed or not, or a chain of apps that newly leads into a protected zone. Keys that have nothing
to say are left out; the page is several times smaller for it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic, TypeVar

from reconciler.model.connectivity import ConnectivityKind, Risk
from reconciler.planning.changes import PolicyRule
from reconciler.report.escape import escape
from reconciler.report.words import REASON_WORDS

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable

    from reconciler.diagnostics import Span
    from reconciler.model.connectivity import ConnectivityChange
    from reconciler.model.desired import Term
    from reconciler.model.names import AppRef
    from reconciler.model.network import Network
    from reconciler.model.policy import NetworkPolicy
    from reconciler.model.ports import TlsMode
    from reconciler.planning.changes import Change
    from reconciler.planning.plan import Plan

MOST_UNCHANGED = 20_000
"""Policies that stay as they are which the page holds; those of apps with changes first."""

_CHANGE_WORDS = {"create": "gained", "replace": "changed", "delete": "lost"}
_UNCHANGED = "unchanged"
_CHAIN = "chain"
_UNKNOWN = "unknown"

_Key = TypeVar("_Key", bound="Hashable")


def encode_graph(plan: Plan) -> dict[str, Any]:
    """Turn a plan, and the network around its changes where that is known, into what the picture is drawn from."""
    return _Encoder(plan).encoded()


class _Numbering(Generic[_Key]):
    """Numbers things in the order in which they come up."""

    def __init__(self) -> None:
        self.numbers: dict[_Key, int] = {}

    def __getitem__(self, thing: _Key) -> int:
        return self.numbers.setdefault(thing, len(self.numbers))


class _Encoder:
    """Holds the tables that names are looked up in while the links of one plan are written."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._apps: _Numbering[AppRef] = _Numbering()
        self._files: _Numbering[str] = _Numbering()
        self._findings: dict[str, list[int]] = {}
        for number, finding in enumerate(plan.findings):
            if finding.subject is not None:
                self._findings.setdefault(finding.subject, []).append(number)

    def encoded(self) -> dict[str, Any]:
        plan, network = self._plan, self._plan.network
        unchanged, left_out = _unchanged(plan, network) if network else ([], 0)
        links = [
            *(self._changed(change) for change in plan.changes if isinstance(change.item, PolicyRule)),
            *(self._chained(item) for item in plan.connectivity if item.kind is ConnectivityKind.CHAINED),
            *(self._kept(policy, terms) for policy, terms in unchanged),
        ]
        meanings = [self._meaning(item) for item in plan.connectivity]
        for app in sorted(network.apps) if network else ():
            self._apps[app]  # an app without any link is part of the picture too
        return {
            "whole": network is not None,
            "left_out": left_out,
            **self._encoded_apps(network),
            "files": [escape(name) for name in self._files.numbers],
            "links": links,
            "meanings": meanings,
            "findings": [
                {"severity": item.severity.value, "code": escape(item.code), "message": escape(item.message)}
                for item in plan.findings
            ],
        }

    def _encoded_apps(self, network: Network | None) -> dict[str, Any]:
        zones = _zones(self._plan, network)
        spaces = sorted({app.space_ref for app in self._apps.numbers})
        place = {space: number for number, space in enumerate(spaces)}
        apps = []
        for app in self._apps.numbers:
            encoded = {"space": place[app.space_ref], "name": escape(app.app)}
            if zone := zones.get(app):
                encoded["zone"] = escape(zone)
            if network and (owner := network.facts(app).owner):
                encoded["owner"] = escape(owner)
            apps.append(encoded)
        return {"spaces": [escape(str(space)) for space in spaces], "apps": apps}

    def _changed(self, change: Change) -> dict[str, Any]:
        rule, before = change.item, change.before
        if not isinstance(rule, PolicyRule):
            raise TypeError(f"{change.item.kind} is no policy")
        link = self._link(rule.policy, rule.tls, _CHANGE_WORDS[change.action])
        link["reason"] = REASON_WORDS[change.reason]
        link |= self._at(change.origins)
        if isinstance(before, PolicyRule) and before != rule:
            link["was"] = {"ports": _ports(before.policy), "tls": _tls(before.tls)}
        network = self._plan.network
        if network and change.after is not None:
            link |= _words_of(network.policies.get(rule.policy, ()))
        return link

    def _kept(self, policy: NetworkPolicy, terms: tuple[Term, ...]) -> dict[str, Any]:
        tls = terms[0].tls if terms else policy.known_tls
        link = self._link(policy, tls, _UNCHANGED)
        link["reason"] = "not governed here" if policy in self._plan.foreign else "right already"
        return link | self._at(dict.fromkeys(term.origin for term in terms)) | _words_of(terms)

    def _chained(self, item: ConnectivityChange) -> dict[str, Any]:
        return {
            "from": self._apps[item.source],
            "to": self._apps[item.destination],
            "ports": "any",
            "tls": _CHAIN,
            "change": _CHANGE_WORDS["create"],
            "reason": "new chain of apps",
            "path": [escape(str(hop)) for hop in item.path],
            **self._at(item.origins),
        }

    def _link(self, policy: NetworkPolicy, tls: TlsMode | None, change: str) -> dict[str, Any]:
        link: dict[str, Any] = {
            "from": self._apps[policy.source],
            "to": self._apps[policy.destination],
            "ports": _ports(policy),
            "tls": _tls(tls),
            "change": change,
        }
        if found := self._findings.get(str(policy)):
            link["findings"] = found
        return link

    def _meaning(self, item: ConnectivityChange) -> dict[str, Any]:
        meaning: dict[str, Any] = {
            "from": self._apps[item.source],
            "to": self._apps[item.destination],
            "kind": item.kind.value,
            "text": escape(str(item)),
        }
        if item.risk is not Risk.NONE:
            meaning["risk"] = item.risk.value
        return meaning

    def _at(self, origins: Iterable[Span]) -> dict[str, Any]:
        places = [[self._files[span.file], span.line, span.column] for span in origins]
        return {"at": places} if places else {}


def _unchanged(plan: Plan, network: Network) -> tuple[list[tuple[NetworkPolicy, tuple[Term, ...]]], int]:
    """Give the policies that stay as they are, those of apps with changes first, and how many the page leaves out."""
    sides = (item for change in plan.changes for item in (change.before, change.after))
    changed = {item.policy for item in sides if isinstance(item, PolicyRule)}
    touched = {end for policy in changed for end in (policy.source, policy.destination)}
    kept = (policy for policy in network.policies if policy not in changed)
    ordered = sorted(
        kept, key=lambda policy: (policy.source not in touched and policy.destination not in touched, policy)
    )
    shown = [(policy, network.policies[policy]) for policy in ordered[:MOST_UNCHANGED]]
    return shown, len(ordered) - len(shown)


def _zones(plan: Plan, network: Network | None) -> dict[AppRef, str]:
    """Give the zones that are known: without a network only those that chains lead into."""
    known = {item.destination: item.zone for item in plan.connectivity if item.zone}
    if network:
        known |= {app: facts.zone for app, facts in network.apps.items() if facts.zone}
    return known


def _words_of(terms: Iterable[Term]) -> dict[str, str]:
    """Give what the manifest entries say for themselves."""
    terms = tuple(terms)
    reasons = list(dict.fromkeys(term.why for term in terms if term.why))
    ends = [term.until for term in terms]
    words = {"why": escape("; ".join(reasons))} if reasons else {}
    last = [end for end in ends if end is not None]
    if last and len(last) == len(ends):
        words["until"] = max(last).isoformat()
    return words


def _ports(policy: NetworkPolicy) -> str:
    return f"{policy.protocol}/{policy.ports}"


def _tls(mode: TlsMode | None) -> str:
    return _UNKNOWN if mode is None else mode.value
