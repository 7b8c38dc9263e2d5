"""Networks written in a line each, for tests of the built-in checks."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from reconciler.diagnostics import Span
from reconciler.guardrails.judging import judge
from reconciler.guardrails.rules.rule import RuleInput
from reconciler.guardrails.rules.run import run_rules
from reconciler.manifests.loaded import Bundle
from reconciler.model.desired import Term
from reconciler.model.network import AppFacts, Network
from reconciler.model.policies import PolicyMap
from reconciler.model.ports import TlsMode
from reconciler.model.route import internal_route
from reconciler.model.rules import RULES
from support.networks import policy, ref
from support.scenarios import TODAY, bundle_of

if TYPE_CHECKING:
    from pathlib import Path

    from reconciler.model.finding import Finding
    from reconciler.model.names import AppRef

HERE = Span("policies/acme/web.yml", 7, 9)
LATER = date(2027, 1, 31)
NO_MANIFESTS = Bundle((), None, (), "")


def asked(tls: str, until: date | None = None, origin: Span = HERE) -> Term:
    """Make the manifest entry that asks for a policy."""
    return Term(origin, TlsMode(tls), until=until)


def network(*policies: str, asked_for=None, routes=None, apps=None) -> Network:
    """Make a network; `asked_for` gives policies their entries, `routes` are hosts on apps.internal."""
    terms = {policy(text): entries for text, entries in (asked_for or {}).items()}
    return Network(
        PolicyMap.of({policy(text): terms.get(policy(text), ()) for text in policies} | terms),
        {ref(name): facts for name, facts in (apps or {}).items()},
        {internal_route(host, "apps.internal"): frozenset(map(ref, mapped)) for host, mapped in (routes or {}).items()},
    )


def manifests(folder: Path, *documents: str, **more):
    """Load Space documents; `more` are what other kinds would add to the bundle."""
    return bundle_of(folder, *documents).bundle._replace(**more)


def apps_named(*names: str) -> frozenset[AppRef]:
    """Read several apps."""
    return frozenset(map(ref, names))


def given(world: Network, bundle: Bundle = NO_MANIFESTS, **more) -> RuleInput:
    """Make the input of the rules on the day of the tests."""
    return RuleInput(world, TODAY, judge((), (), world, today=TODAY).traffic, bundle, **more)


def findings(code: str, world: Network, **more):
    """Run one rule."""
    (rule,) = (rule for rule in RULES if rule.code == code)
    return run_rules(given(world, **more), [rule]).findings


def found_by_all(given: RuleInput) -> tuple[Finding, ...]:
    """Give the findings of every rule."""
    return run_rules(given).findings


def said(code: str, world: Network, **more) -> list[str]:
    """Run one rule and give what it says."""
    return [finding.message for finding in findings(code, world, **more)]


LISTED = AppFacts(place=HERE)
CDE = AppFacts(zone="cde")
